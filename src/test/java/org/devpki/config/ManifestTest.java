package org.devpki.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.devpki.model.BatchId;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.devpki.model.Fault;
import org.devpki.model.ManifestDevice;
import org.devpki.model.ManifestHead;
import org.devpki.model.ManifestTotals;
import org.devpki.model.SerialNumber;
import org.devpki.testing.Broken;
import org.junit.jupiter.api.Test;

/** What is written is read again, and whatever is not what was written is noticed. */
class ManifestTest {
    private static final ManifestHead HEAD =
            new ManifestHead(new BatchId("L3W47"), "--name \"q{mac}\"", Instant.parse("2026-01-02T03:04:05.678Z"));

    private static final List<ManifestDevice> DEVICES =
            List.of(device("d1", "4111"), device("d2", "4222"), device("d3", "4333"));

    private static ManifestDevice device(String name, String serial) {
        Bytes hash = Bytes.utf8(name).sha256();
        return new ManifestDevice(
                "row \"" + name + "\"",
                name,
                SerialNumber.parse(serial),
                hash,
                List.of(
                        new ManifestDevice.File(name + "/client_crt.pem", 1543, hash),
                        new ManifestDevice.File(name + "/SHA256SUMS", 1, hash)));
    }

    private static Bytes written(List<ManifestDevice> devices) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            ManifestWriter writer = new ManifestWriter(out, HEAD);
            for (ManifestDevice device : devices) {
                writer.add(device);
            }
            writer.end();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return Bytes.of(out.toByteArray());
    }

    private static List<ManifestDevice> read(Bytes manifest) {
        List<ManifestDevice> devices = new ArrayList<>();
        ManifestReader.read(manifest, "m.json", devices::add);
        return devices;
    }

    @Test
    void whatIsWrittenIsReadAgain() {
        List<ManifestDevice> devices = new ArrayList<>();

        ManifestTotals read = ManifestReader.read(written(DEVICES), "m.json", devices::add);

        assertEquals(DEVICES, devices);
        assertEquals(HEAD, read.head());
        assertEquals(3, read.devices());
        assertEquals(6, read.files());
        assertEquals(List.of(), read(written(List.of())));
    }

    @Test
    void everyCutIsNoticed() {
        Bytes whole = written(DEVICES);

        for (int length = 0; length < whole.length(); length++) {
            Bytes cut = Bytes.of(java.util.Arrays.copyOf(whole.toArray(), length));
            assertEquals(
                    Fault.INTEGRITY,
                    assertThrows(DevpkiException.class, () -> read(cut), "cut to " + length)
                            .fault());
        }
    }

    @Test
    void aFlippedOctetIsAFaultOfIntegrityAndNothingElse() {
        Bytes whole = written(DEVICES);

        Broken.assertFlipsHarmless(
                "manifest", whole, 0, whole.length(), Set.of(Fault.INTEGRITY), manifest -> read(manifest));
    }

    @Test
    void aDeviceThatIsTakenOutSwappedOrChangedBreaksTheMerkleRoot() {
        String whole = written(DEVICES).asUtf8();
        String[] lines = whole.split("\n", -1);

        for (String other : List.of(
                whole.replace(lines[2] + "\n", ""),
                whole.replace(lines[1] + "\n" + lines[2], lines[2] + "\n" + lines[1]),
                whole.replace("\"octets\":1543", "\"octets\":1544"),
                whole.replaceFirst("\"merkleRoot\":\"....", "\"merkleRoot\":\"0123"),
                whole.replace("\"fileCount\":6", "\"fileCount\":7"),
                whole + " ")) {
            DevpkiException told = assertThrows(DevpkiException.class, () -> read(Bytes.utf8(other)), other);
            assertEquals(Fault.INTEGRITY, told.fault());
        }
    }
}
