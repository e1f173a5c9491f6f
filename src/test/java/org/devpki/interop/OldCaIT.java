package org.devpki.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Base64;
import org.devpki.model.Bytes;
import org.devpki.testing.Finished;
import org.devpki.testing.InProcess;
import org.devpki.testing.StepCa;
import org.devpki.testing.Tool;
import org.devpki.x509.Crls;
import org.devpki.x509.Pem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** CAs that {@code openssl ca}, easy-rsa, cfssl and step-ca made go on here, and OpenSSL says what they are worth. */
@Tag("long")
class OldCaIT {
    private static final String CNF = """
            [ca]
            default_ca = default
            [default]
            database = $ENV::CA/index.txt
            new_certs_dir = $ENV::CA/newcerts
            certificate = $ENV::CA/ca.crt
            private_key = $ENV::CA/private/ca.key
            serial = $ENV::CA/serial
            crlnumber = $ENV::CA/crlnumber
            default_md = sha512
            default_days = 800
            default_crl_days = 30
            unique_subject = no
            policy = policy
            x509_extensions = leaf
            [policy]
            organizationName = optional
            commonName = supplied
            [leaf]
            keyUsage = critical,digitalSignature
            extendedKeyUsage = clientAuth
            subjectKeyIdentifier = hash
            authorityKeyIdentifier = keyid
            [below]
            basicConstraints = critical,CA:true,pathlen:0
            subjectKeyIdentifier = hash
            authorityKeyIdentifier = keyid
            [req]
            distinguished_name = subject
            x509_extensions = root
            [subject]
            [root]
            basicConstraints = critical,CA:true
            subjectKeyIdentifier = hash
            """;

    @TempDir
    private Path folder;

    private Tool tool;
    private InProcess devpki;

    @BeforeEach
    void makeAStore() throws IOException {
        Files.writeString(folder.resolve("passphrase"), "correct horse\n");
        Files.writeString(folder.resolve("old-passphrase"), "old\n");
        tool = Tool.in(folder);
        devpki = InProcess.in(folder);
        run("init", "--org", "Acme", "--root-key", "P-256", "--crl-url", "http://crl.acme.example");
    }

    private Finished run(String... words) {
        return devpki.run(words).exiting(0);
    }

    private String file(String name) {
        return folder.resolve(name).toString();
    }

    private Finished shell(String script) {
        return tool.run("sh", "-euc", script).exiting(0);
    }

    /** An old live device passes, an old revoked one fails, and so does a live one that is revoked here. */
    private void assertGoesOn(String ca, String root, String live, String revoked) throws IOException {
        run("crl", "publish", "--if-needed");
        shell("cat pki/publish/crl/" + ca + ".crl.pem > crls.pem");
        assertEquals("OK", verdict(root, live), live);
        assertEquals("revoked", verdict(root, revoked), revoked);
        run("verify", file(live));

        run("issue", "new-1", "--ca", ca, "--not-after", "1y", "--out", file("out"));
        assertEquals("OK", verdict(root, "out/new-1/client_crt.pem"));
        run("revoke", "--cert", file(live), "--reason", "superseded");
        run("crl", "publish", "--if-needed");
        shell("cat pki/publish/crl/" + ca + ".crl.pem > crls.pem");
        assertEquals("revoked", verdict(root, live), live);
        assertEquals("OK", verdict(root, "out/new-1/client_crt.pem"));

        assertEquals("good", answer(ca, "out/new-1/client_crt.pem"));
        assertEquals("revoked", answer(ca, revoked));
        run("doctor");
        run("audit", "verify");
    }

    private String verdict(String root, String certificate) {
        Finished said = tool.run(
                "openssl",
                "verify",
                "-crl_check",
                "-CAfile",
                root,
                "-untrusted",
                "pki/publish/ca/all.pem",
                "-CRLfile",
                "crls.pem",
                certificate);
        return said.all().contains("certificate revoked")
                ? "revoked"
                : said.out().strip().replaceAll(".*: ", "");
    }

