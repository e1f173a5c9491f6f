package org.devpki.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.devpki.files.WholeFiles;
import org.devpki.testing.Devpki;
import org.devpki.testing.Finished;
import org.devpki.testing.Tool;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** OpenSSL reads certificates, chains, CRLs, keys and PKCS #12 files; a judge that most brokers share. */
@Tag("long")
class OpensslIT {
    @TempDir
    private static Path home;

    private static Devpki devpki;

    @TempDir
    private Path folder;

    @BeforeAll
    static void makeAStore() {
        devpki = Devpki.withStore(home);
        issue(devpki, "plant-1");
    }

    private static void issue(Devpki store, String id, String... more) {
        List<String> command = new ArrayList<>(List.of("issue", id, "--format", "pem,embed", "--out", "out"));
        command.addAll(Arrays.asList(more));
        store.run(command.toArray(String[]::new)).exiting(0);
    }

    private static Finished openssl(Devpki store, String... arguments) {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(Arrays.asList(arguments));
        return Tool.in(store.folder()).run(command.toArray(String[]::new));
    }

    /** {@code openssl verify} of a device's leaf, strictly, with the chain it brings and the CRLs on the shelf. */
    private static Finished verify(Devpki store, String id, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "verify",
                "-x509_strict",
                "-CAfile",
                "out/" + id + "/ca.pem",
                "-untrusted",
                "out/" + id + "/chain.pem",
                "-CRLfile",
                "pki/publish/crl/all.crl.pem"));
        arguments.addAll(Arrays.asList(more));
        arguments.add("out/" + id + "/cert.pem");
        return openssl(store, arguments.toArray(String[]::new));
    }

    private static void assertVerifies(Devpki store, String id, String... more) {
        Finished verified = verify(store, id, more).exiting(0);
        assertEquals("out/" + id + "/cert.pem: OK\n", verified.out());
    }

    @ParameterizedTest
    @CsvSource({"auto, -crl_check", "auto, -crl_check_all", "always, -crl_check", "always, -crl_check_all"})
    void aRevokedDeviceFailsAndALiveOnePassesWithTheCrlsOfTheShelf(String idp, String check) throws IOException {
        // given
        Path settings = devpki.file("pki/devpki.yaml");
        String text = Files.readString(settings);
        Files.writeString(settings, text.replaceAll("idp: (auto|always)", "idp: " + idp));
        String lost = "lost-" + idp + check;
        issue(devpki, lost);
        devpki.run("revoke", lost, "--reason", "key-compromise").exiting(0);

        // when
        devpki.run("crl", "publish").exiting(0);
        Finished crl =
                openssl(devpki, "crl", "-inform", "DER", "-in", "pki/publish/crl/issuing-ca.crl", "-noout", "-text");
        Finished refused = verify(devpki, lost, check);

        // then
        assertEquals(
                idp.equals("always"), crl.exiting(0).out().contains("Issuing Distribution Point: critical"), crl::out);
        assertVerifies(devpki, "plant-1", check);
        assertEquals(2, refused.exit());
        assertTrue(refused.err().contains("error 23 at 0 depth lookup: certificate revoked"), refused::err);
        assertFalse(refused.err().contains("error 44"), refused::err);
    }

    @Test
    void aCrlThatWasSignedAheadHoldsOnItsDayAndNotBefore() {
        // given a device that is revoked, and a queue of CRLs of which the last begins in seven weeks
        issue(devpki, "lost-ahead");
        devpki.run("revoke", "lost-ahead", "--reason", "key-compromise").exiting(0);
        devpki.run("crl", "presign", "--weeks", "8", "--ca", "issuing-ca", "--out", "queue")
                .exiting(0);
        Path last = WholeFiles.list(devpki.file("queue")).stream()
                .filter(path -> path.toString().endsWith(".crl"))
                .max(Comparator.naturalOrder())
                .orElseThrow();
        openssl(devpki, "crl", "-inform", "DER", "-in", last.toString(), "-out", "last.pem")
                .exiting(0);
        String day = String.valueOf(Instant.now().plus(Duration.ofDays(52)).getEpochSecond());

        // then
        assertEquals(
                "out/plant-1/cert.pem: OK\n",
                ahead("plant-1", "-attime", day).exiting(0).out());
        assertTrue(
                ahead("lost-ahead", "-attime", day).err().contains("error 23 at 0 depth lookup: certificate revoked"));
        assertTrue(ahead("plant-1").err().contains("error 11 at 0 depth lookup: CRL is not yet valid"));
    }

    private static Finished ahead(String id, String... when) {
        List<String> arguments = new ArrayList<>(List.of("verify", "-crl_check", "-CRLfile", "last.pem"));
        arguments.addAll(Arrays.asList(when));
        arguments.addAll(List.of("-CAfile", "out/" + id + "/ca.pem", "-untrusted", "out/" + id + "/chain.pem"));
        arguments.add("out/" + id + "/cert.pem");
        return openssl(devpki, arguments.toArray(String[]::new));
    }

    @ParameterizedTest
    @CsvSource({
        "P-256, P-384",
        "RSA-3072, RSA-2048",
        "RSA-4096, Ed25519",
        "Ed25519, RSA-4096",
        "P-384, RSA-3072",
        "Ed25519, Ed25519",
        "P-521, P-521",
    })
    void everyKindOfCaKeySignsWhatVerifiesAndIsEncrypted(String rootKey, String issuingKey) throws IOException {
        // given
        Devpki store = Devpki.withStore(folder, "--root-key", rootKey, "--key", issuingKey);

        // when
        issue(store, "plant-1");

        // then: the chain, both empty CRLs, and both encrypted keys
        assertVerifies(store, "plant-1", "-crl_check_all", "-purpose", "sslclient");
        for (String ca : List.of("root-ca", "issuing-ca")) {
            String kind = ca.equals("root-ca") ? rootKey : issuingKey;
            String key = "pki/keys/" + ca + ".key.pem";
            Finished open = openssl(store, "pkey", "-in", key, "-passin", "file:passphrase", "-noout", "-text");
            assertTrue(open.exiting(0).out().contains(keyText(kind)), open::out);
            assertEquals(
                    "-----BEGIN ENCRYPTED PRIVATE KEY-----",
                    Files.readAllLines(store.file(key)).get(0));
            Finished publicKey = openssl(store, "pkey", "-in", key, "-passin", "file:passphrase", "-pubout");
            Finished certified = openssl(store, "x509", "-in", "pki/publish/ca/" + ca + ".pem", "-noout", "-pubkey");
            assertEquals(certified.exiting(0).out(), publicKey.exiting(0).out());
            assertNotEquals(
                    0,
                    openssl(store, "pkey", "-in", key, "-passin", "pass:wrong", "-noout")
                            .exit());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"P-256", "P-384", "P-521", "RSA-2048", "RSA-3072", "RSA-4096", "Ed25519"})
    void everyKindOfDeviceKeyIsMadeAndCertified(String kind) {
        // when
        String id = "key-" + kind;
        issue(devpki, id, "--key", kind);

        // then
        assertVerifies(devpki, id, "-crl_check_all", "-purpose", "sslclient");
        Finished key = openssl(devpki, "pkey", "-in", "out/" + id + "/key.pem", "-noout", "-text");
        assertTrue(key.exiting(0).out().contains(keyText(kind)), key::out);
        Finished publicKey = openssl(devpki, "pkey", "-in", "out/" + id + "/key.pem", "-pubout");
        Finished certified = openssl(devpki, "x509", "-in", "out/" + id + "/cert.pem", "-noout", "-pubkey");
        assertEquals(certified.exiting(0).out(), publicKey.exiting(0).out());
    }

    /** What OpenSSL says of a key of this kind. */
    private static String keyText(String kind) {
        return switch (kind) {
            case "P-256" -> "NIST CURVE: P-256";
            case "P-384" -> "NIST CURVE: P-384";
            case "P-521" -> "NIST CURVE: P-521";
            case "RSA-2048" -> "(2048 bit";
            case "RSA-3072" -> "(3072 bit";
            case "RSA-4096" -> "(4096 bit";
            case "Ed25519" -> "ED25519";
            default -> throw new AssertionError(kind);
        };
    }

    @ParameterizedTest
    @CsvSource({
        "device-mqtt, sslclient, sslserver",
        "device-ds-rsa, sslclient, sslserver",
        "device-idevid, sslclient, sslserver",
        "broker-server, sslserver, sslclient",
    })
    void aCertificateOfEachProfileServesItsPurposeAndNoOther(String profile, String purpose, String other) {
        // given
        String id = "purpose." + profile;
        issue(devpki, id, "--profile", profile, "--key-home", "flash");

        // when
        Finished refused = verify(devpki, id, "-crl_check_all", "-purpose", other);

        // then
        assertVerifies(devpki, id, "-crl_check_all", "-purpose", purpose);
        assertEquals(2, refused.exit(), refused::all);
        assertTrue(refused.err().contains("error 26 at 0 depth lookup: unsuitable certificate purpose"), refused::err);
    }

    @Test
    void aBrokersCertificateIsForTheNamesOrderedAndNoOther() {
        // when
        issue(devpki, "mqtt", "--profile", "broker-server", "--san", "dns:mqtt.acme.example", "--san", "ip:192.0.2.7");

        // then
        assertVerifies(devpki, "mqtt", "-verify_hostname", "mqtt.acme.example");
        assertVerifies(devpki, "mqtt", "-verify_ip", "192.0.2.7");
        Finished host = verify(devpki, "mqtt", "-verify_hostname", "mqtt.example");
        assertTrue(host.err().contains("hostname mismatch"), host::all);
        Finished address = verify(devpki, "mqtt", "-verify_ip", "192.0.2.8");
        assertTrue(address.err().contains("IP address mismatch"), address::all);
    }

    @Test
    void anInitialDeviceIdentityNeverEndsAndCarriesItsSerialNumber() {
        // when
        issue(devpki, "SN-0001", "--profile", "device-idevid");
        Finished text =
                openssl(devpki, "x509", "-in", "out/SN-0001/cert.pem", "-noout", "-subject", "-nameopt", "RFC2253");
        Finished asn1 = openssl(devpki, "asn1parse", "-in", "out/SN-0001/cert.pem");

        // then
        assertEquals(
                "subject=serialNumber=SN-0001,CN=SN-0001,O=Acme\n",
                text.exiting(0).out());
        assertTrue(asn1.exiting(0).out().matches("(?s).*GENERALIZEDTIME +:99991231235959Z\n.*"), asn1::out);
    }

    @Test
    void aLeafIsWrittenAsTheStandardWantsIt() {
        // when
        Finished serial = openssl(devpki, "x509", "-in", "out/plant-1/cert.pem", "-noout", "-serial");
        Finished text = openssl(devpki, "x509", "-in", "out/plant-1/cert.pem", "-noout", "-text");
        Finished asn1 = openssl(devpki, "asn1parse", "-in", "out/plant-1/cert.pem");

        // then: 16 octets whose first two bits are 01, and no DEFAULT FALSE written out
        assertTrue(serial.exiting(0).out().matches("serial=[4-7][0-9A-F]{31}\n"), serial::out);
        assertFalse(text.exiting(0).out().contains("Basic Constraints"), text::out);
        assertFalse(asn1.exiting(0).out().matches("(?s).*BOOLEAN +:0\n.*"), asn1::out);
        assertTrue(text.out().contains("URI:http://crl.acme.example/issuing-ca.crl"), text::out);
        assertTrue(text.out().contains("OCSP - URI:http://127.0.0.1:8888"), text::out);
        assertTrue(text.out().contains("CA Issuers - URI:http://ca.acme.example/issuing-ca.cer"), text::out);
        assertTrue(text.out().contains("X509v3 Key Usage: critical\n                Digital Signature\n"), text::out);
        assertTrue(
                text.out().contains("X509v3 Extended Key Usage: \n                TLS Web Client Authentication\n"),
                text::out);
    }

    @Test
    void theShelfHoldsTheIssuersThatTheUrlsName() {
        // when
        Finished verified = openssl(
                devpki,
                "verify",
                "-x509_strict",
                "-CAfile",
                "pki/publish/ca/root-ca.pem",
                "-untrusted",
                "pki/publish/ca/issuing-ca.cer",
                "out/plant-1/cert.pem");

        // then
        assertEquals("out/plant-1/cert.pem: OK\n", verified.exiting(0).out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"P-256", "RSA-2048"})
    void aPkcs12FileOpensWithItsPassphraseAndHoldsKeyAndChain(String kind) throws IOException {
        // given
        Files.writeString(devpki.file("export.pass"), "a passphrase of the line\n");
        String id = "keystore-" + kind;
        issue(devpki, id, "--key", kind, "--format", "p12", "--export-passphrase-file", "export.pass");
        String file = "out/" + id + "/credential.p12";

        // when
        Finished certificates = openssl(devpki, "pkcs12", "-in", file, "-passin", "file:export.pass", "-nokeys");
        Finished key = openssl(devpki, "pkcs12", "-in", file, "-passin", "file:export.pass", "-nocerts", "-noenc");
        Finished wrong = openssl(devpki, "pkcs12", "-in", file, "-passin", "pass:wrong", "-nokeys");

        // then
        assertEquals(3, certificates.exiting(0).out().split("BEGIN CERTIFICATE", -1).length - 1);
        Finished certified = openssl(devpki, "x509", "-in", "out/" + id + "/cert.pem", "-noout", "-pubkey");
        Finished held =
                Tool.in(devpki.folder()).feed(key.exiting(0).outOctets().toArray(), "openssl", "pkey", "-pubout");
        assertEquals(certified.exiting(0).out(), held.exiting(0).out());
        assertNotEquals(0, wrong.exit());
        assertTrue(wrong.err().contains("invalid password"), wrong::err);
    }
}
