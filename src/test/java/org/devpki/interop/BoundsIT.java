package org.devpki.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.devpki.testing.Devpki;
import org.devpki.testing.Finished;
import org.devpki.testing.Tool;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What bounds a CA, by devpki, OpenSSL and GnuTLS: they refuse the same, and devpki before anything is signed. */
@Tag("long")
class BoundsIT {
    private static final String CA = """
            description: A CA that names hosts of one plant.
            subject:
              CN: Plant CA
            keys: [P-256]
            validity:
              not-after: ca
            ca: true
            path-length: 0
            key-usage: [keyCertSign, cRLSign]
            policies: ["1.3.6.1.4.1.32473.1 https://acme.example/cps"]
            name-constraints:
              permitted: ["dns:plant.acme.example", "ip:192.0.2.0/24"]
              excluded: ["dns:lab.plant.acme.example"]
            """;

    @TempDir
    private static Path home;

    private static Devpki devpki;

    @BeforeAll
    static void makeABoundedCa() throws IOException {
        devpki = Devpki.withStore(home);
        Files.writeString(home.resolve("pki/profiles/plant-ca.yaml"), CA);
        devpki.run("ca", "create", "plant", "--parent", "root-ca", "--profile", "plant-ca")
                .exiting(0);
    }

    private static Finished openssl(String... arguments) {
        String[] words = new String[arguments.length + 1];
        words[0] = "openssl";
        System.arraycopy(arguments, 0, words, 1, arguments.length);
        return Tool.in(home).run(words);
    }

    private static Finished byOpenssl(String leaf) {
        return openssl(
                "verify",
                "-x509_strict",
                "-CAfile",
                "pki/publish/ca/root-ca.pem",
                "-untrusted",
                "pki/publish/ca/plant.pem",
                leaf);
    }

    private static Finished byGnutls(String leaf) throws IOException {
        Path chain = home.resolve(leaf + ".chain");
        Files.writeString(
                chain,
                Files.readString(home.resolve(leaf)) + Files.readString(home.resolve("pki/publish/ca/plant.pem")));
        return Tool.in(home)
                .run(
                        "certtool",
                        "--verify",
                        "--verify-profile",
                        "medium",
                        "--load-ca-certificate",
                        "pki/publish/ca/root-ca.pem",
                        "--infile",
                        chain.toString());
    }

    @Test
    void aServerWithinTheBoundsVerifiesAndThePolicyIsThere() throws IOException {
        // when
        devpki.run(
                        "issue",
                        "b1",
                        "--ca",
                        "plant",
                        "--profile",
                        "broker-server",
                        "--san",
                        "dns:b1.plant.acme.example",
                        "--san",
                        "ip:192.0.2.7",
                        "--out",
                        "out")
                .exiting(0);
        Finished ca = openssl("x509", "-in", "pki/publish/ca/plant.pem", "-noout", "-text");

        // then
        byOpenssl("out/b1/cert.pem").exiting(0);
        byGnutls("out/b1/cert.pem").exiting(0);
        assertTrue(ca.exiting(0).out().contains("Certificate Policies: \n"), ca::out);
        assertTrue(ca.out().contains("Policy: 1.3.6.1.4.1.32473.1"), ca::out);
        assertTrue(ca.out().contains("CPS: https://acme.example/cps"), ca::out);
        assertTrue(ca.out().contains("X509v3 Name Constraints: critical"), ca::out);
    }

