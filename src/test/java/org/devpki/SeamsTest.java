package org.devpki;

import static java.util.stream.Collectors.toCollection;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.ReferencedClassObject;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Each seam's service list names exactly the classes that fit it. A seam is an interface of ours that has a list in
 * {@code META-INF/services} or that some class hands to {@link ServiceLoader}.
 */
class SeamsTest {
    private static final Path CLASSES = Path.of(System.getProperty("devpki.root", ""), "target", "classes");
    private static final Path LISTS = CLASSES.resolve("META-INF/services");

    private static final JavaClasses HOUSE = new ClassFileImporter().importPath(CLASSES);

    @Test
    void everyServiceListNamesExactlyTheClassesThatFit() throws IOException {
        List<String> problems = new ArrayList<>();
        for (String seam : seams()) {
            Set<String> listed = listed(seam);
            Set<String> written = implementationsOf(seam);
            for (String name : minus(written, listed)) {
                problems.add("META-INF/services/" + seam + " lacks the line " + name);
            }
            for (String name : minus(listed, written)) {
                problems.add(
                        "META-INF/services/" + seam + " names " + name + ", which is no concrete class of that kind");
            }
        }
        assertEquals("", String.join("\n", problems));
    }

    private static Set<String> seams() throws IOException {
        Set<String> seams = new TreeSet<>();
        if (Files.isDirectory(LISTS)) {
            try (Stream<Path> lists = Files.list(LISTS)) {
                lists.map(list -> list.getFileName().toString())
                        .filter(name -> name.startsWith("org.devpki."))
                        .forEach(seams::add);
            }
        }
        HOUSE.stream()
                .flatMap(type -> type.getCodeUnits().stream())
                .filter(code -> code.getMethodCallsFromSelf().stream()
                        .anyMatch(call -> call.getTargetOwner().isEquivalentTo(ServiceLoader.class)))
                .flatMap(code -> code.getReferencedClassObjects().stream())
                .map(ReferencedClassObject::getRawType)
                .filter(type -> type.getName().startsWith("org.devpki.") && type.isInterface())
                .forEach(type -> seams.add(type.getName()));
        return seams;
    }

    private static Set<String> listed(String seam) throws IOException {
        Path list = LISTS.resolve(seam);
        if (!Files.exists(list)) {
            return Set.of();
        }
        return Files.readAllLines(list).stream()
                .map(line -> line.replaceFirst("#.*", "").strip())
                .filter(line -> !line.isEmpty())
                .collect(toCollection(TreeSet::new));
    }

    private static Set<String> implementationsOf(String seam) {
        return HOUSE.stream()
                .filter(type -> type.isAssignableTo(seam))
                .filter(type -> !type.isInterface() && !type.getModifiers().contains(JavaModifier.ABSTRACT))
                .filter(type -> !type.isAnonymousClass() && !type.isLocalClass())
                .map(JavaClass::getName)
                .collect(toCollection(TreeSet::new));
    }

    private static Set<String> minus(Set<String> all, Set<String> taken) {
        Set<String> rest = new TreeSet<>(all);
        rest.removeAll(taken);
        return rest;
    }
}
