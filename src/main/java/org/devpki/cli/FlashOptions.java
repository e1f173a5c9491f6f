package org.devpki.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.devpki.app.FlashOrder;
import org.devpki.app.HmacKeyFiles;
import org.devpki.model.Budget;
import org.devpki.model.Chip;
import org.devpki.model.DeviceId;
import org.devpki.model.DevpkiException;
import org.devpki.model.Flavour;
import org.devpki.model.ImageLayout;
import org.devpki.model.KeyHome;
import org.devpki.model.Octets;
import org.devpki.model.SecretBytes;
import picocli.CommandLine.Option;

/** Options about the chip that is flashed, of {@code issue} and {@code bundle export}. */
final class FlashOptions {
    @Option(
            names = "--target",
            paramLabel = "CHIP",
            description = "The chip, such as esp32c3 or c3: formats are made for it, and its lint rules hold.")
    Optional<String> target = Optional.empty();

    @Option(
            names = "--key-home",
            paramLabel = "HOME",
            description = "Where the private key lives: " + KeyHome.WORDS + "; else the profile's.")
    Optional<String> home = Optional.empty();

    @Option(
            names = "--efuse-key-id",
            paramLabel = "N",
            description = "eFuse key block KEYN that holds the key, or the HMAC key; 1 by default.")
    Optional<Integer> keyId = Optional.empty();

    @Option(
            names = "--hmac-key",
            paramLabel = "FILE",
            description = "The chip's HMAC key, 32 octets; else --hmac-keys, else one is made.")
    Optional<Path> hmacKey = Optional.empty();

    @Option(
            names = "--hmac-keys",
            paramLabel = "LIST",
            description = "File with lines NAME,FILE: which HMAC key file is which device's.")
    Optional<Path> hmacKeys = Optional.empty();

    @Option(
            names = "--sign-key",
            paramLabel = "FILE",
            description = "Sign the image with this key of Secure Boot v2: RSA-3072, P-256 or P-384. Up to three.")
    List<Path> signKeys = new ArrayList<>();

    @Option(
            names = "--partition-size",
            paramLabel = "SIZE",
            description = "Size of the esp_secure_cert partition, such as 0x2000 (default) or 8K.")
    Optional<String> size = Optional.empty();

    @Option(
            names = "--flavour",
            paramLabel = "NAME",
            description =
                    "How the esp_secure_cert partition is written: tlv (default), or the legacy cust-flash or nvs.")
    String flavour = Flavour.TLV.word();

    private Optional<HmacKeyFiles> hmacKeyList = Optional.empty();

    @Option(names = "--der", description = "Store certificates and key in the image as DER instead of PEM.")
    boolean isDer;

    @Option(
            names = "--user-data",
            paramLabel = "N=FILE",
            description = "Put a file into USER_DATA_N of the image, N from 1 to 5. Repeatable.")
    Map<Integer, Path> userData = new LinkedHashMap<>();

    /** Empty without {@code --target}. */
    Optional<FlashOrder> order(DeviceId device) {
        return order(device, target);
    }

    /** @param chip the device's own */
    Optional<FlashOrder> order(DeviceId device, Optional<String> chip) {
        if (chip.isEmpty()) {
            refuseWithoutTarget();
            return Optional.empty();
        }
        if (hmacKey.isPresent() && hmacKeys.isPresent()) {
            throw DevpkiException.invalid("--hmac-key and --hmac-keys exclude each other");
        }
        Optional<SecretBytes> key = hmacKey.map(HmacKeyFiles::read)
                .or(() -> hmacKeys.map(list -> listed(list).of(device)));
        return Optional.of(new FlashOrder(
                Chip.parse(chip.get()),
                keyId,
                key,
                layout(),
                signKeys.stream().map(CommonOptions::secret).toList()));
    }

    /** The list is read once, however many devices are made. */
    private HmacKeyFiles listed(Path list) {
        HmacKeyFiles read = hmacKeyList.orElseGet(() -> HmacKeyFiles.list(list));
        hmacKeyList = Optional.of(read);
        return read;
    }

    private ImageLayout layout() {
        Flavour chosen = Flavour.parse(flavour);
        return new ImageLayout(chosen, size.map(Octets::parse).orElse(chosen.sizeOctets()), isDer, userData());
    }

    private void refuseWithoutTarget() {
        boolean isAny = hmacKey.isPresent()
                || hmacKeys.isPresent()
                || isDer
                || !signKeys.isEmpty()
                || !userData.isEmpty()
                || keyId.isPresent()
                || size.isPresent()
                || !flavour.equals(Flavour.TLV.word());
        if (isAny) {
            throw DevpkiException.invalid("options about the chip need --target")
                    .hint("--target is one of " + Chip.namesOf(chip -> true));
        }
    }

    private SortedMap<Integer, SecretBytes> userData() {
        SortedMap<Integer, SecretBytes> all = new TreeMap<>();
        userData.forEach((number, file) -> {
            if (number < 1 || number > 5) {
                throw DevpkiException.invalid("--user-data " + number + " is not one of 1 to 5");
            }
            all.put(number, CommonOptions.secret(file));
        });
        return all;
    }

    /** The line that says where what is to be burned is. */
    static String toBurn(Path folder) {
        return "to be burned into eFuse: sh " + folder + "/burn.sh PORT";
    }

    /** Words about what the chip has to bear. */
    static void tell(CommonOptions common, List<String> warnings, Optional<Budget> budget) {
        budget.ifPresent(costs -> common.say("budget: " + costs.text()));
        warnings.forEach(warning -> common.say("warning: " + warning));
    }

    static Map<String, Object> members(Budget budget) {
        return Fields.plain()
                .put("pemOctets", budget.pemOctets())
                .put("derOctets", budget.derOctets())
                .put("tls12Octets", budget.tls12Octets())
                .put("tls13Octets", budget.tls13Octets())
                .map();
    }
}