    @ParameterizedTest
    @CsvSource({
        "/CN=b2, DNS:b2.acme.example, 47",
        "/CN=b2, DNS:b2.lab.plant.acme.example, 48",
        "/CN=b2, IP:192.0.3.7, 47",
        "/CN=b2.acme.example, , 47",
    })
    void whatIsOutsideIsRefusedByAllAndNeverSignedByDevpki(String subject, String name, int error) throws IOException {
        // given: a certificate that only another program signs with the CA's key
        Files.writeString(
                home.resolve("ext"),
                "keyUsage=critical,digitalSignature\n" + (name == null ? "" : "subjectAltName=" + name + "\n"));
        openssl(
                        "req",
                        "-new",
                        "-newkey",
                        "ec",
                        "-pkeyopt",
                        "ec_paramgen_curve:P-256",
                        "-nodes",
                        "-keyout",
                        "bad.key",
                        "-subj",
                        subject,
                        "-out",
                        "bad.csr")
                .exiting(0);
        openssl(
                        "x509",
                        "-req",
                        "-in",
                        "bad.csr",
                        "-CA",
                        "pki/publish/ca/plant.pem",
                        "-CAkey",
                        "pki/keys/plant.key.pem",
                        "-passin",
                        "file:passphrase",
                        "-extfile",
                        "ext",
                        "-days",
                        "30",
                        "-out",
                        "bad.pem")
                .exiting(0);

        // when
        Finished openssl = openssl(
                "verify", "-CAfile", "pki/publish/ca/root-ca.pem", "-untrusted", "pki/publish/ca/plant.pem", "bad.pem");
        Finished gnutls = byGnutls("bad.pem");
        Finished lint = devpki.run("lint", "bad.pem", "--issuer", "pki/publish/ca/plant.pem");
        Finished issued = name == null
                ? devpki.run("issue", subject.substring(4), "--ca", "plant", "--out", "out")
                : devpki.run(
                        "issue",
                        "b2",
                        "--ca",
                        "plant",
                        "--profile",
                        "broker-server",
                        "--san",
                        name.replace("DNS:", "dns:").replace("IP:", "ip:"),
                        "--out",
                        "out");

        // then
        assertTrue(openssl.err().contains("error " + error + " at 0 depth lookup"), openssl::err);
        assertEquals(1, gnutls.exit(), gnutls::all);
        assertTrue(gnutls.out().contains("violates the signer's constraints"), gnutls::all);
        assertTrue(lint.all().contains("constrained-names"), lint::all);
        assertTrue(issued.exiting(5).err().contains("is not within the nameConstraints"), issued::err);
    }

    @Test
    void aDeviceOfAChipIsRefusedBelowABoundedCaAndOneOfNoChipIsNot() {
        // when
        Finished chip = devpki.run("issue", "d1", "--ca", "plant", "--target", "esp32c3", "--out", "out");
        Finished other = devpki.run("issue", "d1", "--ca", "plant", "--format", "pem", "--out", "out");

        // then
        assertTrue(chip.exiting(5).err().contains("extension nameConstraints of cn=Plant CA"), chip::err);
        other.exiting(0);
    }

    @ParameterizedTest
    @CsvSource({"permitted, b1.plant.acme.example", "excluded, b1.elsewhere.example"})
    void aCaWithBoundsOfOneSideAloneIsWellFormedForAll(String side, String host) throws IOException {
        // given
        String name = "only-" + side;
        Files.writeString(
                home.resolve("pki/profiles/" + name + ".yaml"),
                CA.substring(0, CA.indexOf("policies:")).replace("Plant CA", name) + "name-constraints:\n  " + side
                        + ": [\"dns:plant.acme.example\"]\n");

        // when
        devpki.run("ca", "create", name, "--parent", "root-ca", "--profile", name)
                .exiting(0);
        devpki.run("issue", name, "--ca", name, "--profile", "broker-server", "--san", "dns:" + host, "--out", "out")
                .exiting(0);

        // then
        String text = openssl("x509", "-in", "pki/publish/ca/" + name + ".pem", "-noout", "-text")
                .exiting(0)
                .out();
        assertEquals(side.equals("permitted"), text.contains("Permitted:"), text);
        assertEquals(side.equals("excluded"), text.contains("Excluded:"), text);
        openssl(
                        "verify",
                        "-x509_strict",
                        "-CAfile",
                        "pki/publish/ca/root-ca.pem",
                        "-untrusted",
                        "pki/publish/ca/" + name + ".pem",
                        "out/" + name + "/cert.pem")
                .exiting(0);
    }
}
