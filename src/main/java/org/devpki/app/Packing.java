package org.devpki.app;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.devpki.esp.HmacKey;
import org.devpki.export.EspSecureCertExporter;
import org.devpki.export.ExportOptions;
import org.devpki.export.Exporter;
import org.devpki.export.Exporters;
import org.devpki.export.Flashing;
import org.devpki.export.NvsExporter;
import org.devpki.export.NvsFilling;
import org.devpki.export.Sealing;
import org.devpki.model.BrokerUri;
import org.devpki.model.Budget;
import org.devpki.model.CertificateDer;
import org.devpki.model.Chip;
import org.devpki.model.Credential;
import org.devpki.model.CredentialChain;
import org.devpki.model.DeviceId;
import org.devpki.model.DevpkiException;
import org.devpki.model.ExportedFile;
import org.devpki.model.ExtendedKeyUsage;
import org.devpki.model.Finding;
import org.devpki.model.Flashed;
import org.devpki.model.ImageLayout;
import org.devpki.model.KeyHome;
import org.devpki.model.KeySpec;
import org.devpki.model.NvsTemplate;
import org.devpki.model.Profile;
import org.devpki.model.SecretBytes;
import org.devpki.model.SerialNumber;
import org.devpki.store.Store;
import org.devpki.x509.Certificates;
import org.devpki.x509.Keys;

/**
 * A packing order that was checked: formats, chip and key go together.
 *
 * @param hasKey whether the private key is here, and not only on the device
 */
record Packing(PackingOrder order, Profile profile, KeyHome home, List<Exporter> exporters, boolean hasKey) {
    private static final int LEAST_RECIPIENT_BITS = 2048;

    /**
     * @param key the kind of key that the certificate has, or will have
     * @param whyNoKey ends a sentence about the private key that is not here
     * @throws DevpkiException INVALID_INPUT or REFUSED if something does not go together
     */
    static Packing settle(
            PackingOrder order, Profile profile, KeySpec key, boolean hasKey, String whyNoKey, Exporters exporters) {
        KeyHome home = home(order, profile, hasKey);
        Packing packing =
                new Packing(order, profile, home, exporters.named(formats(order, home, profile, hasKey)), hasKey);
        for (Exporter exporter : packing.exporters()) {
            if (exporter.needsPassphrase() && order.exportPassphrase().isEmpty()) {
                throw DevpkiException.invalid("format " + exporter.name() + " needs --export-passphrase-file");
            }
            if (exporter.needsPassphrase() && !hasKey) {
                throw DevpkiException.invalid("format " + exporter.name() + " holds the private key, " + whyNoKey);
            }
            if (exporter.needsTarget() && order.flash().isEmpty()) {
                throw DevpkiException.invalid(
                                "format " + exporter.name() + " is made for one chip; name it by --target")
                        .hint("--target is one of " + Chip.namesOf(chip -> true));
            }
        }
        packing.checkNvs();
        order.recipient().ifPresent(packing::checkRecipient);
        order.flash().ifPresent(flash -> packing.checkHome(flash, key, whyNoKey));
        return packing;
    }

    /** @throws DevpkiException INVALID_INPUT for a key that belongs into a chip whose name is not told */
    private static KeyHome home(PackingOrder order, Profile profile, boolean hasKey) {
        int keyId = order.flash().flatMap(FlashOrder::keyId).orElse(KeyHome.DEFAULT_KEY_ID);
        KeyHome home = KeyHome.parse(order.home().orElse(profile.keyHome().word()), keyId);
        if (order.flash().isPresent() || home instanceof KeyHome.Flash) {
            return home;
        }
        if (order.home().isPresent() || hasKey) {
            throw DevpkiException.invalid("key home " + home.word()
                            + (order.home().isPresent() ? "" : ", as profile \"" + profile.name() + "\" says,")
                            + " is in one chip; name it by --target, or say --key-home flash for a key in clear")
                    .hint("--target is one of " + Chip.namesOf(home::isIn));
        }
        return new KeyHome.Flash(); // the key is on the device already
    }

