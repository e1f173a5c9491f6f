package org.devpki.export;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.devpki.esp.NvsContents;
import org.devpki.esp.NvsImages;
import org.devpki.esp.NvsInteger;
import org.devpki.esp.NvsItem;
import org.devpki.esp.NvsPartition;
import org.devpki.esp.NvsReading;
import org.devpki.esp.NvsValue;
import org.devpki.model.Bytes;
import org.devpki.model.CertificateDer;
import org.devpki.model.Credential;
import org.devpki.model.DeviceKey;
import org.devpki.model.DevpkiException;
import org.devpki.model.ExportedFile;
import org.devpki.model.KeyHome;
import org.devpki.model.NvsTemplate;
import org.devpki.model.Quoted;
import org.devpki.model.SecretBytes;
import org.devpki.x509.Pem;

/** {@code nvs}: the image of an NVS partition with the keys that the profile names, encrypted where keys are given. */
public final class NvsExporter implements Exporter {
    private static final String IMAGE = "nvs.bin";
    private static final String KEYS = "nvs_keys.bin";
    private static final String PARTITIONS = "nvs.partitions.csv";
    private static final String SDKCONFIG = "nvs.sdkconfig.defaults";
    private static final String README = "nvs.README.txt";
    private static final Pattern VALUE = Pattern.compile("\\{value\\.([^{}]*)}");
    private static final Pattern INTEGER = Pattern.compile("([ui](?:8|16|32|64)):(.*)", Pattern.DOTALL);
    private static final String HEX = "hex:";

    @Override
    public String name() {
        return "nvs";
    }

    @Override
    public String description() {
        return "nvs.bin with the NVS keys of the profile, nvs_keys.bin with --new-nvs-keys, partition table lines";
    }

    @Override
    public boolean writesKeyInClear() {
        return false; // a key whose home is in the chip is left out, or refused where the profile asks for it
    }

    @Override
    public List<String> fileNames(Contents contents) {
        List<String> names = new ArrayList<>(List.of(IMAGE, PARTITIONS, SDKCONFIG, README));
        if (contents.hasNvsKeys()) {
            names.add(KEYS);
        }
        return names;
    }

    @Override
    public void rehearse(Credential credential, ExportOptions options) {
        image(credential, options).close();
    }

    @Override
    public List<ExportedFile> files(Credential credential, ExportOptions options) {
        NvsFilling filling = filling(options);
        SecretBytes image = image(credential, options);
        prove(image, contents(credential, options), filling);
        List<ExportedFile> files = new ArrayList<>();
        files.add(ExportedFiles.secret(IMAGE, image));
        if (filling.isKeysFile()) {
            files.add(ExportedFiles.secret(KEYS, filling.keys().orElseThrow().partition()));
        }
        files.add(ExportedFiles.text(PARTITIONS, partitions(filling)));
        files.add(ExportedFiles.text(SDKCONFIG, sdkconfig(filling)));
        files.add(ExportedFiles.text(README, readme(credential, filling)));
        return files;
    }

    private static NvsFilling filling(ExportOptions options) {
        return options.nvs().orElseThrow(() -> new IllegalStateException("no NVS template to export by"));
    }

    private static SecretBytes image(Credential credential, ExportOptions options) {
        NvsFilling filling = filling(options);
        return NvsImages.write(
                contents(credential, options),
                NvsPartition.ofSize(filling.template().sizeOctets()),
                filling.keys());
    }

    private static void prove(SecretBytes image, NvsContents wanted, NvsFilling filling) {
        NvsReading reading = NvsImages.read(image, filling.keys());
        if (!reading.problems().isEmpty() || !reading.contents().equals(wanted)) {
            throw DevpkiException.integrity("the NVS image does not hold, and was not written: "
                    + (reading.problems().isEmpty()
                            ? "it reads differently"
                            : reading.problems().get(0)));
        }
    }

    private static NvsContents contents(Credential credential, ExportOptions options) {
        NvsFilling filling = filling(options);
        boolean isKeyInChip = options.flashing()
                .filter(flashing -> !(flashing.home() instanceof KeyHome.Flash))
                .isPresent();
        boolean isKeyHere = credential.key().isPresent() && !isKeyInChip;
        List<NvsItem> items = new ArrayList<>();
        for (NvsTemplate.Entry entry : filling.template().entries()) {
            boolean isKey = entry.template().startsWith("{key");
            if (isKey && !isKeyHere) {
                if (!filling.template().equals(NvsTemplate.USUAL)) {
                    throw DevpkiException.refused("NVS key " + entry.path() + " is to hold the private key, which "
                            + (isKeyInChip ? "is to live in the chip" : "was made elsewhere"));
                }
            } else {
                items.add(new NvsItem(entry.namespace(), entry.key(), value(entry, credential, filling)));
            }
        }
        return NvsContents.of(items);
    }

