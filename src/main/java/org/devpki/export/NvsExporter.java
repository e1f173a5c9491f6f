package org.devpki.export;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.devpki.esp.NvsContents;
import org.devpki.esp.NvsImages;
import org.devpki.esp.NvsInteger;
import org.devpki.esp.NvsItem;
import org.devpki.esp.NvsPartition;
import org.devpki.esp.NvsReading;
import org.devpki.esp.NvsValue;
import org.devpki.esp.SecureCertPartition;
import org.devpki.model.Bytes;
import org.devpki.model.CertificateDer;
import org.devpki.model.Chip;
import org.devpki.model.Credential;
import org.devpki.model.DeviceKey;
import org.devpki.model.DevpkiException;
import org.devpki.model.ExportedFile;
import org.devpki.model.Flavour;
import org.devpki.model.KeyHome;
import org.devpki.model.NvsTemplate;
import org.devpki.model.SecretBytes;
import org.devpki.x509.Pem;

/** {@code nvs}: the image of an NVS partition with the keys that the profile names, encrypted where keys are given. */
public final class NvsExporter implements Exporter {
    private static final String IMAGE = "nvs.bin";
    private static final String KEYS = "nvs_keys.bin";
    private static final String PARTITIONS = "nvs.partitions.csv";
    private static final String SDKCONFIG = "nvs.sdkconfig.defaults";
    private static final String README = "nvs.README.txt";
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{(?:name|organization|(value|secret)\\.([^{}]*))}");

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
        files.add(ExportedFiles.text(PARTITIONS, partitions(options)));
        files.add(ExportedFiles.text(SDKCONFIG, sdkconfig(filling)));
        files.add(ExportedFiles.text(README, readme(credential, options)));
        return files;
    }

    static NvsFilling filling(ExportOptions options) {
        return options.nvs().orElseThrow(() -> new IllegalStateException("no NVS template to export by"));
    }

    static SecretBytes image(Credential credential, ExportOptions options) {
        NvsFilling filling = filling(options);
        return NvsImages.write(
                contents(credential, options),
                NvsPartition.ofSize(filling.template().sizeOctets()),
                filling.keys());
    }

    /** @throws DevpkiException INTEGRITY if it does not hold what it should; it may not be written then */
    static void prove(SecretBytes image, NvsContents wanted, NvsFilling filling) {
        NvsReading reading = NvsImages.read(image, filling.keys());
        if (!reading.problems().isEmpty() || !reading.contents().equals(wanted)) {
            throw DevpkiException.integrity("the NVS image does not hold, and was not written: "
                    + (reading.problems().isEmpty()
                            ? "it reads differently"
                            : reading.problems().get(0)));
        }
    }

    static NvsContents contents(Credential credential, ExportOptions options) {
        NvsFilling filling = filling(options);
        List<NvsItem> items = new ArrayList<>();
        for (NvsTemplate.Entry entry : filling.template().entries()) {
            if (!isThere(entry, credential, options)) {
                if (!filling.template().equals(NvsTemplate.USUAL)) {
                    throw DevpkiException.refused("NVS key " + entry.path() + " is to hold the private key, which "
                            + (isKeyInChip(options) ? "is to live in the chip" : "is not here"));
                }
            } else {
                items.add(new NvsItem(entry.namespace(), entry.key(), value(entry, credential, filling)));
            }
        }
        return NvsContents.of(items);
    }

    private static boolean isKeyInChip(ExportOptions options) {
        return options.flashing()
                .filter(flashing -> !(flashing.home() instanceof KeyHome.Flash))
                .isPresent();
    }

    /** Whether what the key is to hold is here, and may be in flash. */
    private static boolean isThere(NvsTemplate.Entry entry, Credential credential, ExportOptions options) {
        return !entry.template().startsWith("{key") || (credential.key().isPresent() && !isKeyInChip(options));
    }

    private static NvsValue value(NvsTemplate.Entry entry, Credential credential, NvsFilling filling) {
        return switch (entry.template()) {
            case "{chain}" -> text(Pem.certificates(credential.chain().sent()));
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
        return PLACEHOLDER
                .matcher(entry.text())
                .replaceAll(match -> Matcher.quoteReplacement(
                        switch (match.group()) {
                            case "{name}" -> credential.device().value();
                            case "{organization}" -> filling.organization().orElse("");
                            default ->
                                given(entry, match.group(2), match.group(1).equals("secret"), filling);
                        }));
    }

    private static String given(NvsTemplate.Entry entry, String name, boolean isSecret, NvsFilling filling) {
        SecretBytes value = filling.values().get(name);
        if (value == null) {
            throw DevpkiException.invalid("NVS key " + entry.path() + " wants a value for " + name)
                    .hint(
                            isSecret
                                    ? "--nvs-values FILE, with a line " + name + "=VALUE, gives it"
                                    : "--nvs " + name + "=VALUE gives it");
        }
        return value.lend(octets -> new String(octets, StandardCharsets.UTF_8));
    }

    /** The kind is the template's: a device called {@code hex:cafe} is a text all the same. */
    private static NvsValue typed(NvsTemplate.Entry entry, String filled) {
        try {
            return switch (entry.kind()) {
                case "string" -> text(filled);
                case "hex" ->
                    new NvsValue.Blob(SecretBytes.taking(Bytes.fromHex(filled).toArray()));
                default -> new NvsValue.Whole(integerType(entry.kind()), new BigInteger(filled.strip()));
            };
        } catch (DevpkiException | NumberFormatException e) { // its message may show a secret, so it is not kept
            throw DevpkiException.invalid(
                    "NVS key " + entry.path() + " wants a value of kind " + entry.kind() + ", and its value is none");
        }
    }

    private static NvsInteger integerType(String word) {
        return Arrays.stream(NvsInteger.values())
                .filter(type -> type.text().equals(word))
                .findFirst()
                .orElseThrow();
    }

    /** Behind the esp_secure_cert partition, whether there is one or not: so it fits beside one. */
    private static int offset(ExportOptions options) {
        return SecureCertPartition.OFFSET
                + options.flashing()
                        .map(flashing -> flashing.layout().partitionOctets())
                        .orElse(Flavour.TLV.partitionOctets());
    }

    private static int keysOffset(ExportOptions options) {
        return offset(options) + filling(options).template().sizeOctets();
    }

    /** Whether firmware reads the keys from a partition of their own. */
    private static boolean isKeyPartition(NvsFilling filling) {
        return filling.keys().isPresent() && filling.burned().isEmpty();
    }

    private static String partitions(ExportOptions options) {
        NvsFilling filling = filling(options);
        String keys = isKeyPartition(filling)
                ? "nvs_keys, data, nvs_keys, 0x%X, 0x1000, encrypted\n".formatted(keysOffset(options))
                : "";
        return """
                # Into the partition table of the project (CONFIG_PARTITION_TABLE_CUSTOM), before the app partitions:
                # Name, Type, SubType, Offset, Size, Flags
                nvs, data, nvs, 0x%X, 0x%X,
                %s""".formatted(offset(options), filling.template().sizeOctets(), keys);
    }

    private static String sdkconfig(NvsFilling filling) {
        String encryption = filling.keys().isEmpty()
                ? "# CONFIG_NVS_ENCRYPTION is not set\n"
                : "CONFIG_NVS_ENCRYPTION=y\n"
                        + filling.burned()
                                .map(burned ->
                                        "CONFIG_NVS_SEC_KEY_PROTECT_USING_HMAC=y\nCONFIG_NVS_SEC_HMAC_EFUSE_KEY_ID="
                                                + burned.key().keyId() + "\n")
                                .orElse("CONFIG_NVS_SEC_KEY_PROTECT_USING_FLASH_ENC=y\n");
        return "# Into the project's sdkconfig.defaults; nvs.partitions.csv has the partition's line.\n"
                + "CONFIG_PARTITION_TABLE_CUSTOM=y\nCONFIG_PARTITION_TABLE_CUSTOM_FILENAME=\"partitions.csv\"\n"
                + encryption;
    }

    @Override
    public List<BurnedKey> burned(Credential credential, ExportOptions options) {
        return filling(options).burned().stream().toList();
    }

    /** Names and kinds; a template may have a password in it, and everybody may read this file. */
    private static String what(NvsTemplate.Entry entry) {
        return NvsTemplate.WHOLE.contains(entry.template()) ? entry.template() : entry.kind();
    }

    private static String readme(Credential credential, ExportOptions options) {
        NvsFilling filling = filling(options);
        Optional<Chip> chip = options.flashing().map(Flashing::chip);
        StringBuilder text = new StringBuilder();
        text.append("NVS partition of ")
                .append(credential.device().value())
                .append(", ")
                .append(filling.keys().isPresent() ? "encrypted (XTS-AES-256)" : "not encrypted")
                .append("\n\nKeys:\n");
        filling.template().entries().stream()
                .filter(entry -> isThere(entry, credential, options))
                .forEach(entry -> text.append("  ")
                        .append(entry.path())
                        .append("  ")
                        .append(what(entry))
                        .append('\n'));
        text.append("""

                Flash it to where nvs.partitions.csv puts the partition, with esptool 5 or 4:
                  %s
                  %s
                """.formatted(
                        flash(EfusePlan.Spelling.V5, chip, offset(options), IMAGE),
                        flash(EfusePlan.Spelling.V4, chip, offset(options), IMAGE)));
        if (isKeyPartition(filling)) {
            text.append("""

                    %3$s is as secret as a private key. Flash it to the partition nvs_keys before flash encryption is
                    first enabled, or with --encrypt; a plain key partition on a chip that encrypts gives
                    ESP_ERR_NVS_CORRUPT_KEY_PART:
                      %1$s
                      %2$s
                    """.formatted(
                    flash(EfusePlan.Spelling.V5, chip, keysOffset(options), KEYS),
                    flash(EfusePlan.Spelling.V4, chip, keysOffset(options), KEYS),
                    filling.isKeysFile() ? KEYS : "The key partition that was given, here called " + KEYS + ","));
        }
        filling.burned()
                .ifPresent(burned -> text.append("""

                        Its keys derive from an HMAC key that the chip needs in %2$s, purpose HMAC_UP, before the first
                        start. It lies in the folder %3$s+efuse beside this one:
                          sh burn.sh PORT
                        Then, where the store is, forget the key; OUT is the folder that both are in:
                          devpki efuse confirm %1$s --out OUT
                        """.formatted(
                                credential.device().value(),
                                burned.key().block(),
                                credential.device().folderName())));
        return text.toString();
    }

    private static String flash(EfusePlan.Spelling spelling, Optional<Chip> chip, int offset, String file) {
        return EfusePlan.flash(spelling, chip, "PORT", offset, file);
    }
}
