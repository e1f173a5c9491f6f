package org.devpki.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.devpki.model.Checkpoint;
import org.devpki.model.RevocationReason;
import org.devpki.model.RevokedEntry;
import org.devpki.model.SerialNumber;
import org.devpki.testing.Finished;
import org.devpki.testing.InProcess;
import org.devpki.testing.StoreProof;
import org.devpki.testing.Tool;
import org.devpki.x509.Pem;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a CA of another program issued comes into the ledger of the store that it has come into. */
@Tag("story")
class DeviceImportStoriesTest extends OldCaFixture {
    // ---- what it issued ----

    @Test
    void devicesOfAFolderAreListedRevokedAndAnsweredFor() throws IOException {
        // given devices in files of several forms, and what is none of them
        oldCrl(1000, "12");
        adoptWithKey("--crl", file("old.crl")).exiting(0);
        write("certs/d1.pem", device("d1", "11"));
        Files.write(
                Files.createDirectories(folder.resolve("certs/deep")).resolve("d2.der"),
                device("d2", "12").octets().toArray());
        write("certs/again/d1.crt", device("d1", "11"));
        write("certs/ca.crt", CA.certificate());
        write("certs/odd.pem", device("sensor 3", "13"));
        Files.write(folder.resolve("certs/d1.key.pem"), pkcs8("d1"));
        Files.write(Files.createDirectories(folder.resolve("certs/private")).resolve("d9.pem"), new byte[] {1});

        // when
        Finished dry = bring("certs", "--dry-run");
        long before = devpki.run("device", "list").out().lines().count();
        Finished first = bring("certs", "--results", file("results.jsonl"));
        Finished again = bring("certs");

        // then
        assertTrue(dry.exiting(0).out().contains("would import 3, revoked 0, known before 0, left out 0"), dry::all);
        assertTrue(first.exiting(0).out().contains("imported 3, revoked 0, known before 0, left out 0"), first::all);
        assertTrue(again.exiting(0).out().contains("imported 0, revoked 0, known before 3, left out 0"), again::all);
        assertTrue(Files.readString(folder.resolve("results.jsonl"))
                .contains("\"serial\":\"13\",\"name\":\"unknown-13\",\"message\":\"name \\\"sensor 3\\\""));
        assertEquals(before + 3, devpki.run("device", "list").out().lines().count()); // d1, 13, a responder
        assertTrue(devpki.run("device", "show", "d2").out().contains("key-compromise"));
        devpki.run("revoke", "d1", "--reason", "superseded").exiting(0);
        devpki.run("revoke", "--serial", "13", "--reason", "superseded").exiting(0);
        devpki.run("crl", "publish", "--if-needed").exiting(0);
        assertEquals(3, published().entries().count());
        devpki.run("ocsp", "publish").exiting(0);
        devpki.run("doctor").exiting(0);
        devpki.run("audit", "verify").exiting(0);
    }

    @Test
    void strangersAreNamedAndLeftOut() throws IOException {
        adoptWithKey().exiting(0);
        write("certs/d1.pem", device("d1", "11"));
        write("certs/other.pem", ROOT.device("d2", SerialNumber.parse("12"), List.of()));
        write("certs/below.pem", CA.intermediate("below").certificate());
        Files.writeString(
                folder.resolve("certs/cut.pem"),
                Pem.certificate(device("d3", "13")).substring(0, 200));
        Files.writeString(folder.resolve("certs/bad.der"), "no certificate");

        Finished told = bring("certs");

        assertSays(6, "other.pem, left: another CA issued it: \"cn=old-root\"", told);
        assertSays(6, "cut.pem, left: it is cut or damaged", told);
        assertSays(6, "bad.der, left: it is cut or damaged", told);
        assertSays(6, "below.pem, left: it is a CA's certificate; devpki ca import brings it", told);
        assertTrue(told.out().contains("imported 1"), told::all);
        devpki.run("device", "show", "d1").exiting(0);
    }

