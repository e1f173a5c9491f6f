package org.devpki.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.devpki.testing.Finished;
import org.devpki.testing.InProcess;
import org.devpki.testing.Tool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Key files that OpenSSL wrote, weakly, and what OpenSSL says of those that are written instead. */
class KeyFilesIT {
    @TempDir
    Path folder;

    private Finished openssl(String... options) {
        String[] command = new String[options.length + 1];
        command[0] = "openssl";
        System.arraycopy(options, 0, command, 1, options.length);
        return Tool.in(folder).run(command);
    }

    @Test
    void aWeakKeyFileOfOpensslIsUsedToldAndEncryptedAnew() throws IOException {
        Files.writeString(folder.resolve("passphrase"), "correct horse\n");
        InProcess devpki = InProcess.in(folder);
        devpki.run("init", "--root-key", "P-256", "--crl-url", "http://c.example")
                .exiting(0);
        String key = "pki/keys/issuing-ca.key.pem";
        openssl("pkey", "-in", key, "-passin", "file:passphrase", "-out", "plain.pem")
                .exiting(0);
        openssl("pkcs8", "-topk8", "-in", "plain.pem", "-iter", "1000", "-out", key, "-passout", "file:passphrase")
                .exiting(0);
        Files.setPosixFilePermissions(folder.resolve(key), PosixFilePermissions.fromString("rw-------"));

        Finished doctor = devpki.run("doctor").exiting(10);
        Finished list = devpki.run("key", "list", "--open").exiting(10);
        devpki.run("issue", "d1", "--out", folder.resolve("out").toString()).exiting(0);
        Finished rewrapped = devpki.run("key", "rewrap", "--json").exiting(0);
        Finished after = devpki.run("key", "list", "--open").exiting(0);
        devpki.run("key", "rewrap", "--kdf", "pbkdf2", "--ca", "root-ca").exiting(0);

        assertTrue(
                doctor.out()
                        .contains(key + " is under PBKDF2 HMAC-SHA-256 1000 rounds, AES-256-CBC, weaker than keys are"
                                + " now; devpki key rewrap"),
                doctor::out);
        assertEquals(
                List.of("issuing-ca"),
                list.out()
                        .lines()
                        .filter(line -> line.contains(" weak "))
                        .map(line -> line.split(" ", 2)[0])
                        .toList());
        assertTrue(rewrapped.out().contains("\"files\" : 1"), rewrapped::out);
        assertTrue(after.out().contains("PBKDF2 HMAC-SHA-256 600000 rounds, AES-256-CBC"), after::out);
        for (String each : List.of(key, "pki/keys/root-ca.key.pem")) {
            Finished rounds = openssl("asn1parse", "-in", each).exiting(0);
            assertTrue(rounds.out().contains("INTEGER           :0927C0"), rounds::out);
            openssl("pkey", "-in", each, "-passin", "file:passphrase", "-noout").exiting(0);
        }
        devpki.run("doctor").exiting(0);
    }
}
