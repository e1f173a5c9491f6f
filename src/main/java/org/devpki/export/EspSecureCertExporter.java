package org.devpki.export;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.devpki.esp.FlashedCredential;
import org.devpki.esp.SecureCertPartition;
import org.devpki.model.Budget;
import org.devpki.model.Bytes;
import org.devpki.model.Credential;
import org.devpki.model.DeviceId;
import org.devpki.model.DeviceKey;
import org.devpki.model.ExportedFile;
import org.devpki.model.Flavour;
import org.devpki.model.KeyHome;
import org.devpki.model.SecretBytes;
import org.devpki.x509.Keys;
import org.devpki.x509.Pem;

/**
 * {@code esp-secure-cert}: the image of an esp_secure_cert partition for one chip, with what the project needs to read it;
 * what is burned into eFuse goes into a folder apart.
 */
public final class EspSecureCertExporter implements Exporter {
    public static final String NAME = "esp-secure-cert";

    private static final String IMAGE = "esp_secure_cert.bin";
    private static final String PARTITIONS = "esp_secure_cert.partitions.csv";
    private static final String SDKCONFIG = "esp_secure_cert.sdkconfig.defaults";
    private static final String README = "esp_secure_cert.README.txt";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String description() {
        return "esp_secure_cert.bin for --target, with partition table and sdkconfig lines; eFuse key in a folder apart";
    }

    @Override
    public boolean needsTarget() {
        return true;
    }

    @Override
    public List<String> fileNames(Contents contents) {
        return List.of(IMAGE, PARTITIONS, SDKCONFIG, README);
    }

    @Override
    public void rehearse(Credential credential, ExportOptions options) {
        image(credential, flashing(options)).close();
    }

    private static Flashing flashing(ExportOptions options) {
        return options.flashing().orElseThrow(() -> new IllegalStateException("no chip to export for"));
    }

    private static SecretBytes image(Credential credential, Flashing flashing) {
        return new SecureCertImage(
                        credential.chain().sent(),
                        Optional.of(credential.chain().root()),
                        credential.key())
                .write(flashing);
    }

    @Override
    public List<ExportedFile> files(Credential credential, ExportOptions options) {
        Flashing flashing = flashing(options);
        SecretBytes image = image(credential, flashing);
        SecureCertProof.prove(image, credential, flashing);
        List<ExportedFile> files = new ArrayList<>();
        files.add(new ExportedFile(
                IMAGE,
                image,
                (flashing.home() instanceof KeyHome.Flash && credential.key().isPresent())
                                || !flashing.layout().userData().isEmpty()
                        ? ExportedFile.Kind.SECRET
                        : ExportedFile.Kind.PUBLIC));
        files.add(ExportedFiles.text(PARTITIONS, partitions(flashing)));
        files.add(ExportedFiles.text(SDKCONFIG, sdkconfig(flashing)));
        files.add(ExportedFiles.text(README, readme(credential, flashing, image, options.warnings())));
        return files;
    }

    @Override
    public List<BurnedKey> burned(Credential credential, ExportOptions options) {
        Flashing flashing = flashing(options);
        return credential
                .key()
                .flatMap(key -> EfusePlan.ofHome(flashing.home(), key.spec())
                        .map(planned -> new BurnedKey(planned, content(key, flashing))))
                .stream()
                .toList();
    }

    private static SecretBytes content(DeviceKey key, Flashing flashing) {
        return flashing.hmacKey()
                .map(hmacKey -> hmacKey.octets().copy())
                .orElseGet(() -> Pem.secret(Keys.traditionalLabel(key.spec()), Keys.traditional(key)));
    }

    private static String partitions(Flashing flashing) {
        String kind =
                switch (flashing.layout().flavour()) {
                    case TLV, CUST_FLASH -> "0x3F, , 0x%X, 0x%X, encrypted";
                    case NVS -> "data, nvs, 0x%X, 0x%X,";
                };
        return """
                # Into the partition table of the project (CONFIG_PARTITION_TABLE_CUSTOM), before the app partitions:
                # Name, Type, SubType, Offset, Size, Flags
                esp_secure_cert, %s
                """.formatted(kind.formatted(
                SecureCertPartition.OFFSET, flashing.layout().partitionOctets()));
    }

