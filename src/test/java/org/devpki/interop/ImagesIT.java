package org.devpki.interop;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import org.devpki.esp.SecureCertPartition;
import org.devpki.esp.TlvType;
import org.devpki.files.WholeFiles;
import org.devpki.model.SecretBytes;
import org.devpki.testing.Devpki;
import org.devpki.testing.Finished;
import org.devpki.testing.Tool;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is in an image, read by mbedTLS and OpenSSL. */
@Tag("long")
class ImagesIT {
    private static final Path SOURCES = Devpki.ROOT.resolve("src/test/c");

    @TempDir
    private static Path home;

    private static Devpki devpki;

    @BeforeAll
    static void makeAStoreAndTheLoader() {
        devpki = Devpki.withStore(home);
        Tool.in(home)
                .run(
                        "gcc",
                        "-std=gnu11",
                        "-Wall",
                        "-Wextra",
                        "-Werror",
                        "-o",
                        "load_credentials",
                        SOURCES.resolve("load_credentials.c").toString(),
                        "-lmbedtls",
                        "-lmbedx509",
                        "-lmbedcrypto")
                .exiting(0);
    }

    private static void issue(String name, String... more) {
        String[] command = Arrays.copyOf(new String[] {"issue", name, "--out", "out"}, 4 + more.length);
        System.arraycopy(more, 0, command, 4, more.length);
        devpki.run(command).exiting(0);
    }

    /** The octets that firmware hands to mbedTLS, in a file; the loader adds a NUL, so PEM's own is taken off. */
    private static String extracted(String name, TlvType type) throws IOException {
        Path image = devpki.file("out/" + name + "/esp_secure_cert.bin");
        byte[] octets = SecureCertPartition.read(SecretBytes.taking(Files.readAllBytes(image)))
                .first(type)
                .orElseThrow()
                .value()
                .lend(byte[]::clone);
        boolean isPem = octets[0] == '-';
        if (isPem) {
            assertEquals(0, octets[octets.length - 1], "the NUL counts");
        }
        Path file = devpki.file(name + "." + type);
        Files.write(file, isPem ? Arrays.copyOf(octets, octets.length - 1) : octets);
        return file.toString();
    }

    @ParameterizedTest
    @CsvSource({"P-256, EC", "P-384, EC", "RSA-2048, RSA"})
    void mbedtlsLoadsTheCredentialOfAnImage(String kind, String keyType) throws IOException {
        String name = "pem-" + kind;
        issue(name, "--key", kind, "--target", "s3", "--format", "esp-secure-cert");

        Finished loaded = Tool.in(home)
                .run(
                        home.resolve("load_credentials").toString(),
                        extracted(name, TlvType.CA_CERT),
                        extracted(name, TlvType.DEV_CERT),
                        extracted(name, TlvType.PRIV_KEY),
                        devpki.file("pki/publish/crl/all.crl.pem").toString())
                .exiting(0);

        List<String> lines = loaded.out().lines().toList();
        for (String line : List.of(
                "chain-certificates 2", "key 0x0000", "key-type " + keyType, "pair 0x0000", "verify-with-crl 0x0000")) {
            assertTrue(lines.contains(line), () -> line + " is not in\n" + loaded.all());
        }
    }

    @ParameterizedTest
    @CsvSource({"P-256", "RSA-2048"})
    void opensslReadsTheDerOfAnImage(String kind) throws IOException {
        String name = "der-" + kind;
        issue(name, "--key", kind, "--target", "s3", "--format", "esp-secure-cert", "--der");
        String certificate = extracted(name, TlvType.DEV_CERT);
        String key = extracted(name, TlvType.PRIV_KEY);

        String ofCertificate = devpki.other(
                        "openssl", "x509", "-inform", "DER", "-in", certificate, "-noout", "-pubkey")
                .exiting(0)
                .out();
        String ofKey = devpki.other("openssl", "pkey", "-inform", "DER", "-in", key, "-pubout")
                .exiting(0)
                .out();

        assertEquals(ofCertificate, ofKey);
    }

    @ParameterizedTest
    @CsvSource({"rsa, -newkey rsa:2048", "ec, -newkey ec -pkeyopt ec_paramgen_curve:P-256"})
    void whatIsSealedOnlyTheRecipientOpens(String name, String newKey) throws IOException {
        for (String who : List.of("line-", "other-")) {
            devpki.other(
                            "sh",
                            "-c",
                            "openssl req -x509 " + newKey + " -nodes -days 30 -subj /CN=line -keyout " + who + name
                                    + ".key -out " + who + name + ".pem")
                    .exiting(0);
        }
        Path key = devpki.file("known-" + name + ".bin");
        byte[] octets = new byte[32];
        Arrays.fill(octets, (byte) name.length());
        Files.write(key, octets);

        issue(
                "sealed-" + name,
                "--key-home",
                "hmac",
                "--target",
                "c3",
                "--hmac-key",
                key.toString(),
                "--seal-to",
                "line-" + name + ".pem");

        Path burned = devpki.file("out/sealed-" + name + "+efuse");
        assertFalse(Files.exists(burned.resolve("hmac_up.bin")), "not in clear");
        String[] open = {
            "openssl",
            "cms",
            "-decrypt",
            "-inform",
            "DER",
            "-in",
            burned + "/hmac_up.bin.cms",
            "-out",
            "opened-" + name,
            "-inkey",
            "line-" + name + ".key",
            "-recip",
            "line-" + name + ".pem"
        };
        devpki.other(open).exiting(0);
        assertArrayEquals(octets, Files.readAllBytes(devpki.file("opened-" + name)));
        open[10] = "other-" + name + ".key";
        open[12] = "other-" + name + ".pem";
        assertFalse(devpki.other(open).exit() == 0, "another key opens nothing");
    }

