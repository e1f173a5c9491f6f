package org.devpki;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.Architectures;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.Security;
import java.time.Clock;
import java.util.Date;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The floors of the house as code. Rules are stated from the lower side: each room names the rooms that it may access,
 * and a package without a line in the plan fails.
 */
class FloorsTest {
    private static final String ROOF = "org.devpki";

    private static final List<Room> PLAN = List.of(
            room("cli").mayAccess("http", "app", "files", "model"),
            room("http").mayAccess("app", "model"),
            room("app")
                    .mayAccess(
                            "ca", "export", "jose", "keys", "store", "badger", "broker", "mqtt", "publish", "config",
                            "x509", "esp", "files", "model"),
            room("ca").mayAccess("x509", "model"),
            room("export").mayAccess("x509", "esp", "model"),
            room("jose").mayAccess("x509", "model"),
            room("keys").mayAccess("x509", "files", "model"),
            room("store").mayAccess("files", "model"),
            room("badger").mayAccess("files", "model"),
            room("broker").mayAccess("files", "model"),
            room("mqtt").mayAccess("model"),
            room("publish").mayAccess("files", "model"),
            room("config").mayAccess("files", "model"),
            room("x509").mayAccess("model"),
            room("esp").mayAccess("model"),
            room("files").mayAccess("model"),
            room("model").mayAccess());

