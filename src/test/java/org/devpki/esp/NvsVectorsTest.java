package org.devpki.esp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.devpki.model.SecretBytes;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Octet for octet what Espressif's generator made, and back. */
class NvsVectorsTest {
    private static byte[] octets(SecretBytes secret) {
        return secret.lend(byte[]::clone);
    }

    private static void assertSameOctets(byte[] expected, byte[] actual) {
        for (int at = 0; at < Math.min(expected.length, actual.length); at++) {
            int where = at;
            assertEquals(
                    expected[at],
                    actual[at],
                    () -> "octet " + where + " of page " + where / 4096 + ", "
                            + (where % 4096 < 64 ? "its header" : "entry " + (where % 4096 - 64) / 32));
        }
        assertEquals(expected.length, actual.length);
    }

    @TestFactory
    Stream<DynamicTest> aTableBecomesTheGeneratorsImage() {
        return NvsVectors.all().stream()
                .map(vector -> dynamicTest(vector.name(), () -> {
                    SecretBytes image = NvsImages.write(vector.contents(), vector.partition(), vector.keys());

                    assertSameOctets(vector.image(), octets(image));
                }));
    }

    @TestFactory
    Stream<DynamicTest> theGeneratorsImageHoldsAndBecomesTheTable() {
        return NvsVectors.all().stream()
                .map(vector -> dynamicTest(vector.name(), () -> {
                    NvsReading reading = NvsImages.read(vector.secretImage(), vector.keys());

                    assertEquals(List.of(), reading.problems());
                    assertEquals(vector.contents(), reading.contents());
                }));
    }

    @TestFactory
    Stream<DynamicTest> anEncryptedImageIsTheGeneratorsDecryptedOneInPlain() {
        return NvsVectors.all().stream()
                .filter(NvsVectors.Vector::isEncrypted)
                .map(vector -> dynamicTest(vector.name(), () -> {
                    SecretBytes image = NvsImages.write(vector.contents(), vector.partition(), Optional.empty());

                    assertSameOctets(NvsVectors.octets(vector.file("nvs_decrypted.bin")), octets(image));
                }));
    }

    @Test
    void keysDerivedFromAnHmacKeyAreTheGenerators() {
        Path folder = NvsVectors.FOLDER.resolve("encrypted-hmac-keys");

        NvsKeys keys =
                NvsKeys.derived(SecretBytes.taking(NvsVectors.octets(folder.resolve("hmac_key.bin"))), "hmac_key.bin");

        assertArrayEquals(NvsVectors.octets(folder.resolve("nvs_keys.bin")), octets(keys.partition()));
    }

    @TestFactory
    Stream<DynamicTest> aRowOfValuesBecomesTheToolsTableAndImage() {
        Path folder = NvsVectors.FOLDER.resolve("mfg");
        List<MassTable.Device> devices = MassTable.read(NvsVectors.rows(folder.resolve("config.csv")), "config.csv")
                .devices(
                        NvsVectors.rows(folder.resolve("values.csv")),
                        "values.csv",
                        Optional.of("id"),
                        file -> SecretBytes.taking(NvsVectors.octets(folder.resolve(file))));
        return Stream.concat(
                Stream.of(dynamicTest(
                        "three devices",
                        () -> assertEquals(
                                List.of("1", "2", "3"),
                                devices.stream().map(MassTable.Device::id).toList()))),
                devices.stream()
                        .map(device -> dynamicTest("Fleet-" + device.id(), () -> {
                            String table = device.rows().stream()
                                    .map(row -> String.join(",", row) + "\r\n")
                                    .collect(Collectors.joining());
                            assertEquals(
                                    new String(
                                            NvsVectors.octets(folder.resolve("out/csv/Fleet-" + device.id() + ".csv")),
                                            StandardCharsets.UTF_8),
                                    table);
                            assertSameOctets(
                                    NvsVectors.octets(folder.resolve("out/bin/Fleet-" + device.id() + ".bin")),
                                    octets(NvsImages.write(
                                            device.contents(), NvsPartition.ofSize(0x4000), Optional.empty())));
                        })));
    }

    @Test
    void theVectorsAreWhole() {
        assertEquals(13, NvsVectors.all().size());
    }
}