    @Test
    void theScriptAsksBeforeItBurnsAndBurnsAsPlanned() throws IOException {
        issue("burnt", "--profile", "device-ds-rsa", "--key", "RSA-2048", "--target", "c3");
        Path burned = devpki.file("out/burnt+efuse");
        Path bin = Files.createDirectory(devpki.file("bin"));
        // no chip here: a program of this name that writes down how it was called
        Path espefuse = bin.resolve("espefuse");
        Files.writeString(espefuse, "#!/bin/sh\necho \"espefuse $*\" >> " + devpki.file("calls") + "\n");
        Files.setPosixFilePermissions(espefuse, PosixFilePermissions.fromString("rwxr-xr-x"));
        Tool tool = Tool.in(home).with("PATH", bin + ":" + System.getenv("PATH"));

        Finished unasked = tool.run("sh", burned + "/burn.sh", "/dev/ttyUSB0");
        assertEquals(1, unasked.exit(), unasked::all);
        assertTrue(unasked.err().contains("there is no terminal to ask on; --yes answers"), unasked::all);
        assertFalse(Files.readString(devpki.file("calls")).contains("burn-key"), "nothing was burned");

        tool.run("sh", burned + "/burn.sh", "/dev/ttyUSB0", "--yes").exiting(0);
        String summary = "espefuse --chip esp32c3 --port /dev/ttyUSB0 summary";
        assertEquals(
                List.of(
                        summary,
                        summary,
                        "espefuse --chip esp32c3 --port /dev/ttyUSB0 --do-not-confirm burn-key BLOCK_KEY1 hmac_key.bin"
                                + " HMAC_DOWN_DIGITAL_SIGNATURE",
                        summary),
                Files.readAllLines(devpki.file("calls")));
        assertEquals(2, tool.run("sh", burned + "/burn.sh").exit(), "a port must be named");
        devpki.run("efuse", "confirm", "burnt", "--out", "out", "--yes").exiting(0);
        assertFalse(Files.exists(burned));
        assertEquals(List.of(), WholeFiles.leftovers(devpki.file("out")));
    }

    /** Typed at a terminal, which util-linux's script makes. */
    private static Finished typing(Tool tool, String answer, String script) {
        return tool.feed(
                (answer + "\n").getBytes(StandardCharsets.US_ASCII),
                "script",
                "-qec",
                "sh '" + script + "' /dev/ttyUSB0",
                "/dev/null");
    }

    @Test
    void theScriptBurnsOnYesAloneAndWithTheOlderEsptoolToo() throws IOException {
        issue("asked", "--key-home", "hmac", "--target", "c3");
        Path bin = Files.createDirectory(devpki.file("bin4"));
        Path calls = devpki.file("calls4");
        Path espefuse = bin.resolve("espefuse.py");
        Files.writeString(espefuse, "#!/bin/sh\necho \"espefuse.py $*\" >> " + calls + "\n");
        Files.setPosixFilePermissions(espefuse, PosixFilePermissions.fromString("rwxr-xr-x"));
        Tool tool = Tool.in(home).with("PATH", bin + ":/usr/bin:/bin");
        String script = devpki.file("out/asked+efuse/burn.sh").toString();
        String summary = "espefuse.py --chip esp32c3 --port /dev/ttyUSB0 summary";

        Finished no = typing(tool, "y", script);
        assertEquals(1, no.exit(), no::all);
        assertTrue(
                no.all().contains("Burn HMAC_UP into BLOCK_KEY1 for good, so that this chip is asked? Type yes:"),
                no::all);
        assertTrue(no.all().contains("not confirmed, so nothing was burned"), no::all);
        assertEquals(List.of(summary), Files.readAllLines(calls));

        Finished yes = typing(tool, "yes", script).exiting(0);
        assertEquals(
                List.of(
                        summary,
                        summary,
                        "espefuse.py --chip esp32c3 --port /dev/ttyUSB0 --do-not-confirm burn_key BLOCK_KEY1 hmac_up.bin"
                                + " HMAC_UP",
                        summary),
                Files.readAllLines(calls));
        assertTrue(
                yes.all()
                        .contains("devpki efuse confirm asked --out '"
                                + devpki.file("out").toRealPath() + "'"),
                yes::all);
        devpki.run("efuse", "confirm", "asked", "--out", devpki.file("out").toString(), "--yes")
                .exiting(0);
    }

    @Test
    void aKeyIsNotSealedToAWeakOne() {
        devpki.other(
                        "sh",
                        "-c",
                        "openssl req -x509 -newkey rsa:1024 -nodes -days 30 -subj /CN=weak -keyout weak.key -out weak.pem")
                .exiting(0);

        Finished refused = devpki.run(
                "issue", "weak", "--out", "out", "--key-home", "hmac", "--target", "c3", "--seal-to", "weak.pem");

        assertTrue(refused.exiting(5).err().contains("the certificate of --seal-to has RSA-1024"), refused::all);
        assertFalse(Files.exists(devpki.file("out/weak+efuse")));
    }
}
