package org.devpki.app;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.devpki.model.Bytes;
import org.devpki.model.CertificateDer;
import org.devpki.model.RevocationReason;
import org.devpki.model.RevokedEntry;
import org.devpki.model.SerialNumber;
import org.devpki.testing.Finished;
import org.devpki.testing.FixedClock;
import org.devpki.testing.InProcess;
import org.devpki.testing.TestAuthority;
import org.devpki.testing.TestKeys;
import org.devpki.testing.TestStore;
import org.devpki.x509.Crls;
import org.devpki.x509.ParsedCrl;
import org.devpki.x509.Pem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A store, and a CA that another program made, with its key, its CRL and its devices. */
abstract class OldCaFixture {
    static final String START = "2026-11-27T12:00:00Z";
    static final Instant REVOKED_AT = Instant.parse("2026-05-01T00:00:00Z");
    static final TestAuthority ROOT = TestAuthority.root("old-root");
    static final TestAuthority CA = TestAuthority.root("old-ca");

    @TempDir
    Path folder;

    final FixedClock clock = FixedClock.at(START);
    TestStore store;
    InProcess devpki;

    @BeforeEach
    void aStoreAndAnOldCa() throws IOException {
        Files.writeString(folder.resolve("old-passphrase"), "old");
        store = TestStore.copied(folder, clock);
        devpki = InProcess.in(folder).at(clock);
        Files.writeString(folder.resolve("ca.crt"), Pem.certificate(CA.certificate()));
        key("ca.key", "old-ca", "rw-------");
    }

    void key(String name, String owner, String mode) throws IOException {
        Path file = folder.resolve(name);
        Files.write(file, pkcs8(owner));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    static byte[] pkcs8(String owner) {
        return Pem.privateKey(TestKeys.key(TestKeys.P_256, owner).pkcs8()).lend(byte[]::clone);
    }

    String file(String name) {
        return folder.resolve(name).toString();
    }

    Finished adopt(String... more) {
        String[] first = {"ca", "import", "old", "--cert", file("ca.crt")};
        String[] all = Arrays.copyOf(first, first.length + more.length);
        System.arraycopy(more, 0, all, first.length, more.length);
        return devpki.run(all);
    }

    Finished adoptWithKey(String... more) {
        String[] first = {"--private-key", file("ca.key")};
        String[] all = Arrays.copyOf(first, first.length + more.length);
        System.arraycopy(more, 0, all, first.length, more.length);
        return adopt(all);
    }

    Finished bring(String place, String... more) {
        String[] first = {"device", "import", file(place), "--ca", "old", "--from", "folder"};
        String[] all = Arrays.copyOf(first, first.length + more.length);
        System.arraycopy(more, 0, all, first.length, more.length);
        return devpki.run(all);
    }

    void write(String name, CertificateDer certificate) throws IOException {
        Path target = folder.resolve(name);
        Files.createDirectories(target.getParent());
        Files.writeString(target, Pem.certificate(certificate));
    }

    static CertificateDer device(String name, String serial) {
        return CA.device(name, SerialNumber.parse(serial), List.of());
    }

    void oldCrl(long number, String... serials) throws IOException {
        List<RevokedEntry> entries = Arrays.stream(serials)
                .map(serial ->
                        new RevokedEntry(SerialNumber.parse(serial), REVOKED_AT, RevocationReason.KEY_COMPROMISE))
                .toList();
        Files.write(
                folder.resolve("old.crl"),
                CA.crl(CA.crlPlan(number, Instant.parse("2026-06-01T00:00:00Z"), entries, List.of()))
                        .octets()
                        .toBytes()
                        .toArray());
    }

    ParsedCrl published() throws IOException {
        return Crls.parse(
                Pem.readCrl(Bytes.of(Files.readAllBytes(folder.resolve("pki/publish/crl/old.crl"))), "old.crl"));
    }

    static void assertSays(int exit, String sentence, Finished finished) {
        assertTrue(finished.exiting(exit).err().contains(sentence), finished::all);
    }

    void assertNothingIsThere() throws IOException {
        devpki.run("ca", "show", "old").exiting(3);
        assertTrue(Files.notExists(folder.resolve("pki/keys/old.key.pem")));
        devpki.run("doctor").exiting(0);
    }
}