    private void checkNvs() {
        if (!isNvs() && !order.nvs().isPlain()) {
            throw DevpkiException.invalid("NVS values and keys go with --format nvs");
        }
        order.nvs().told().stream()
                .filter(name -> !profile.nvs().values().contains(name))
                .findFirst()
                .ifPresent(name -> {
                    throw DevpkiException.invalid("profile \"" + profile.name() + "\" has no NVS key for value " + name)
                            .hint("devpki profile show " + profile.name());
                });
        profile.nvs().secrets().stream()
                .filter(order.nvs().told()::contains)
                .findFirst()
                .ifPresent(name -> {
                    throw DevpkiException.invalid("NVS value " + name + " is a secret, as profile \"" + profile.name()
                                    + "\" says, and no secret is told in an argument")
                            .hint("--nvs-values FILE, with a line " + name + "=VALUE");
                });
        if (order.nvs().efuseKeyId().isPresent() && order.flash().isEmpty()) {
            throw DevpkiException.invalid("--nvs-hmac-key is burned into one chip; name it by --target")
                    .hint("--target is one of " + Chip.namesOf(Chip::hasHmac));
        }
    }

    private boolean isNvs() {
        return exporters.stream().anyMatch(exporter -> exporter instanceof NvsExporter);
    }

    /** @throws DevpkiException CONFLICT if the HMAC key of the NVS image is used elsewhere */
    void claimForNvs(DeviceId device, Store store) {
        if (order.nvs().keys() instanceof NvsKeyChoice.Derived derived) {
            MadeKey.claimForNvs(derived.hmacKey(), device, store);
        }
    }

    /** What the files are made for, where they are made for a chip. */
    Optional<Flashed> flashed() {
        return order.flash()
                .map(flash -> new Flashed(
                        flash.chip(),
                        home,
                        flash.layout().flavour(),
                        order.nvs().efuseKeyId()));
    }

    /** What was ordered, or else what the destination, the key's home or the kind of certificate suggests. */
    private static List<String> formats(PackingOrder order, KeyHome home, Profile profile, boolean hasKey) {
        if (!order.formats().isEmpty()) {
            return order.formats();
        }
        boolean isServer = profile.purpose().extendedKeyUsage().contains(ExtendedKeyUsage.SERVER_AUTH);
        boolean isImage = home instanceof KeyHome.EcdsaPeripheral // whose image holds no key
                || (hasKey && home.efuseKeyId().isPresent());
        String usual = isServer ? "pem" : isImage ? EspSecureCertExporter.NAME : "embed";
        return order.destination().match(folder -> List.of(usual), stream -> List.of("pem"));
    }

    private void checkHome(FlashOrder flash, KeySpec key, String whyNoKey) {
        flashed().ifPresent(made -> made.check(key));
        boolean isUnderHmacKey = home instanceof KeyHome.DigitalSignature || home instanceof KeyHome.HmacDerived;
        boolean isInChip = home.efuseKeyId().isPresent();
        boolean isImage = exporters.stream().anyMatch(exporter -> exporter instanceof EspSecureCertExporter);
        if (!hasKey && isUnderHmacKey && isImage) {
            throw DevpkiException.invalid("key home " + home.word() + " needs the private key, " + whyNoKey);
        }
        if (!isUnderHmacKey && flash.hmacKey().isPresent()) {
            throw DevpkiException.invalid("an HMAC key goes with key home ds or hmac, not " + home.word());
        }
        if (!isInChip && flash.keyId().isPresent()) {
            throw DevpkiException.invalid("--efuse-key-id goes with key home ds, ecdsa or hmac, not " + home.word());
        }
        if (!isImage && !flash.layout().equals(ImageLayout.USUAL)) {
            throw DevpkiException.invalid(
                    "--flavour, --der, --user-data and --partition-size go with --format esp-secure-cert");
        }
        if (!isImage && !flash.signKeys().isEmpty()) {
            throw DevpkiException.invalid("--sign-key goes with --format esp-secure-cert");
        }
        if (hasKey && isInChip) {
            checkClear(isImage);
        }
    }

    private void checkRecipient(CertificateDer recipient) {
        boolean hasUserData = order.flash()
                .filter(flash -> !flash.layout().userData().isEmpty())
                .isPresent();
        if (!hasKey && !isNvs() && !hasUserData) {
            throw DevpkiException.invalid(
                    "--seal-to seals secret files, and there will be none: the private key is not here");
        }
        if (order.destination() instanceof Destination.Stream) {
            throw DevpkiException.invalid("--seal-to seals files, and --out - prints PEM; give --out a folder");
        }
        refuseWeak(recipient, "--seal-to");
    }

    /** @throws DevpkiException REFUSED for a key that nothing is sealed to */
    static void refuseWeak(CertificateDer recipient, String option) {
        Keys.spec(Certificates.parse(recipient).tbs().publicKey())
                .filter(key -> key.match(ec -> false, rsa -> rsa.bits() < LEAST_RECIPIENT_BITS, ed -> true, ml -> true))
                .ifPresent(key -> {
                    throw DevpkiException.refused("a key is sealed to RSA of " + LEAST_RECIPIENT_BITS
                            + " bits or more, or to EC, and the certificate of " + option + " has " + key.text());
                });
    }