    @Test
    void devicesOfTwoCasWithOneSerialAreKeptApart() throws IOException {
        // given two roots with one serial, and a device of each with another
        adoptWithKey().exiting(0);
        Files.writeString(folder.resolve("root.crt"), Pem.certificate(ROOT.certificate()));
        key("root.key", "old-root", "rw-------");
        devpki.run("ca", "import", "old-root", "--cert", file("root.crt"), "--private-key", file("root.key"))
                .exiting(0);
        write("certs/d1.pem", device("d1", "11"));
        write("roots/e1.pem", ROOT.device("e1", SerialNumber.parse("11"), List.of()));
        bring("certs").exiting(0);
        devpki.run("device", "import", file("roots"), "--ca", "old-root", "--from", "folder")
                .exiting(0);

        // when
        Finished ambiguous = devpki.run("revoke", "--serial", "11", "--reason", "superseded");
        devpki.run("revoke", "--serial", "old-root/11", "--reason", "superseded")
                .exiting(0);
        Files.writeString(folder.resolve("list.csv"), "serial\nold/11\n");
        Finished listed = devpki.run("revoke", "--from", file("list.csv"), "--dry-run");
        devpki.run("device", "mark", "--serial", "OLD/11", "shipped").exiting(2);
        devpki.run("device", "mark", "--serial", "old/0x11", "shipped").exiting(0);
        devpki.run("crl", "publish", "--if-needed").exiting(0);

        // then
        assertSays(4, "several CAs gave serial 11: old to d1, old-root to e1", ambiguous);
        assertTrue(ambiguous.err().contains("hint: write it as old/11"), ambiguous::err);
        assertTrue(listed.exiting(0).out().contains("d1"), listed::all);
        assertEquals(0, published().entries().count());
        devpki.run("verify", file("certs/d1.pem")).exiting(0);
        assertTrue(devpki.run("verify", file("roots/e1.pem")).all().contains("revoked"));
        assertTrue(devpki.run("device", "history", "e1").out().contains("certificate.revoke"));
        String history = devpki.run("device", "history", "d1").out();
        assertTrue(history.contains("certificate.mark"), history);
        assertFalse(history.contains("certificate.revoke"), history);
        devpki.run("doctor").exiting(0);
        devpki.run("audit", "verify").exiting(0);
    }

    @Test
    void anIndexTellsOfRevocationsWhoseCertificatesAreGoneAndOfThoseThatCameLater() throws IOException {
        adoptWithKey().exiting(0);
        write("demoCA/newcerts/11.pem", device("d1", "11"));
        write("demoCA/newcerts/12.pem", device("d1", "12"));
        String live = "V\t360101000000Z\t\t11\tunknown\t/CN=d1\nV\t360101000000Z\t\t12\tunknown\t/CN=d1\n";
        String gone = """
                R\t360101000000Z\t260501000000Z,superseded\t13\tunknown\t/CN=d3
                V\t360101000000Z\t\t14\tunknown\t/CN=d4
                E\t260101000000Z\t\t15\tunknown\t/CN=d5
                """;
        Files.writeString(folder.resolve("demoCA/index.txt"), live + gone);
        String[] order = {"device", "import", file("demoCA"), "--ca", "old", "--from", "openssl"};

        // when
        Finished first = devpki.run(order);
        Files.writeString(
                folder.resolve("demoCA/index.txt"),
                live.replaceFirst("V\t360101000000Z\t", "R\t360101000000Z\t261001000000Z,keyCompromise") + gone);
        Finished later = devpki.run(order);
        devpki.run("crl", "publish", "--if-needed").exiting(0);

        // then
        assertSays(6, "index.txt line 4, left: its certificate is in no file of the folder", first);
        assertTrue(first.out().contains("imported 3, revoked 1, known before 1, left out 1"), first::all);
        assertTrue(first.out().contains("names with several live certificates"), first::all);
        assertTrue(later.out().contains("imported 0, revoked 1, known before 3, left out 1"), later::all);
        assertEquals(
                List.of(
                        new RevokedEntry(
                                SerialNumber.parse("11"),
                                Instant.parse("2026-10-01T00:00:00Z"),
                                RevocationReason.KEY_COMPROMISE),
                        new RevokedEntry(SerialNumber.parse("13"), REVOKED_AT, RevocationReason.SUPERSEDED)),
                published().entries().list());
        devpki.run("doctor").exiting(0);

        // and it is no other CA's
        assertSays(
                4,
                "its certificates are of cn=old-ca; is --ca the right one?",
                devpki.run("device", "import", file("demoCA"), "--ca", "issuing-ca", "--from", "openssl"));
    }

