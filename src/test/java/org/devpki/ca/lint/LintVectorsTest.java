package org.devpki.ca.lint;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.devpki.model.Bytes;
import org.devpki.model.CertificateDer;
import org.devpki.model.Chip;
import org.devpki.model.Curve;
import org.devpki.model.Finding;
import org.devpki.model.KeySpec;
import org.devpki.x509.Certificates;
import org.devpki.x509.Crls;
import org.devpki.x509.ParsedTbs;
import org.devpki.x509.Seals;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Each rule against its folder of vectors. With {@code -Ddevpki.golden=true} the folders are made anew first, by
 * {@link LintVectorForge}.
 */
class LintVectorsTest {
    private static final Path VECTORS =
            Path.of(System.getProperty("devpki.root", ""), "src", "test", "vectors", "lint");

    private static final Linter LINTER = new Linter();

    /** Rules about what is slow or depends on the firmware. */
    private static final Set<String> WARNINGS =
            Set.of("target-software-rsa", "target-tls13", "target-message", "experimental-algorithm");

    @BeforeAll
    static void makesTheVectorsWhenAsked() throws IOException {
        if (Boolean.getBoolean("devpki.golden")) {
            for (String stale : onDisk().keySet()) {
                Files.delete(VECTORS.resolve(stale));
            }
            for (Map.Entry<String, Bytes> file : LintVectorForge.files().entrySet()) {
                Path path = VECTORS.resolve(file.getKey());
                Files.createDirectories(path.getParent());
                Files.write(path, file.getValue().toArray());
            }
        }
    }

    @Test
    void theVectorsOnDiskAreThoseOfTheForge() throws IOException {
        SortedMap<String, Bytes> made = LintVectorForge.files();
        SortedMap<String, Bytes> found = onDisk();

        Set<String> different = new TreeSet<>(made.keySet());
        different.addAll(found.keySet());
        different.removeIf(file -> Optional.ofNullable(made.get(file)).equals(Optional.ofNullable(found.get(file))));

        assertEquals(Set.of(), different, "make them anew with -Ddevpki.golden=true");
    }

    @Test
    void everyRuleHasGoodAndBadVectorsAndNoFolderIsWithoutRule() throws IOException {
        Set<String> ids =
                new TreeSet<>(LINTER.rules().stream().map(LintRule::id).toList());
        Set<String> problems = new TreeSet<>();
        for (String id : ids) {
            if (vectors(id, "good").isEmpty()) {
                problems.add(id + " has no good vector");
            }
            if (vectors(id, "bad-").isEmpty()) {
                problems.add(id + " has no bad vector");
            }
        }
        for (String file : onDisk().keySet()) {
            String folder = file.substring(0, Math.max(0, file.indexOf('/')));
            if (!ids.contains(folder)) {
                problems.add(file + " belongs to no rule");
            }
        }

        assertEquals(Set.of(), problems);
    }

    @Test
    void everyRuleSaysWhoItIsAndWhereItComesFrom() {
        List<LintRule> rules = LINTER.rules();

        assertEquals(rules.size(), rules.stream().map(LintRule::id).distinct().count(), "ids are unique");
        for (LintRule rule : rules) {
            assertTrue(rule.id().matches("[a-z0-9]+(-[a-z0-9]+)*"), rule.id());
            Finding.Severity severity = rule.id().endsWith("-unfamiliar") || WARNINGS.contains(rule.id())
                    ? Finding.Severity.WARNING
                    : Finding.Severity.ERROR;
            assertEquals(severity, rule.severity(), rule.id());
            assertTrue(rule.clause().matches("(RFC|docs/|mbedTLS).*[^.]"), rule.id() + ": " + rule.clause());
            assertEquals(
                    rule.id().replace("-", "") + "rule",
                    rule.getClass().getSimpleName().toLowerCase(Locale.ROOT));
        }
    }

    @TestFactory
    Stream<DynamicTest> everyGoodVectorPassesEveryRule() {
        return LINTER.rules().stream()
                .flatMap(rule -> vectors(rule.id(), "good").stream()
                        .map(vector -> dynamicTest(rule.id() + " " + vector, () -> {
                            List<Finding> findings = lint(rule, vector);

                            assertEquals("", text(findings.stream().filter(Finding::isError)));
                            assertEquals(
                                    "",
                                    text(findings.stream().filter(f -> f.rule().equals(rule.id()))));
                        })));
    }