    private String answer(String ca, String certificate) {
        shell("openssl ocsp -no_nonce -issuer pki/publish/ca/" + ca + ".pem -cert " + certificate + " -reqout ask.der");
        run("ocsp", "respond", file("ask.der"), "--out", file("answer.der"));
        Finished said = shell("openssl ocsp -respin answer.der -reqin ask.der -CAfile pki/publish/ca/all.pem -issuer"
                + " pki/publish/ca/" + ca + ".pem -cert " + certificate + " 2>&1");
        return said.out().replaceAll("(?s).*" + certificate + ": ([a-z]+).*", "$1");
    }

    private String list(String ca) {
        return run("device", "list", "--ca", ca).out();
    }

    private long number(String crl) throws IOException {
        return Crls.parse(Pem.readCrl(Bytes.of(Files.readAllBytes(folder.resolve(crl))), crl))
                .number()
                .orElseThrow()
                .longValueExact();
    }

    @Test
    void anIntermediateOfOpensslCaGoesOnUnderItsRootWhoseKeyStaysAway() throws IOException {
        // given: RSA and SHA-512, which devpki signs nothing with; two devices revoked, the certificate of one of them
        // lost
        Files.writeString(folder.resolve("ca.cnf"), CNF);
        shell("""
                export OPENSSL_CONF=ca.cnf
                for ca in rootCA demoCA; do
                    mkdir -p $ca/newcerts $ca/private; : > $ca/index.txt; echo 1000 > $ca/crlnumber
                done
                echo 1000 > rootCA/serial; echo 1000 > demoCA/serial # the first device has its CA's serial
                export CA=rootCA
                openssl req -x509 -newkey rsa:2048 -nodes -keyout rootCA/private/ca.key -out rootCA/ca.crt -days 3650 \
                    -subj '/O=Old/CN=Old Root' -sha512
                openssl req -newkey rsa:2048 -keyout demoCA/private/ca.key -passout file:old-passphrase -out below.csr \
                    -subj '/O=Old/CN=Old Issuing'
                openssl ca -batch -extensions below -days 3000 -in below.csr -out demoCA/ca.crt -notext
                export CA=demoCA
                for name in sensor-1 sensor-2 sensor-3 'sensor 4'; do
                    openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout device.key \
                        -subj "/CN=$name" -out device.csr
                    openssl ca -batch -in device.csr -passin file:old-passphrase -out device.crt -notext
                done
                openssl ca -passin file:old-passphrase -revoke demoCA/newcerts/1001.pem -crl_reason keyCompromise
                openssl ca -passin file:old-passphrase -revoke demoCA/newcerts/1002.pem -crl_compromise 20261101000000Z
                openssl ca -passin file:old-passphrase -gencrl -out demoCA/crl.pem
                rm demoCA/newcerts/1002.pem
                """);
        String[] order = {
            "ca",
            "import",
            "old",
            "--cert",
            file("demoCA/ca.crt"),
            "--private-key",
            file("demoCA/private/ca.key"),
            "--key-passphrase-file",
            file("old-passphrase"),
            "--crl",
            file("demoCA/crl.pem")
        };

        // when
        Finished tooEarly = devpki.run(order);
        run("ca", "import", "old-root", "--cert", file("rootCA/ca.crt"), "--without-key");
        Finished taken = run(order);
        Path settings = folder.resolve("pki/devpki.yaml");
        String plain = Files.readString(settings);
        Files.writeString(settings, plain.replace("idp: auto", "idp: always"));
        Finished outOfScope = devpki.run("device", "import", file("demoCA"), "--ca", "old", "--from", "openssl");
        Files.writeString(settings, plain);
        Finished brought = run("device", "import", file("demoCA"), "--ca", "old", "--from", "openssl");

        // then
        assertTrue(tooEarly.exiting(5).err().contains("import that one first"), tooEarly::err);
        assertTrue(taken.out().contains("revoked by its CRL: 2"), taken::all);
        assertTrue(outOfScope.exiting(5).err().contains("every broker would refuse it"), outOfScope::err);
        assertTrue(brought.out().contains("imported 3, revoked 0, known before 1, left out 0"), brought::all);
        assertTrue(list("old").contains("unknown-1003"), list("old"));
        assertTrue(number("pki/publish/crl/old.crl") > number("demoCA/crl.pem"));
        assertGoesOn("old", "rootCA/ca.crt", "demoCA/newcerts/1000.pem", "demoCA/newcerts/1001.pem");
        String crl = shell("openssl crl -noout -text -in crls.pem").out();
        assertTrue(
                crl.replaceAll("\\s+", " ").contains("Key Compromise Invalidity Date: Nov 1 00:00:00 2026 GMT"), crl);
    }