    private static String sdkconfig(Flashing flashing) {
        List<String> lines = new ArrayList<>();
        lines.add("# Into the project's sdkconfig.defaults; esp_secure_cert.partitions.csv has the partition's line.");
        lines.add("CONFIG_PARTITION_TABLE_CUSTOM=y");
        lines.add("CONFIG_PARTITION_TABLE_CUSTOM_FILENAME=\"partitions.csv\"");
        if (flashing.layout().flavour() != Flavour.TLV) {
            lines.add("CONFIG_ESP_SECURE_CERT_SUPPORT_LEGACY_FORMATS=y");
        }
        lines.addAll(flashing.home()
                .match(
                        flash -> List.of("# CONFIG_ESP_SECURE_CERT_DS_PERIPHERAL is not set"),
                        ds -> List.of(
                                "CONFIG_ESP_SECURE_CERT_DS_PERIPHERAL=y",
                                "# Before ESP-IDF 6.0 the Digital Signature peripheral cannot sign for TLS 1.3:",
                                "# CONFIG_MBEDTLS_SSL_PROTO_TLS1_3 is not set"),
                        ecdsa -> List.of(
                                "# CONFIG_ESP_SECURE_CERT_DS_PERIPHERAL is not set",
                                "CONFIG_MBEDTLS_HARDWARE_ECDSA_SIGN=y"),
                        hmac -> List.of("# CONFIG_ESP_SECURE_CERT_DS_PERIPHERAL is not set")));
        return String.join("\n", lines) + "\n";
    }

    private static String readme(Credential credential, Flashing flashing, SecretBytes image, List<String> warnings) {
        String device = credential.device().value();
        Budget budget = Budget.of(credential.chain().sent());
        int used = image.lend(octets -> FlashedCredential.read(Bytes.of(octets)).usedOctets());
        StringBuilder text = new StringBuilder();
        text.append("""
                esp_secure_cert partition of %1$s for %2$s, key home %3$s

                Flash it, with esptool 5 or 4:
                  %4$s
                  %5$s

                Firmware reads it by the component espressif/esp_secure_cert_mgr: esp_secure_cert_get_device_cert gives the
                device's certificate%6$s, esp_secure_cert_get_ca_cert the root CA to verify the broker with.
                """.formatted(
                device,
                flashing.chip().title(),
                flashing.home().word(),
                EfusePlan.flash(
                        EfusePlan.Spelling.V5, Optional.of(flashing.chip()), "PORT", SecureCertPartition.OFFSET, IMAGE),
                EfusePlan.flash(
                        EfusePlan.Spelling.V4, Optional.of(flashing.chip()), "PORT", SecureCertPartition.OFFSET, IMAGE),
                flashing.layout().isDer()
                        ? " alone (its issuers are subtypes 1 and on of DEV_CERT)"
                        : " and those of its issuers"));
        flashing.home()
                .efuseKeyId()
                .ifPresent(id -> text.append(
                        credential.key().isPresent() ? burnHere(credential.device(), id) : burnElsewhere(device, id)));
        text.append("""

                Budget:
                  partition           %1$d of %2$d octets
                  chain sent          %3$d octets as PEM, %4$d as DER
                  Certificate message %5$d octets in TLS 1.2, %6$d in TLS 1.3
                """.formatted(
                        used,
                        flashing.layout().partitionOctets(),
                        budget.pemOctets(),
                        budget.derOctets(),
                        budget.tls12Octets(),
                        budget.tls13Octets()));
        warnings.forEach(warning -> text.append("  ! ").append(warning).append('\n'));
        return text.toString();
    }

    private static String burnHere(DeviceId device, int keyId) {
        return """

                Before the first start, burn the key from the folder %3$s+efuse beside this one:
                  sh burn.sh PORT
                It shows what is burned, asks, burns BLOCK_KEY%2$d and shows the result. Then, where the store is, forget the
                key; OUT is the folder that both are in:
                  devpki efuse confirm %1$s --out OUT
                """.formatted(device, keyId, device.folderName());
    }

    private static String burnElsewhere(String device, int keyId) {
        return """

                The private key was made elsewhere, and is not here. It has to be in BLOCK_KEY%2$d before the first start; where
                the store is, this tells how it gets there:
                  devpki efuse plan %1$s
                """.formatted(device, keyId);
    }
}
