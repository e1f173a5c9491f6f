package org.devpki.x509;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.devpki.model.AttributeType;
import org.devpki.model.Bytes;
import org.devpki.model.CertificateDer;
import org.devpki.model.CertificatePlan;
import org.devpki.model.CertificateStatus;
import org.devpki.model.CrlPlan;
import org.devpki.model.DistinguishedName;
import org.devpki.model.ExtendedKeyUsage;
import org.devpki.model.KeySpec;
import org.devpki.model.KeyUsage;
import org.devpki.model.OcspAnswer;
import org.devpki.model.OcspCertId;
import org.devpki.model.OcspQuery;
import org.devpki.model.PublicKeyDer;
import org.devpki.model.RevocationReason;
import org.devpki.model.RevokedEntries;
import org.devpki.model.RevokedEntry;
import org.devpki.model.SerialNumber;
import org.devpki.model.SignatureAlgorithm;
import org.devpki.model.SubjectAltName;
import org.devpki.model.Validity;
import org.devpki.testing.TestKeys;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * To-be-signed octets, one folder a case: {@code plan.properties} says what is wanted, {@code tbs.der} (for OCSP
 * {@code response-tbs.der}, beside its {@code request.der}) what is signed. With {@code -Ddevpki.golden=true} the octets
 * are written anew.
 */
class TbsVectorsTest {
    private static final Path VECTORS = Path.of(System.getProperty("devpki.root", ""), "src", "test", "vectors");

    /** What a plan.properties says; lists are separated by commas. */
    private record Plan(Properties all) {
        static Plan in(Path folder) throws IOException {
            Properties properties = new Properties();
            try (Reader reader = Files.newBufferedReader(folder.resolve("plan.properties"))) {
                properties.load(reader);
            }
            return new Plan(properties);
        }

        Optional<String> find(String key) {
            return Optional.ofNullable(all.getProperty(key));
        }

        String text(String key) {
            return find(key).orElseThrow(() -> new AssertionError("plan.properties has no " + key));
        }

        List<String> list(String key) {
            return find(key).stream()
                    .flatMap(text -> Arrays.stream(text.split(",", -1)))
                    .map(String::strip)
                    .toList();
        }

        Instant instant(String key) {
            return Instant.parse(text(key));
        }

        Bytes hex(String key) {
            return Bytes.fromHex(text(key));
        }

        SignatureAlgorithm algorithm() {
            return SignatureAlgorithm.of(KeySpec.parse(text("signed-by")));
        }

        DistinguishedName name(String key) {
            return new DistinguishedName(list(key).stream()
                    .map(part -> part.split("=", 2))
                    .map(part -> new DistinguishedName.Attribute(AttributeType.parse(part[0]), part[1]))
                    .toList());
        }
    }

    private static Stream<DynamicTest> cases(String kind, java.util.function.Consumer<Path> test) throws IOException {
        try (Stream<Path> folders = Files.list(VECTORS.resolve(kind))) {
            return folders.filter(Files::isDirectory).sorted().toList().stream()
                    .map(folder -> dynamicTest(kind + "/" + folder.getFileName(), () -> test.accept(folder)));
        }
    }