    @Test
    void aFolderOfEasyRsaGoesOn() throws IOException {
        shell("""
                export EASYRSA_BATCH=1 EASYRSA_PASSIN=pass:old EASYRSA_PASSOUT=pass:old
                mkdir easy && cd easy
                easyrsa=/usr/share/easy-rsa/easyrsa
                export EASYRSA=/usr/share/easy-rsa EASYRSA_PKI=$PWD/pki
                $easyrsa init-pki; EASYRSA_REQ_CN='Old easy CA' $easyrsa build-ca
                for name in sensor-1 sensor-2; do $easyrsa build-client-full $name nopass; done
                $easyrsa revoke sensor-2 superseded; $easyrsa gen-crl
                """);

        run(
                "ca",
                "import",
                "old",
                "--cert",
                file("easy/pki/ca.crt"),
                "--private-key",
                file("easy/pki/private/ca.key"),
                "--key-passphrase-file",
                file("old-passphrase"),
                "--crl",
                file("easy/pki/crl.pem"));
        Finished brought = run("device", "import", file("easy"), "--ca", "old", "--from", "easy-rsa");

        assertTrue(brought.out().contains("imported 2, revoked 0, known before 0, left out 0"), brought::all);
        String revoked = shell("echo easy/pki/revoked/certs_by_serial/*").out().strip();
        assertGoesOn("old", "easy/pki/ca.crt", "easy/pki/issued/sensor-1.crt", revoked);
    }

    @Test
    void aDatabaseOfCfsslGoesOn() throws IOException, SQLException {
        // given: a P-384 CA whose key no passphrase is on, and a CRL without a number
        database("CREATE TABLE certificates (serial_number blob NOT NULL, authority_key_identifier blob NOT NULL,"
                + " ca_label blob, status blob NOT NULL, reason int, expiry timestamp, revoked_at timestamp,"
                + " pem blob NOT NULL, PRIMARY KEY(serial_number, authority_key_identifier))");
        Files.writeString(folder.resolve("db.json"), "{\"driver\":\"sqlite3\",\"data_source\":\"certs.db\"}");
        Files.writeString(
                folder.resolve("config.json"),
                "{\"signing\":{\"default\":{\"expiry\":\"9000h\",\"usages\":[\"digital signature\",\"client auth\"]}}}");
        shell("""
                echo '{"CN":"Old cfssl CA","key":{"algo":"ecdsa","size":384},"ca":{"expiry":"40000h"}}' \
                    | cfssl gencert -initca - | cfssljson -bare ca
                for name in sensor-1 sensor-2; do
                    echo '{"CN":"'$name'","key":{"algo":"ecdsa","size":256}}' | cfssl genkey - | cfssljson -bare $name
                    cfssl sign -ca ca.pem -ca-key ca-key.pem -config config.json -db-config db.json $name.csr \
                        | cfssljson -bare $name
                done
                """);
        database(
                "UPDATE certificates SET authority_key_identifier = 'a1'"); // some versions leave it empty, and want it
        String serial = shell("openssl x509 -in sensor-2.pem -noout -serial | cut -d= -f2")
                .out()
                .strip();
        String decimal = new java.math.BigInteger(serial, 16).toString();
        shell("cfssl revoke -db-config db.json -serial " + decimal + " -aki a1 -reason superseded");
        Files.writeString(folder.resolve("serials"), decimal + "\n");
        Finished crl = shell("cfssl gencrl serials ca.pem ca-key.pem");
        Files.write(folder.resolve("crl.der"), Base64.getMimeDecoder().decode(crl.out()));

        // when
        run(
                "ca",
                "import",
                "old",
                "--cert",
                file("ca.pem"),
                "--private-key",
                file("ca-key.pem"),
                "--crl",
                file("crl.der"));
        Finished brought = run("device", "import", file("certs.db"), "--ca", "old", "--from", "cfssl");

        // then
        assertTrue(brought.out().contains("imported 2, revoked 0, known before 0, left out 0"), brought::all);
        assertGoesOn("old", "ca.pem", "sensor-1.pem", "sensor-2.pem");
    }

