package org.devpki.x509;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.devpki.model.Bytes;
import org.devpki.model.CertificateDer;
import org.devpki.model.CrlDer;
import org.devpki.model.Curve;
import org.devpki.model.DeviceKey;
import org.devpki.model.Fault;
import org.devpki.model.KeySpec;
import org.devpki.model.PublicKeyDer;
import org.devpki.model.RevocationReason;
import org.devpki.model.RevokedEntry;
import org.devpki.model.SecretBytes;
import org.devpki.model.SerialNumber;
import org.devpki.testing.Broken;
import org.devpki.testing.TestAuthority;
import org.devpki.testing.TestKeys;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every parser against every valid vector cut at each length and with each byte flipped. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Execution(ExecutionMode.CONCURRENT)
class BrokenInputTest {
    private static final Path VECTORS = Path.of(System.getProperty("devpki.root", ""), "src", "test", "vectors");
    private static final TestAuthority CA = TestAuthority.root("plant-7");

    /** Takes a certificate apart as lint and verify do. */
    private static void readCertificate(Bytes octets) {
        ParsedCertificate parsed = Certificates.parse(new CertificateDer(octets));
        readTbs(parsed.tbs());
        each(parsed.tbs().publicKey(), List.of(Keys::spec, Keys::fault));
        Seals.verify(octets, CA.key().publicKey());
    }

    private static void readTbs(ParsedTbs tbs) {
        each(
                tbs,
                List.of(
                        ParsedTbs::isCanonicalDer,
                        ParsedTbs::serialNumber,
                        ParsedTbs::basicConstraints,
                        ParsedTbs::keyUsage,
                        ParsedTbs::extendedKeyUsage,
                        ParsedTbs::subjectKeyId,
                        ParsedTbs::authorityKeyId,
                        ParsedTbs::subjectAltNames,
                        ParsedTbs::crlDistributionPoints,
                        ParsedTbs::commonNames,
                        t -> t.accessUris("1.3.6.1.5.5.7.48.1"),
                        t -> Names.text(t.issuer())));
    }

    private static void readCrl(Bytes octets) {
        each(
                Crls.parse(new CrlDer(octets)),
                List.of(
                        ParsedCrl::isCanonicalDer,
                        c -> c.entries().list(),
                        c -> c.entries().find(SerialNumber.parse("4f03")),
                        c -> c.isSignedBy(CA.key().publicKey()),
                        c -> Names.text(c.issuer())));
    }

    private static void readCsr(Bytes octets) {
        each(
                Csrs.parse(new org.devpki.model.CsrDer(octets)),
                List.of(
                        ParsedCsr::isSignedByItsKey,
                        c -> Names.attributes(c.subject()),
                        c -> Keys.spec(c.publicKey()),
                        c -> Keys.fault(c.publicKey()),
                        c -> c.extensions().stream()
                                .filter(e -> e.oid().equals(Oids.SUBJECT_ALT_NAME))
                                .forEach(e -> Csrs.alternativeNames(e.value()))));
    }

    /** Each look at a value may find it invalid; that must not hide the looks after it. */
    private static <T> void each(T value, List<Consumer<T>> looks) {
        for (Consumer<T> look : looks) {
            try {
                look.accept(value);
            } catch (org.devpki.model.DevpkiException e) {
                if (e.fault() != Fault.INVALID_INPUT) {
                    throw e;
                }
            }
        }
    }

    private static void assertHarmless(String what, Bytes valid, Consumer<Bytes> parser) {
        parser.accept(valid);
        Broken.assertHarmless(what, valid, Fault.INVALID_INPUT, parser);
    }

    @Test
    void aBrokenCertificateIsAValueOrInvalid() {
        Bytes device = CA.device("d1", SerialNumber.parse("4f01"), List.of("http://crl.example/a.crl"))
                .octets();
        Bytes rsa =
                TestAuthority.root("rsa", new KeySpec.Rsa(2048)).certificate().octets();

        assertHarmless("device certificate", device, BrokenInputTest::readCertificate);
        assertHarmless("RSA root", rsa, BrokenInputTest::readCertificate);
    }

    @Test
    void aBrokenCrlIsAValueOrInvalid() {
        Instant now = Instant.parse("2026-03-01T12:00:00Z");
        Bytes crl = CA.crl(CA.crlPlan(
                        7,
                        now,
                        List.of(
                                new RevokedEntry(SerialNumber.parse("4f01"), now, RevocationReason.KEY_COMPROMISE),
                                new RevokedEntry(SerialNumber.parse("4f02"), now, RevocationReason.UNSPECIFIED),
                                new RevokedEntry(
                                        SerialNumber.parse("4f03"),
                                        now,
                                        RevocationReason.SUPERSEDED,
                                        Optional.of(now))),
                        List.of("http://crl.example/a.crl")))
                .octets()
                .toBytes();

        assertHarmless("CRL", crl, BrokenInputTest::readCrl);
    }