    private void checkClear(boolean isImage) {
        exporters.stream().filter(Exporter::writesKeyInClear).findFirst().ifPresent(exporter -> {
            String whose = home.equals(profile.keyHome()) ? ", as profile \"" + profile.name() + "\" says" : "";
            throw DevpkiException.refused("format " + exporter.name()
                            + " would write in clear a private key whose home is " + home.word() + whose)
                    .hint("--format esp-secure-cert; or --key-home flash for a key in clear");
        });
        if (!isImage) {
            throw DevpkiException.invalid(
                    "without format esp-secure-cert a private key whose home is " + home.word() + " would be nowhere");
        }
    }

    /** The device's folder, if the files go to one. */
    Optional<Bundle> bundle(DeviceId device, Workshop shop) {
        return order.destination()
                .match(folder -> Optional.of(Bundle.of(folder, device, shop)), stream -> Optional.empty());
    }

    /** What the device's folder will hold; a sealed file by the name that it has when it is opened. */
    List<String> fileNames() {
        Exporter.Contents contents = new Exporter.Contents(hasKey, order.nvs().keys() instanceof NvsKeyChoice.Fresh);
        return exporters.stream()
                .flatMap(exporter -> exporter.fileNames(contents).stream())
                .toList();
    }

    /** Refuses what would be refused once the certificate is signed, such as a chain that the partition is too small for. */
    void rehearse(Credential credential, MadeKey made, Workshop shop) {
        ExportOptions options = options(made.hmacKey(), made.salt(), List.of(), shop);
        exporters.forEach(exporter -> exporter.rehearse(credential, options));
    }

    /** Makes the files, and proves them; nothing is written. */
    List<ExportedFile> files(
            Credential credential,
            Optional<HmacKey> hmacKey,
            Optional<SecretBytes> salt,
            List<String> warnings,
            Workshop shop) {
        return Exporters.files(exporters, credential, options(hmacKey, salt, warnings, shop));
    }

    /** What lint warns of, and what the device's NVS would have it do, a sentence each. */
    List<String> warnings(List<Finding> findings) {
        Stream<String> lint =
                findings.stream().filter(finding -> !finding.isError()).map(Finding::sentence);
        return Stream.concat(lint, isNvs() ? plainUris() : Stream.empty()).toList();
    }

    private Stream<String> plainUris() {
        Stream<String> values = order.nvs().values().values().stream()
                .map(value -> value.lend(octets -> new String(octets, StandardCharsets.UTF_8)));
        return Stream.concat(profile.nvs().entries().stream().map(NvsTemplate.Entry::text), values)
                .flatMap(text -> BrokerUri.warning(text).stream())
                .distinct();
    }

    /** What the chain costs on the chip that it is for. */
    Optional<Budget> budget(CredentialChain chain) {
        return order.flash().map(flash -> Budget.of(chain.sent()));
    }

    private ExportOptions options(
            Optional<HmacKey> hmacKey, Optional<SecretBytes> salt, List<String> warnings, Workshop shop) {
        Optional<Flashing> flashing = order.flash()
                .map(flash -> new Flashing(
                        flash.chip(),
                        home,
                        hmacKey,
                        salt,
                        flash.layout(),
                        flash.signKeys().stream()
                                .map(key -> Keys.read(key, "the signing key"))
                                .toList(),
                        shop.surroundings().random()));
        NvsKeyChoice choice = order.nvs().keys();
        NvsFilling nvs = new NvsFilling(
                profile.nvs(),
                order.nvs().values(),
                shop.settings().organization(),
                NvsKeyring.forImage(
                        choice, NvsKeyring.open(choice), shop.surroundings().random()),
                order.nvs().burned(),
                choice instanceof NvsKeyChoice.Fresh);
        return new ExportOptions(
                order.exportPassphrase(),
                flashing,
                Optional.of(nvs),
                order.recipient().map(to -> new Sealing(to, shop.surroundings().random())),
                warnings);
    }

    /** Puts the files where they were ordered to. @return how, for the ledger: {@code folder embed,pem} */
    String write(DeviceId device, SerialNumber serial, List<ExportedFile> files, Workshop shop) {
        String where = order.destination()
                .match(
                        folder -> {
                            Bundle.of(folder, device, shop).write(serial, files);
                            return "folder";
                        },
                        stream -> {
                            stream.writer().accept(files);
                            return "stream";
                        });
        return where + " " + exporters.stream().map(Exporter::name).collect(Collectors.joining(","));
    }
}