    @Test
    void aSerialThatAnotherCaInTheSameFolderGaveTooIsNoMatch() throws IOException {
        adoptWithKey().exiting(0);
        write("demoCA/above/11.pem", ROOT.device("other", SerialNumber.parse("11"), List.of()));
        write("demoCA/above/12.pem", ROOT.device("other", SerialNumber.parse("12"), List.of()));
        write("demoCA/newcerts/11.pem", device("d1", "11"));
        Files.writeString(folder.resolve("demoCA/index.txt"), """
                V\t360101000000Z\t\t11\tunknown\t/CN=d1
                R\t360101000000Z\t260501000000Z\t12\tunknown\t/CN=d2
                """);

        devpki.run("device", "import", file("demoCA"), "--ca", "old", "--from", "openssl")
                .exiting(0);

        devpki.run("device", "show", "d1").exiting(0);
        devpki.run("device", "show", "other").exiting(3);
        devpki.run("device", "show", "unknown-12").exiting(0);
    }

    @Test
    void aHoldThatTheOldLedgerMadeARevocationForGoodIsOneHere() throws IOException {
        // given: the CRL tells of two holds, one of which has its certificate here before it was revoked for good
        Files.write(
                folder.resolve("old.crl"),
                CA.crl(CA.crlPlan(
                                1,
                                Instant.parse("2026-06-01T00:00:00Z"),
                                List.of(hold("11"), hold("12"), hold("13")),
                                List.of()))
                        .octets()
                        .toBytes()
                        .toArray());
        adoptWithKey("--crl", file("old.crl")).exiting(0);
        write("demoCA/newcerts/11.pem", device("d1", "11"));
        Files.writeString(folder.resolve("demoCA/index.txt"), """
                R\t360101000000Z\t260601000000Z,keyCompromise\t11\tunknown\t/CN=d1
                R\t360101000000Z\t260601000000Z,keyCompromise\t12\tunknown\t/CN=d2
                """);

        // when
        devpki.run("device", "import", file("demoCA"), "--ca", "old", "--from", "openssl")
                .exiting(0);
        oldCrl(2, "13"); // for good by now
        adoptWithKey("--crl", file("old.crl")).exiting(0);
        devpki.run("crl", "publish", "--if-needed").exiting(0);

        // then
        assertEquals(
                List.of(
                        RevocationReason.KEY_COMPROMISE,
                        RevocationReason.KEY_COMPROMISE,
                        RevocationReason.KEY_COMPROMISE),
                published().entries().list().stream().map(RevokedEntry::reason).toList());
    }

    private static RevokedEntry hold(String serial) {
        return new RevokedEntry(SerialNumber.parse(serial), REVOKED_AT, RevocationReason.CERTIFICATE_HOLD);
    }

    @Test
    void aRootWhoseResponderAPowerCutTookHasOneOnceItsDevicesAreImportedAgain() throws IOException {
        // given: the devices are on the ledger, the responder is not
        adoptWithKey().exiting(0);
        write("certs/d1.pem", device("d1", "11"));
        InProcess cut = devpki.at(step -> {
            if (step == Checkpoint.Step.ISSUE_2_PLANNED) {
                throw new AssertionError("power cut");
            }
        });
        assertThrows(
                AssertionError.class,
                () -> cut.run("device", "import", file("certs"), "--ca", "old", "--from", "folder"));
        devpki.run("device", "show", "old-ocsp").exiting(3);

        bring("certs", "--dry-run").exiting(0);
        devpki.run("device", "show", "old-ocsp").exiting(3);
        bring("certs").exiting(0);

        devpki.run("device", "show", "old-ocsp").exiting(0);
    }

    @Test
    void whatHadEndedBeforeItCameIsRetiredAndNobodyIsAskedToRenewIt() throws IOException {
        clock.advance(Duration.ofDays(365 * 12)); // past the end of each device, not of the CA
        devpki.run("crl", "publish").exiting(0);
        adoptWithKey().exiting(0);
        write("certs/d1.pem", device("d1", "11"));

        bring("certs").exiting(0);

        assertEquals(
                "retired",
                StoreProof.member(devpki.run("device", "show", "d1", "--json").out(), "life")
                        .strip());
        assertFalse(devpki.run("device", "expiring").all().contains("d1"));
        devpki.run("device", "expiring").exiting(0);
    }

