package org.devpki.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.devpki.model.Bytes;
import org.devpki.testing.Finished;
import org.devpki.testing.InProcess;
import org.devpki.testing.StoreProof;
import org.devpki.testing.Tool;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Labels as scanners read them: zbarimg, and rsvg-convert for what is drawn. */
@Tag("long")
class LabelsIT {
    @TempDir
    static Path template;

    @TempDir
    Path folder;

    @BeforeAll
    static void makeABatchForAll() throws IOException {
        Files.writeString(template.resolve("passphrase"), "correct horse\n");
        Files.writeString(template.resolve("list.csv"), "name\nsensor-7\nSENSOR:8_b.c\n");
        InProcess devpki = InProcess.in(template);
        devpki.run("init", "--org", "Acme", "--root-key", "P-256", "--crl-url", "http://crl.acme.example")
                .exiting(0);
        devpki.run(
                        "batch",
                        "run",
                        template.resolve("list.csv").toString(),
                        "--batch",
                        "L3W47",
                        "--out",
                        template.resolve("out").toString())
                .exiting(0);
    }

    private InProcess devpki() {
        StoreProof.copy(template, folder);
        return InProcess.in(folder);
    }

    private Path labels() {
        return folder.resolve("labels");
    }

    private String payload(String name) {
        String sha256 = StoreProof.of(folder).oneValid(name).sha256();
        return "DEVPKI:1:" + sha256.toUpperCase(Locale.ROOT) + ":" + name + "\n";
    }

    private String scanned(Path picture) {
        return Tool.in(folder)
                .run("zbarimg", "-q", "--raw", picture.toString())
                .exiting(0)
                .out();
    }

    private String scanned(Bytes picture) throws IOException {
        Path file = folder.resolve("picture.pbm");
        Files.write(file, picture.toArray());
        return scanned(file);
    }

    private Finished label(InProcess devpki, String... arguments) {
        List<String> command = new ArrayList<>(List.of("device", "label"));
        command.addAll(Arrays.asList(arguments));
        return devpki.run(command.toArray(String[]::new));
    }

    @Test
    void aScannerReadsEachFormatOfEachDeviceOfABatch() throws IOException {
        InProcess devpki = devpki();
        for (String format : List.of("png", "svg", "zpl")) {
            label(devpki, "--batch", "L3W47", "--format", format, "--out", labels().toString())
                    .exiting(0);
        }

        for (String name : List.of("sensor-7", "SENSOR:8_b.c")) {
            assertEquals(payload(name), scanned(labels().resolve(name + ".png")));
            assertEquals(payload(name), scanned(drawn(labels().resolve(name + ".svg"))));
            String zpl = Files.readString(labels().resolve(name + ".zpl"));
            assertEquals(payload(name), scanned(printed(zpl)));
            assertTrue(zpl.contains("^FD" + name + "^FS"), zpl);
        }
    }

    private Path drawn(Path svg) {
        Path png = folder.resolve("drawn.png");
        Tool.in(folder)
                .run("rsvg-convert", "-d", "203", "-p", "203", "-o", png.toString(), svg.toString())
                .exiting(0);
        return png;
    }

    /** As a printer draws it: the picture of {@code ^GFA}, a colon being the row above, as a PBM with a white margin. */
    private static Bytes printed(String zpl) {
        Matcher picture = Pattern.compile("\\^GFA,([0-9]+),\\1,([0-9]+),([0-9a-f:]+)\\^FS")
                .matcher(zpl);
        assertTrue(picture.find(), zpl);
        int digits = 2 * Integer.parseInt(picture.group(2));
        StringBuilder rows = new StringBuilder();
        for (int at = 0; at < picture.group(3).length(); ) {
            boolean isAgain = picture.group(3).charAt(at) == ':';
            rows.append(
                    isAgain
                            ? rows.substring(rows.length() - digits)
                            : picture.group(3).substring(at, at + digits));
            at += isAgain ? 1 : digits;
        }
        assertEquals(Integer.parseInt(picture.group(1)) * 2, rows.length());
        int height = rows.length() / digits;
        int margin = 32;
        StringBuilder pbm = new StringBuilder("P1\n");
        pbm.append(digits * 4 + 2 * margin)
                .append(' ')
                .append(height + 2 * margin)
                .append('\n');
        pbm.append("0 ".repeat((digits * 4 + 2 * margin) * margin));
        for (int row = 0; row < height; row++) {
            pbm.append("0 ".repeat(margin));
            for (int digit = 0; digit < digits; digit++) {
                int value = Character.digit(rows.charAt(row * digits + digit), 16);
                for (int bit = 3; bit >= 0; bit--) {
                    pbm.append(value >> bit & 1).append(' ');
                }
            }
            pbm.append("0 ".repeat(margin));
        }
        return Bytes.utf8(
                pbm.append("0 ".repeat((digits * 4 + 2 * margin) * margin)).toString());
    }

    @Test
    void aBatchIsOnePrintJob() {
        Finished job = label(devpki(), "--batch", "L3W47", "--format", "zpl", "--out", "-")
                .exiting(0);

        List<String> lines = job.out().lines().toList();
        assertEquals(2, lines.stream().filter("^XA"::equals).count());
        assertEquals("^XZ", lines.get(lines.size() - 1));
    }

    @Test
    void theSameAgainChangesNothingAndAnotherCertificateIsAConflict() throws IOException {
        InProcess devpki = devpki();
        String[] order = {"sensor-7", "--format", "png", "--out", labels().toString()};
        label(devpki, order).exiting(0);
        Bytes first = Bytes.of(Files.readAllBytes(labels().resolve("sensor-7.png")));

        Finished again = label(devpki, order).exiting(0);
        devpki.run("revoke", "sensor-7", "--reason", "superseded").exiting(0);
        Finished revoked = label(devpki, order);
        devpki.run("issue", "sensor-7", "--out", folder.resolve("other").toString())
                .exiting(0);
        Finished other = label(devpki, order);

        assertTrue(again.out().contains("0 written, 1 there before"), again.out());
        assertTrue(revoked.exiting(5).err().contains("is revoked, so it gets no label"), revoked.err());
        other.exiting(4);
        assertEquals(first, Bytes.of(Files.readAllBytes(labels().resolve("sensor-7.png"))));
        order = Arrays.copyOf(order, order.length + 1);
        order[order.length - 1] = "--force";
        label(devpki, order).exiting(0);
        assertEquals(payload("sensor-7"), scanned(labels().resolve("sensor-7.png")));
    }

    @Test
    void aBatchsLabelsLeaveOutWhatOpensNoDoor() {
        InProcess devpki = devpki();
        devpki.run("revoke", "sensor-7", "--reason", "key-compromise").exiting(0);

        label(devpki, "--batch", "L3W47", "--out", labels().toString()).exiting(0);

        assertFalse(Files.exists(labels().resolve("sensor-7.svg")));
        assertTrue(Files.exists(labels().resolve("SENSOR:8_b.c.svg")));
        label(devpki, "--batch", "L9", "--out", labels().toString()).exiting(3);
    }

    @Test
    void whatCannotBeALabelIsSaid() {
        InProcess devpki = devpki();
        label(devpki, "--out", "-").exiting(2);
        label(devpki, "--batch", "L3W47", "--format", "png", "--out", "-").exiting(2);
        label(devpki, "sensor-7", "--format", "gif", "--out", "-").exiting(2);
        label(devpki, "sensor-7", "--json", "--out", "-").exiting(2);
        label(devpki, "nobody", "--out", "-").exiting(3);
    }
}