    @TestFactory
    Stream<DynamicTest> everyBadVectorHasTheOneComplaintItIsNamedFor() {
        return LINTER.rules().stream()
                .flatMap(rule -> vectors(rule.id(), "bad-").stream()
                        .map(vector -> dynamicTest(rule.id() + " " + vector, () -> {
                            List<Finding> findings = lint(rule, vector).stream()
                                    .filter(finding -> finding.rule().equals(rule.id()))
                                    .toList();
                            String expected =
                                    Files.readString(VECTORS.resolve(rule.id()).resolve(vector + ".expect"));

                            assertEquals(1, findings.size(), () -> vector + ": " + text(findings.stream()));
                            String sentence = findings.get(0).sentence();
                            assertTrue(sentence.contains(expected.strip()), () -> vector + ": " + sentence);
                            assertTrue(!sentence.endsWith("."), sentence);
                            assertEquals(rule.severity(), findings.get(0).severity());
                            assertEquals(rule.clause(), findings.get(0).clause());
                        })));
    }

    private static List<Finding> lint(LintRule rule, String vector) {
        Path folder = VECTORS.resolve(rule.id());
        Bytes octets = read(folder.resolve(vector + ".der"));
        if (rule instanceof CrlRule) {
            return LINTER.crl(Crls.parseTbs(octets));
        }
        LintSubject subject = LintSubject.of(ParsedTbs.parse(octets));
        Optional<Path> issuer = firstOf(folder, "issuer-of-" + vector + ".der", "issuer.der");
        if (issuer.isPresent()) {
            subject = subject.issuedBy(ParsedTbs.parse(read(issuer.get())));
        }
        Optional<Path> issuers = firstOf(folder, "issuers-of-" + vector);
        if (issuers.isPresent()) {
            Bytes ca = Seals.unsigned(read(issuer.orElseThrow()), new KeySpec.Ec(Curve.P_256));
            int count = Integer.parseInt(read(issuers.get()).asUtf8().strip());
            subject = subject.below(Collections.nCopies(count, Certificates.parse(new CertificateDer(ca))));
        }
        Optional<Path> profile = firstOf(folder, "profile-of-" + vector, "profile");
        if (profile.isPresent()) {
            subject = subject.madeBy(
                    LintProfiles.named(read(profile.get()).asUtf8().strip()));
        }
        Optional<Path> target = firstOf(folder, "target-of-" + vector, "target");
        if (target.isPresent()) {
            subject = subject.on(Chip.parse(read(target.get()).asUtf8().strip()));
        }
        return LINTER.certificate(subject);
    }

    private static Optional<Path> firstOf(Path folder, String... names) {
        return Stream.of(names).map(folder::resolve).filter(Files::exists).findFirst();
    }

    /** The names of a rule's vectors, without {@code .der}. */
    private static List<String> vectors(String id, String prefix) {
        if (!Files.isDirectory(VECTORS.resolve(id))) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(VECTORS.resolve(id))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith(prefix) && name.endsWith(".der"))
                    .map(name -> name.substring(0, name.length() - ".der".length()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static SortedMap<String, Bytes> onDisk() throws IOException {
        SortedMap<String, Bytes> files = new TreeMap<>(Comparator.naturalOrder());
        if (Files.isDirectory(VECTORS)) {
            List<Path> paths = new ArrayList<>();
            try (Stream<Path> walk = Files.walk(VECTORS)) {
                walk.filter(Files::isRegularFile).forEach(paths::add);
            }
            for (Path path : paths) {
                files.put(VECTORS.relativize(path).toString().replace('\\', '/'), read(path));
            }
        }
        return files;
    }

    private static Bytes read(Path path) {
        try {
            return Bytes.of(Files.readAllBytes(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Stream<Finding> findings) {
        return findings.map(finding -> finding.rule() + ": " + finding.sentence())
                .collect(joining("\n"));
    }
}