    private static final JavaClasses HOUSE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOF);

    // The floors.

    @Test
    void eachRoomAccessesLowerFloorsOnly() {
        LayeredArchitecture floors = Architectures.layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .withOptionalLayers(true)
                .layer("Main")
                .definedBy(ROOF);
        for (Room room : PLAN) {
            floors = floors.layer(room.name).definedBy(in(room.name));
        }
        floors = floors.whereLayer("Main").mayOnlyAccessLayers("cli");
        for (Room room : PLAN) {
            floors = room.lower.isEmpty()
                    ? floors.whereLayer(room.name).mayNotAccessAnyLayer()
                    : floors.whereLayer(room.name).mayOnlyAccessLayers(room.lower.toArray(String[]::new));
        }
        floors.ensureAllClassesAreContainedInArchitecture().check(HOUSE);
    }

    @Test
    void modelKnowsTheJdkOnly() {
        knowsTheJdkAnd("model").check(HOUSE);
    }

    @Test
    void espKnowsTheJdkAndModelOnly() {
        knowsTheJdkAnd("esp", "model").check(HOUSE);
    }

    // Libraries, each known in one room.

    @Test
    void onlyX509KnowsBouncyCastle() {
        only(in("x509")).knows("org.bouncycastle..").check(HOUSE);
    }

    /** The native provider is found by its name alone, so what uses one is what is looked at. */
    @Test
    void onlyX509KnowsProvidersOfCryptography() {
        only(in("x509"))
                .reach("providers of cryptography", List.of(of(Provider.class, ".*"), of(Security.class, ".*")))
                .check(HOUSE);
    }

    @Test
    void onlyJoseKnowsNimbus() {
        only(in("jose")).knows("com.nimbusds..").check(HOUSE);
    }

    @Test
    void onlyMqttKnowsTheMqttClient() {
        only(in("mqtt")).knows("com.hivemq..", "io.netty..", "io.reactivex..").check(HOUSE);
    }

    @Test
    void onlyKeysKnowsNativeFunctions() {
        only(in("keys")).knows("com.sun.jna..").check(HOUSE);
    }

    @Test
    void onlyStoreKnowsSql() {
        only(in("store"))
                .knows("java.sql..", "javax.sql..", "org.sqlite..", "org.postgresql..")
                .check(HOUSE);
    }

    @Test
    void onlyHttpKnowsTheHttpServer() {
        only(in("http"))
                .knows("io.undertow..", "org.xnio..", "com.sun.net.httpserver..")
                .check(HOUSE);
    }

    @Test
    void onlyDoorsAndConfigKnowJackson() {
        only(in("cli"), in("config")).knows("com.fasterxml.jackson..").check(HOUSE);
    }

    @Test
    void onlyConfigKnowsYaml() {
        only(in("config")).knows("org.snakeyaml..").check(HOUSE);
    }

    @Test
    void onlyConfigKnowsCsv() {
        only(in("config")).knows("de.siegmar.fastcsv..").check(HOUSE);
    }

    @Test
    void onlyExportKnowsCodesAndPictures() {
        only(in("export"))
                .knows("com.google.zxing..", "java.awt..", "javax.imageio..")
                .check(HOUSE);
    }

    @Test
    void onlyFilesKnowsZstandard() {
        only(in("files")).knows("com.github.luben..").check(HOUSE);
    }

    @Test
    void onlyPublishKnowsTheObjectStore() {
        only(in("publish")).knows("software.amazon.awssdk..").check(HOUSE);
    }

    @Test
    void onlyCliAndMainKnowPicocli() {
        only(in("cli"), ROOF).knows("picocli..").check(HOUSE);
    }

    // The world outside.

    @Test
    void onlyCliAndMainUseTheStandardStreams() {
        only(in("cli"), ROOF)
                .reach(
                        "System.in, System.out, System.err or printStackTrace()",
                        List.of(
                                of(System.class, "in|out|err"),
                                named("printStackTrace").and(takes())))
                .check(HOUSE);
    }

    @Test
    void onlyMainEndsTheProcess() {
        only(ROOF)
                .reach(
                        "System.exit, Runtime.exit or Runtime.halt",
                        List.of(of(System.class, "exit"), of(Runtime.class, "exit|halt")))
                .check(HOUSE);
    }

    /** Everybody else is handed a Clock and a SecureRandom, so that a test can hand in its own. */
    @Test
    void onlyCliAndMainReadTheClockOrMakeRandomness() {
        only(in("cli"), ROOF)
                .reach(
                        "the machine's clock or randomness",
                        List.of(
                                inJavaTime("now").and(takes(Clock.class).negate()),
                                of(Clock.class, "system.*|tick(Millis|Seconds|Minutes)"),
                                of(System.class, "currentTimeMillis"),
                                of(Date.class, "<init>").and(takes()),
                                of(SecureRandom.class, "<init>|getInstance.*"),
                                of(Random.class, "<init>"),
                                of(ThreadLocalRandom.class, "current"),
                                of(Math.class, "random"),
                                of(UUID.class, "randomUUID")))
                .check(HOUSE);
    }

    private record Room(String name, Set<String> lower) {
        Room mayAccess(String... rooms) {
            return new Room(name, Set.of(rooms));
        }
    }

    private static Room room(String name) {
        return new Room(name, Set.of());
    }

    private static String in(String room) {
        return ROOF + "." + room + "..";
    }

    private static ArchRule knowsTheJdkAnd(String... rooms) {
        Stream<String> jdk = Stream.of("java..", "javax..", "org.jspecify..");
        return classes()
                .that()
                .resideInAPackage(in(rooms[0]))
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        Stream.concat(jdk, Stream.of(rooms).map(FloorsTest::in)).toArray(String[]::new))
                .allowEmptyShould(true);
    }

    private static Privilege only(String... packages) {
        return new Privilege(List.of(packages));
    }

    /** What the named packages may do and no other. */
    private record Privilege(List<String> packages) {
        ArchRule knows(String... foreignPackages) {
            return noClasses()
                    .that()
                    .resideOutsideOfPackages(packages.toArray(String[]::new))
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(foreignPackages)
                    .allowEmptyShould(true);
        }

        /** Calls and method references both count. */
        ArchRule reach(String what, List<Predicate<AccessTarget>> targets) {
            Predicate<AccessTarget> anyTarget = targets.stream().reduce(target -> false, Predicate::or);
            return noClasses()
                    .that()
                    .resideOutsideOfPackages(packages.toArray(String[]::new))
                    .should()
                    .accessTargetWhere(DescribedPredicate.<JavaAccess<?>>describe(
                            what, access -> anyTarget.test(access.getTarget())))
                    .allowEmptyShould(true);
        }
    }

    private static Predicate<AccessTarget> of(Class<?> owner, String namePattern) {
        return named(namePattern).and(target -> target.getOwner().isEquivalentTo(owner));
    }

    private static Predicate<AccessTarget> inJavaTime(String namePattern) {
        return named(namePattern)
                .and(target -> target.getOwner().getPackageName().startsWith("java.time"));
    }

    private static Predicate<AccessTarget> named(String pattern) {
        return target -> target.getName().matches(pattern);
    }

    private static Predicate<AccessTarget> takes(Class<?>... parameters) {
        List<String> names = Stream.of(parameters).map(Class::getName).toList();
        return target -> target instanceof CodeUnitAccessTarget codeUnit
                && codeUnit.getRawParameterTypes().stream()
                        .map(type -> type.getName())
                        .toList()
                        .equals(names);
    }
}