    private static Bytes read(Path file) {
        try {
            return Bytes.of(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Plan plan(Path folder) {
        try {
            return Plan.in(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void assertGolden(Path file, Bytes made) {
        if (Boolean.getBoolean("devpki.golden")) {
            try {
                Files.write(file, made.toArray());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        assertEquals(read(file).hex(), made.hex(), "scripts/golden rewrites it");
        assertTrue(Der.isCanonical(made.toArray()));
    }

    // Certificates.

    @TestFactory
    Stream<DynamicTest> aCertificateIsTheseOctets() throws IOException {
        return cases("x509", folder -> {
            Plan plan = plan(folder);

            Bytes tbs = Certificates.tbs(certificate(plan), plan.algorithm());

            assertGolden(folder.resolve("tbs.der"), tbs);
        });
    }

    private static CertificatePlan certificate(Plan plan) {
        return new CertificatePlan(
                SerialNumber.parse(plan.text("serial")),
                Names.encode(plan.name("issuer")),
                Names.encode(plan.name("subject")),
                new Validity(plan.instant("not-before"), plan.instant("not-after")),
                new PublicKeyDer(plan.hex("public-key")),
                plan.list("san").stream().map(SubjectAltName::parse).toList(),
                new CertificatePlan.Extensions(
                        plan.find("ca").isPresent(),
                        plan.find("path-length")
                                .map(Integer::valueOf)
                                .map(OptionalInt::of)
                                .orElse(OptionalInt.empty()),
                        plan.list("key-usage").stream().map(KeyUsage::parse).collect(Collectors.toSet()),
                        plan.list("extended-key-usage").stream()
                                .map(ExtendedKeyUsage::parse)
                                .collect(Collectors.toSet()),
                        plan.find("ocsp-no-check").isPresent(),
                        plan.hex("subject-key-id"),
                        plan.find("authority-key-id").map(Bytes::fromHex),
                        plan.list("crl-urls"),
                        plan.list("ocsp-urls"),
                        plan.list("ca-urls")),
                0);
    }

    /** What was written is read back, by the reader that lint and the proof use. */
    @TestFactory
    Stream<DynamicTest> aCertificateIsReadAsItWasPlanned() throws IOException {
        return cases("x509", folder -> {
            Plan plan = plan(folder);
            CertificatePlan wanted = certificate(plan);

            ParsedTbs read = ParsedTbs.parse(Certificates.tbs(wanted, plan.algorithm()));

            assertEquals(wanted.serial(), read.serialNumber());
            assertEquals(3, read.version());
            assertEquals(plan.algorithm().oid(), read.signatureOid());
            assertEquals(wanted.validity().notBefore(), read.notBefore().at());
            assertEquals(wanted.validity().notAfter(), read.notAfter().at());
            // RFC 5280 section 4.1.2.5: UTCTime through 2049
            assertEquals(
                    wanted.validity().notAfter().isBefore(Instant.parse("2050-01-01T00:00:00Z")),
                    read.notAfter().isUtcTime());
            assertEquals(wanted.issuer(), read.issuer());
            assertEquals(wanted.subject(), read.subject());
            assertEquals(wanted.publicKey(), read.publicKey());
            assertEquals(wanted.extensions().isCa(), read.isCa());
            assertEquals(wanted.extensions().keyUsage(), read.keyUsage().orElse(java.util.Set.of()));
            assertEquals(
                    wanted.extensions().extendedKeyUsage().stream()
                            .map(ExtendedKeyUsage::oid)
                            .sorted()
                            .toList(),
                    read.extendedKeyUsage().orElse(List.of()));
            assertEquals(
                    wanted.sans(),
                    read.subjectAltNames().stream()
                            .map(name -> name.san().orElseThrow())
                            .toList());
            assertEquals(Optional.of(wanted.extensions().subjectKeyId()), read.subjectKeyId());
            assertEquals(wanted.extensions().authorityKeyId(), read.authorityKeyId());
            assertEquals(
                    wanted.extensions().crlUrls(),
                    read.crlDistributionPoints().stream()
                            .flatMap(point -> point.uris().stream())
                            .toList());
            assertEquals(wanted.extensions().ocspUrls(), read.accessUris("1.3.6.1.5.5.7.48.1"));
            assertEquals(wanted.extensions().issuerUrls(), read.accessUris("1.3.6.1.5.5.7.48.2"));
        });
    }

    // CRLs.

    @TestFactory
    Stream<DynamicTest> aCrlIsTheseOctetsAndReadAsItWasPlanned() throws IOException {
        return cases("crl", folder -> {
            Plan plan = plan(folder);
            CrlPlan wanted = new CrlPlan(
                    Names.encode(plan.name("issuer")),
                    plan.hex("authority-key-id"),
                    new BigInteger(plan.text("number")),
                    plan.instant("this-update"),
                    plan.instant("next-update"),
                    RevokedEntries.of(plan.list("revoked").stream()
                            .map(TbsVectorsTest::entry)
                            .toList()),
                    new CrlPlan.Scope(
                            plan.list("idp-urls"),
                            plan.find("base-number").map(BigInteger::new),
                            plan.list("freshest-urls")));

            Bytes tbs = Crls.tbs(wanted, plan.algorithm());

            assertGolden(folder.resolve("tbs.der"), tbs);
            ParsedCrl read = Crls.parseTbs(tbs);
            assertEquals(2, read.version());
            assertEquals(Optional.of(wanted.number()), read.number());
            assertEquals(wanted.thisUpdate(), read.thisUpdate());
            assertEquals(Optional.of(wanted.nextUpdate()), read.nextUpdate());
            List<RevokedEntry> told = new ArrayList<>();
            wanted.entries().each(told::add);
            assertEquals(told, read.entries().list());
            assertEquals(told.size(), read.entries().count());
            assertTrue(read.entries().isAscending());
            assertTrue(read.isCanonicalDer());
            assertEquals(wanted.scope().baseNumber(), read.baseNumber());
            assertEquals(
                    wanted.scope().idpUrls(),
                    read.idp().map(ParsedCrl.IssuingDistributionPoint::uris).orElse(List.of()));
        });
    }

    /** {@code SERIAL REASON TIME [INVALIDITY]} */
    private static RevokedEntry entry(String text) {
        String[] parts = text.split(" ", -1);
        return new RevokedEntry(
                SerialNumber.parse(parts[0]),
                Instant.parse(parts[2]),
                RevocationReason.parse(parts[1]),
                parts.length > 3 ? Optional.of(Instant.parse(parts[3])) : Optional.empty());
    }

    // OCSP.

    @TestFactory
    Stream<DynamicTest> anOcspAnswerIsTheseOctets() throws IOException {
        return cases("ocsp", folder -> {
            Plan plan = plan(folder);
            OcspQuery query = Ocsp.parseRequest(read(folder.resolve("request.der")));
            List<String> statuses = plan.list("status");
            assertEquals(statuses.size(), query.certIds().size());
            Instant now = plan.instant("produced-at");
            List<OcspAnswer.Single> singles = new java.util.ArrayList<>();
            for (OcspCertId id : query.certIds()) {
                CertificateStatus status = status(statuses.get(singles.size()));
                singles.add(new OcspAnswer.Single(id, status, now, plan.instant("next-update")));
            }

            Bytes tbs = Ocsp.tbs(new OcspAnswer(plan.hex("responder-key-hash"), now, singles, query.nonce()));

            assertGolden(folder.resolve("response-tbs.der"), tbs);
        });
    }

    /** {@code good}, {@code unknown}, or a reason and a time. */
    private static CertificateStatus status(String text) {
        if (text.equals("good")) {
            return new CertificateStatus.Good();
        }
        if (text.equals("unknown")) {
            return new CertificateStatus.Unknown();
        }
        String[] parts = text.split(" ", -1);
        return new CertificateStatus.Revoked(Instant.parse(parts[1]), RevocationReason.parse(parts[0]));
    }

    // Seals.

    @TestFactory
    Stream<DynamicTest> everyKindOfKeySealsWhatItThenVerifies() {
        return Stream.of(
                        "P-256",
                        "P-384",
                        "P-521",
                        "RSA-2048",
                        "RSA-3072",
                        "Ed25519",
                        "ML-DSA-44",
                        "ML-DSA-65",
                        "ML-DSA-87")
                .map(kind -> dynamicTest(kind, () -> {
                    KeySpec spec = KeySpec.parse(kind);
                    SigningKey key = TestKeys.signing(spec, "seal");
                    Bytes tbs = read(VECTORS.resolve("x509/leaf-p256/tbs.der"));

                    Bytes sealed = Seals.seal(tbs, key);

                    assertEquals(
                            tbs,
                            Certificates.parse(new CertificateDer(sealed)).tbs().octets());
                    assertTrue(Seals.verify(sealed, key.publicKey()));
                    assertTrue(
                            !Seals.verify(sealed, TestKeys.key(spec, "another").publicKey()));
                    byte[] changed = sealed.toArray();
                    changed[20] ^= 1; // in the serial
                    assertTrue(!Seals.verify(Bytes.of(changed), key.publicKey()));
                    assertEquals(Optional.of(spec), Keys.spec(key.publicKey()));
                    assertEquals(Optional.empty(), Keys.fault(key.publicKey()));
                    assertEquals(
                            key.publicKey(),
                            Keys.ofPkcs8(TestKeys.key(spec, "seal").pkcs8()).publicKey());
                }));
    }
}
