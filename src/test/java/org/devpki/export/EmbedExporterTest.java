package org.devpki.export;

import static java.util.stream.Collectors.toMap;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.devpki.model.Bytes;
import org.devpki.model.CertificateDer;
import org.devpki.model.Credential;
import org.devpki.model.CredentialChain;
import org.devpki.model.DeviceId;
import org.devpki.model.DeviceKey;
import org.devpki.model.ExportedFile;
import org.devpki.model.KeySpec;
import org.devpki.model.PublicKeyDer;
import org.devpki.model.SecretBytes;
import org.junit.jupiter.api.Test;

class EmbedExporterTest {
    private static final CredentialChain CHAIN = new CredentialChain(
            new CertificateDer(Bytes.of(new byte[60])),
            List.of(new CertificateDer(Bytes.fromHex("3003020102"))),
            new CertificateDer(Bytes.fromHex("3003020103")));

    private static Credential credential(Optional<DeviceKey> key) {
        return new Credential(new DeviceId("plant-7"), CHAIN, key);
    }

    private static Optional<DeviceKey> key() {
        return Optional.of(new DeviceKey(
                KeySpec.parse("P-256"),
                new PublicKeyDer(Bytes.fromHex("3000")),
                SecretBytes.taking(new byte[] {0x30, 3, 2, 1, 4})));
    }

    private static List<ExportedFile> export(Optional<DeviceKey> key) {
        return new EmbedExporter().files(credential(key), ExportOptions.NONE);
    }

    private static Map<String, String> texts(List<ExportedFile> files) {
        return files.stream()
                .collect(toMap(
                        ExportedFile::name,
                        file -> file.content().lend(octets -> new String(octets, StandardCharsets.UTF_8))));
    }

    @Test
    void aDeviceGetsThreePemFilesWithWhatEmbedsThem() {
        // when
        List<ExportedFile> files = export(key());

        // then
        assertEquals(
                List.of(
                        "server_root_ca.pem",
                        "client_crt.pem",
                        "client_key.pem",
                        "CMakeLists.txt",
                        "devpki_mqtt.h",
                        "embed.README.txt"),
                files.stream().map(ExportedFile::name).toList());
        assertEquals(
                List.of("client_key.pem"),
                files.stream()
                        .filter(ExportedFile::isSecret)
                        .map(ExportedFile::name)
                        .toList());
    }

    @Test
    void pemFilesHaveLfAloneOneFinalNewlineAndNothingOutsideTheirBlocks() {
        // when
        Map<String, String> texts = texts(export(key()));

        // then: the leaf first, then its issuer, and no root
        assertEquals("""
                -----BEGIN CERTIFICATE-----
                AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
                AAAAAAAAAAAAAAAA
                -----END CERTIFICATE-----
                -----BEGIN CERTIFICATE-----
                MAMCAQI=
                -----END CERTIFICATE-----
                """, texts.get("client_crt.pem"));
        assertEquals("""
                -----BEGIN CERTIFICATE-----
                MAMCAQM=
                -----END CERTIFICATE-----
                """, texts.get("server_root_ca.pem"));
        assertEquals("""
                -----BEGIN PRIVATE KEY-----
                MAMCAQQ=
                -----END PRIVATE KEY-----
                """, texts.get("client_key.pem"));
    }

    @Test
    void theHeaderDeclaresEachSymbolWithItsEnd() {
        // when
        String header = texts(export(key())).get("devpki_mqtt.h");

        // then
        for (String file : List.of("server_root_ca_pem", "client_crt_pem", "client_key_pem")) {
            for (String end : List.of("_start", "_end")) {
                String line = "extern const uint8_t " + file + end + "[] asm(\"_binary_" + file + end + "\");\n";
                assertTrue(header.contains(line), () -> line + "is not in\n" + header);
            }
        }
        assertTrue(header.contains("#define DEVPKI_CLIENT_ID \"plant-7\"\n"), header);
        assertFalse(header.contains("\r"), header);
    }

    @Test
    void theReadmeTellsHowToFlashAndWhereTheKeyIs() {
        String made = texts(export(key())).get("embed.README.txt");
        String kept = texts(export(Optional.empty())).get("embed.README.txt");

        for (String readme : List.of(made, kept)) {
            assertTrue(readme.contains("idf.py -p PORT build flash\n"), readme);
            assertTrue(readme.contains("CONFIG_MQTT_TRANSPORT_SSL=y"), readme);
        }
        assertTrue(made.contains("whoever has the image has the key"), made);
        assertTrue(kept.contains("The private key is on the device"), kept);
    }

    @Test
    void theBuildEmbedsThePemFilesAsText() {
        // when
        String cmake = texts(export(key())).get("CMakeLists.txt");

        // then
        assertTrue(
                cmake.contains("EMBED_TXTFILES \"server_root_ca.pem\" \"client_crt.pem\" \"client_key.pem\"\n"), cmake);
    }

    @Test
    void aKeyThatWasBornOnTheDeviceIsNotAskedFor() {
        // when
        List<ExportedFile> files = export(Optional.empty());

        // then
        assertEquals(
                List.of("server_root_ca.pem", "client_crt.pem", "CMakeLists.txt", "devpki_mqtt.h", "embed.README.txt"),
                files.stream().map(ExportedFile::name).toList());
        texts(files).forEach((name, text) -> assertFalse(text.contains("client_key"), name));
    }
}