    @Test
    void whatIsNoFileIsToldAndNeverWaitedFor() throws IOException, InterruptedException {
        adoptWithKey().exiting(0);
        write("certs/d1.pem", device("d1", "11"));
        assertEquals(
                0, new ProcessBuilder("mkfifo", file("certs/pipe.pem")).start().waitFor());
        Files.createSymbolicLink(folder.resolve("certs/endless.pem"), Path.of("/dev/zero"));

        Finished told = assertTimeoutPreemptively(Duration.ofSeconds(20), () -> bring("certs"));

        assertSays(6, "pipe.pem, left: it is no file", told);
        assertSays(6, "endless.pem, left: it is no file", told);
        assertTrue(told.out().contains("imported 1"), told::all);
    }

    @Test
    void aRevokedSerialThatNoCrlCanListIsLeftOutWhereThatIsSaid() throws IOException {
        adoptWithKey().exiting(0);
        write("demoCA/newcerts/11.pem", device("d1", "11"));
        Files.writeString(folder.resolve("demoCA/index.txt"), """
                V\t360101000000Z\t\t11\tunknown\t/CN=d1
                R\t360101000000Z\t260501000000Z\t00\tunknown\t/CN=d2
                R\t360101000000Z\t260501000000Z\t%s\tunknown\t/CN=d3
                """.formatted("f".repeat(42)));
        String[] order = {
            "device", "import", file("demoCA"), "--ca", "old", "--from", "openssl", "--leave-out", "f".repeat(42)
        };

        assertSays(4, "1 revoked certificates of", devpki.run(order));
        order[order.length - 1] = "00," + "f".repeat(42);
        devpki.run(order).exiting(6);

        devpki.run("device", "show", "d1").exiting(0);
        assertTrue(devpki.run("audit", "list").out().contains("certificate.leave-out"));
    }

    @Test
    void aDeviceIsNotRenewedUnderANameThatIsNotItsOwnNorWithoutOneOfItsAlternativeNames() throws IOException {
        // given
        adoptWithKey().exiting(0);
        write("certs/odd.pem", device("sensor 3", "13"));
        Tool openssl = Tool.in(folder);
        openssl.run("openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "d1.key")
                .exiting(0);
        openssl.run("openssl", "req", "-new", "-key", "d1.key", "-subj", "/CN=d1", "-out", "d1.csr")
                .exiting(0);
        Files.writeString(folder.resolve("ext"), """
                subjectAltName=DNS:d1.acme.example,email:d1@acme.example
                authorityKeyIdentifier=keyid
                subjectKeyIdentifier=hash
                """);
        openssl.run(
                        "openssl",
                        "x509",
                        "-req",
                        "-in",
                        "d1.csr",
                        "-CA",
                        "ca.crt",
                        "-CAkey",
                        "ca.key",
                        "-set_serial",
                        "0x14",
                        "-days",
                        "30",
                        "-extfile",
                        "ext",
                        "-out",
                        "certs/d1.pem")
                .exiting(0);
        bring("certs").exiting(0);

        // when
        Finished odd = devpki.run("device", "renew", "unknown-13", "--out", file("out"));
        Finished replaced =
                devpki.run("device", "replace", "unknown-13", "--reason", "superseded", "--out", file("out"));
        Finished mailed = devpki.run("device", "renew", "d1", "--out", file("out"));
        devpki.run("device", "waves", "--within", "10000d", "--waves", "1", "--out", file("waves"))
                .exiting(0);

        // then
        assertSays(5, "unknown-13 stands in the ledger for a name that no device may have", odd);
        assertSays(5, "unknown-13 stands in the ledger for a name that no device may have", replaced);
        assertSays(5, "has alternative name \"general name of kind 1\", and only dns, ip and uri", mailed);
        String wave = Files.readString(folder.resolve("waves/wave-1.csv"));
        assertTrue(wave.contains("d1,14") && !wave.contains("unknown"), wave);
    }
}