    @Test
    void aBrokenRequestIsAValueOrInvalid() {
        assertHarmless(
                "CSR",
                TestCsr.of("d1")
                        .withSans("dns:d1.example", "ip:192.0.2.7")
                        .der()
                        .octets(),
                BrokenInputTest::readCsr);
    }

    @Test
    void aBrokenOcspRequestIsAValueOrInvalid() {
        Bytes request =
                TestOcsp.request(CA.tbs(), "SHA-256", SerialNumber.parse("4f01"), Optional.of(Bytes.utf8("nonce")));

        assertHarmless("OCSP request", request, Ocsp::parseRequest);
    }

    @Test
    void brokenPemIsAValueOrInvalid() {
        Bytes pem = Bytes.utf8(Pem.certificates(List.of(CA.certificate(), CA.device("d1"))));

        assertHarmless("PEM", pem, octets -> Pem.readCertificates(octets, "x.pem"));
        assertHarmless("PEM", pem, octets -> Pem.readCertificate(octets, "x.pem"));
    }

    @Test
    void aBrokenPublicKeyIsAValueOrInvalid() {
        for (KeySpec spec :
                List.of(TestKeys.P_256, new KeySpec.Rsa(2048), new KeySpec.Ed25519(), KeySpec.parse("ML-DSA-44"))) {
            Bytes key = TestKeys.key(spec, "k").publicKey().octets();

            assertHarmless(spec.text() + " public key", key, octets -> {
                Keys.fault(new PublicKeyDer(octets));
                Keys.spec(new PublicKeyDer(octets));
            });
        }
    }

    @Test
    void aBrokenPrivateKeyIsAValueOrUnavailable() {
        for (KeySpec spec : List.of(
                TestKeys.P_256, new KeySpec.Ec(Curve.P_384), new KeySpec.Ed25519(), KeySpec.parse("ML-DSA-44"))) {
            Bytes key = TestKeys.key(spec, "k").pkcs8().lend(Bytes::of);

            Broken.assertHarmless(spec.text() + " private key", key, Fault.KEY_UNAVAILABLE, octets -> {
                try (SecretBytes secret = SecretBytes.taking(octets.toArray());
                        DeviceKey read = Keys.ofPkcs8(secret)) {
                    LocalSigningKey.of(read);
                }
            });
        }
    }

    static Stream<Path> lintVectors() {
        try (Stream<Path> files = Files.walk(VECTORS.resolve("lint"))) {
            return files.filter(file -> file.getFileName().toString().equals("good.der")).sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("lintVectors")
    void everyGoodLintVectorBrokenIsAValueOrInvalid(Path vector) throws IOException {
        Bytes octets = Bytes.of(Files.readAllBytes(vector));

        if (String.valueOf(vector.getParent().getFileName()).startsWith("crl-")
                && !vector.getParent().endsWith("crl-distribution-points")) {
            assertHarmless(vector.toString(), octets, Crls::parseTbs);
        } else {
            assertHarmless(vector.toString(), octets, broken -> readTbs(ParsedTbs.parse(broken)));
        }
    }

    @Test
    @Timeout(value = 30, unit = TimeUnit.SECONDS)
    void aThousandsFoldNestingIsInvalidAndNoStackOverflow() {
        Bytes nested = nested(200_000);

        assertFault(Fault.INVALID_INPUT, "", () -> Certificates.parse(new CertificateDer(nested)));
        assertFault(Fault.INVALID_INPUT, "", () -> Crls.parse(new CrlDer(nested)));
        assertFault(Fault.INVALID_INPUT, "", () -> ParsedTbs.parse(nested));
        assertFault(Fault.INVALID_INPUT, "", () -> Ocsp.parseRequest(nested));
        assertFault(Fault.INVALID_INPUT, "", () -> Csrs.parse(new org.devpki.model.CsrDer(nested)));
        assertFalse(Der.isCanonical(nested.toArray()));
    }

    /** SEQUENCE in SEQUENCE, so many deep. */
    private static Bytes nested(int depth) {
        java.util.ArrayDeque<byte[]> headers = new java.util.ArrayDeque<>();
        int length = 0;
        for (int i = 0; i < depth; i++) {
            byte[] header = length < 0x80
                    ? new byte[] {0x30, (byte) length}
                    : new byte[] {0x30, (byte) 0x83, (byte) (length >> 16), (byte) (length >> 8), (byte) length};
            headers.push(header);
            length += header.length;
        }
        java.io.ByteArrayOutputStream all = new java.io.ByteArrayOutputStream();
        headers.forEach(all::writeBytes);
        return Bytes.of(all.toByteArray());
    }
}