    private static NvsValue value(NvsTemplate.Entry entry, Credential credential, NvsFilling filling) {
        return switch (entry.template()) {
            case "{chain}" -> text(Pem.certificates(PemExporter.sent(credential.chain())));
            case "{ca}" -> text(Pem.certificate(credential.chain().root()));
            case "{key}" -> new NvsValue.Text(Pem.privateKey(key(credential).pkcs8()));
            case "{certificate.der}" -> blob(credential.chain().leaf());
            case "{ca.der}" -> blob(credential.chain().root());
            case "{key.der}" -> new NvsValue.Blob(key(credential).pkcs8().copy());
            default -> typed(entry, filled(entry, credential, filling));
        };
    }

    private static DeviceKey key(Credential credential) {
        return credential.key().orElseThrow();
    }

    private static NvsValue text(String text) {
        return new NvsValue.Text(SecretBytes.taking(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static NvsValue blob(CertificateDer certificate) {
        return new NvsValue.Blob(SecretBytes.taking(certificate.octets().toArray()));
    }

    private static String filled(NvsTemplate.Entry entry, Credential credential, NvsFilling filling) {
        String text = entry.template()
                .replace("{name}", credential.device().value())
                .replace("{organization}", filling.organization().orElse(""));
        return VALUE.matcher(text).replaceAll(match -> {
            String value = filling.values().get(match.group(1));
            if (value == null) {
                throw DevpkiException.invalid("NVS key " + entry.path() + " wants a value for " + match.group(1))
                        .hint("--nvs " + match.group(1) + "=VALUE gives it");
            }
            return Matcher.quoteReplacement(value);
        });
    }

    private static NvsValue typed(NvsTemplate.Entry entry, String filled) {
        Matcher integer = INTEGER.matcher(filled);
        if (integer.matches()) {
            return new NvsValue.Whole(integerType(integer.group(1)), number(entry, integer.group(2)));
        }
        if (filled.startsWith(HEX)) {
            return new NvsValue.Blob(SecretBytes.taking(
                    Bytes.fromHex(filled.substring(HEX.length())).toArray()));
        }
        return text(filled);
    }

    private static NvsInteger integerType(String word) {
        return Arrays.stream(NvsInteger.values())
                .filter(type -> type.text().equals(word))
                .findFirst()
                .orElseThrow();
    }

    private static BigInteger number(NvsTemplate.Entry entry, String text) {
        try {
            return new BigInteger(text.strip());
        } catch (NumberFormatException e) {
            throw DevpkiException.invalid("NVS key " + entry.path() + " wants a number, not " + Quoted.of(text))
                    .causedBy(e);
        }
    }

    private static String partitions(NvsFilling filling) {
        String keys = filling.isKeysFile() ? "nvs_keys, data, nvs_keys, , 0x1000, encrypted\n" : "";
        return "# Into the partition table of the project:\n# Name, Type, SubType, Offset, Size, Flags\nnvs, data, nvs, , 0x%x,\n"
                        .formatted(filling.template().sizeOctets())
                + keys;
    }

    private static String sdkconfig(NvsFilling filling) {
        String encryption = filling.keys().isEmpty()
                ? "# CONFIG_NVS_ENCRYPTION is not set\n"
                : filling.isKeysFile()
                        ? "CONFIG_NVS_ENCRYPTION=y\nCONFIG_NVS_SEC_KEY_PROTECT_USING_FLASH_ENC=y\n"
                        : "CONFIG_NVS_ENCRYPTION=y\n";
        return "# Into the project's sdkconfig.defaults; nvs.partitions.csv has the partition's line.\n"
                + "CONFIG_PARTITION_TABLE_CUSTOM=y\nCONFIG_PARTITION_TABLE_CUSTOM_FILENAME=\"partitions.csv\"\n"
                + encryption;
    }

    private static String readme(Credential credential, NvsFilling filling) {
        StringBuilder text = new StringBuilder();
        text.append("NVS partition of ")
                .append(credential.device().value())
                .append(", ")
                .append(filling.keys().isPresent() ? "encrypted (XTS-AES-256)" : "not encrypted")
                .append("\n\nKeys:\n");
        filling.template()
                .entries()
                .forEach(entry -> text.append("  ")
                        .append(entry.path())
                        .append("  ")
                        .append(entry.template())
                        .append('\n'));
        text.append("""

                Flash it to the offset of the partition, OFFSET, with esptool 5 or 4:
                  esptool --port PORT write-flash OFFSET nvs.bin
                  esptool.py --port PORT write_flash OFFSET nvs.bin
                """);
        if (filling.isKeysFile()) {
            text.append("""

                    nvs_keys.bin is as secret as a private key. Flash it to the partition nvs_keys before flash encryption is
                    first enabled, or with --encrypt; a plain key partition on a chip that encrypts gives
                    ESP_ERR_NVS_CORRUPT_KEY_PART. Firmware needs CONFIG_NVS_ENCRYPTION=y.
                    """);
        } else if (filling.keys().isPresent()) {
            text.append("""

                    The keys derive from an HMAC key that the chip has in eFuse with purpose HMAC_UP, or from the key partition
                    that the image was made with. Firmware needs CONFIG_NVS_ENCRYPTION=y, and for the HMAC key
                    CONFIG_NVS_SEC_KEY_PROTECT_USING_HMAC=y with CONFIG_NVS_SEC_HMAC_EFUSE_KEY_ID.
                    """);
        }
        return text.toString();
    }
}