    @ParameterizedTest
    @EnumSource(
            value = StepCa.End.class,
            names = {"CLOSE", "COMPACT"})
    void aDatabaseOfStepCaGoesOn(StepCa.End end) throws IOException {
        // given: what step ca init makes, by OpenSSL
        Files.writeString(folder.resolve("openssl.cnf"), CNF);
        shell("""
                export CA=none
                ec() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out $1.key; }
                ec root; openssl req -config openssl.cnf -new -x509 -key root.key -subj '/O=Acme/CN=Acme Step Root CA' -days 3000 -out root.pem
                ec plain; openssl pkcs8 -topk8 -v2 aes-256-cbc -in plain.key -passout file:old-passphrase -out intermediate_ca_key
                openssl req -config openssl.cnf -new -key plain.key -subj '/O=Acme/CN=Acme Step Intermediate CA' \
                    | openssl x509 -req -CA root.pem -CAkey root.key -set_serial 7 -days 2000 -extfile openssl.cnf -extensions below -out step.pem
                mkdir input
                leaf() {
                    ec $1; openssl req -config openssl.cnf -new -key $1.key -subj /CN=$1 \
                        | openssl x509 -req -CA $3.pem -CAkey $4 -set_serial $2 -days 900 -extfile openssl.cnf -extensions leaf -out $1.pem
                    openssl x509 -in $1.pem -outform DER -out input/$2.der
                }
                leaf gauge-1 310917532812731874620178365409412345671 step plain.key
                leaf gauge-2 310917532812731874620178365409412345672 step plain.key
                leaf stray 310917532812731874620178365409412345673 root root.key
                rm plain.key
                """);
        Files.writeString(
                folder.resolve("input/gauge-2.json"),
                StepCa.revocation("310917532812731874620178365409412345672", 1, "2026-11-01T12:00:00.123456789Z"));
        Files.writeString( // issued before there was a database
                folder.resolve("input/older.json"), StepCa.revocation("4242", 4, "2026-11-02T12:00:00Z"));
        Files.writeString( // which no CRL may say, and which step-ca takes
                folder.resolve("input/odd.json"), StepCa.revocation("4243", 8, "2026-11-02T12:00:00Z"));
        Files.writeString(folder.resolve("input/typed.json"), StepCa.revocation("1267h", 1, "2026-11-02T12:00:00Z"));
        StepCa.write(folder.resolve("db"), folder.resolve("input"), end);

        // when
        run("ca", "import", "old-root", "--cert", file("root.pem"), "--without-key");
        run(
                "ca",
                "import",
                "old",
                "--cert",
                file("step.pem"),
                "--private-key",
                file("intermediate_ca_key"),
                "--key-passphrase-file",
                file("old-passphrase"));
        Finished brought = devpki.run("device", "import", file("db"), "--ca", "old", "--from", "step-ca");

        // then
        assertEquals(6, brought.exit(), brought::all);
        assertTrue(brought.out().contains("imported 4, revoked 3, known before 0, left out 2"), brought::all);
        assertTrue(brought.all().contains("revoked_x509_certs \"1267h\""), brought::all);
        assertTrue(list("old").contains("unknown-1092"), list("old")); // 4242
        assertGoesOn("old", "root.pem", "gauge-1.pem", "gauge-2.pem");
        String crl = shell("openssl crl -in pki/publish/crl/old.crl.pem -noout -text")
                .out();
        assertTrue(crl.contains("Serial Number: 1092") && crl.contains("Serial Number: 1093"), crl);
        assertFalse(crl.contains("Remove From CRL"), crl);
        assertTrue(crl.contains("Nov  1 12:00:00 2026 GMT"), crl);
        assertTrue(crl.contains("Key Compromise"), crl);
    }

    private void database(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("certs.db"));
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
