package org.devpki.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.devpki.app.HmacKeyFiles;
import org.devpki.app.NvsKeyChoice;
import org.devpki.app.NvsOrder;
import org.devpki.app.NvsValuesFile;
import org.devpki.model.Bytes;
import org.devpki.model.DeviceId;
import org.devpki.model.DevpkiException;
import org.devpki.model.Flashed;
import org.devpki.model.SecretBytes;
import picocli.CommandLine.Option;

/** Options about the device's NVS image, of {@code issue} and {@code bundle export}. */
final class NvsImageOptions {
    @Option(
            names = "--nvs",
            paramLabel = "X=VALUE",
            description = "A value for {value.X} in the profile's NVS keys that everybody may know, such as a Wi-Fi"
                    + " name. Repeatable; secrets come by --nvs-values.")
    Map<String, String> values = new LinkedHashMap<>();

    @Option(
            names = "--nvs-values",
            paramLabel = "FILE",
            description = "Values for {secret.X} and {value.X}: lines X=VALUE, or CSV with a header and a row, of which"
                    + " column name says whose it is; - is standard input.")
    Optional<String> valuesFile = Optional.empty();

    @Option(
            names = "--nvs-keys",
            paramLabel = "FILE",
            description = "Encrypt the NVS image with the keys of this key partition, 4096 octets.")
    Optional<Path> keys = Optional.empty();

    @Option(
            names = "--nvs-hmac-key",
            paramLabel = "FILE",
            description =
                    "Encrypt it with keys derived from the chip's HMAC_UP key, 32 octets; each device has its own.")
    Optional<Path> hmacKey = Optional.empty();

    @Option(
            names = "--nvs-efuse-key-id",
            paramLabel = "N",
            description = "eFuse key block KEYN of that key; " + Flashed.DEFAULT_NVS_KEY_ID + " by default.")
    int keyId = Flashed.DEFAULT_NVS_KEY_ID;

    @Option(names = "--new-nvs-keys", description = "Encrypt it with new keys, and put their key partition beside it.")
    boolean isFresh;

    private Optional<Bytes> valuesRead = Optional.empty();

    NvsOrder order(DeviceId device, CommonOptions common) {
        return order(device, Map.of(), common);
    }

    /** @param own values that a list has for the device */
    NvsOrder order(DeviceId device, Map<String, SecretBytes> own, CommonOptions common) {
        long chosen = Stream.of(keys.isPresent(), hmacKey.isPresent(), isFresh)
                .filter(is -> is)
                .count();
        if (chosen > 1) {
            throw DevpkiException.invalid("--nvs-keys, --nvs-hmac-key and --new-nvs-keys exclude each other");
        }
        NvsKeyChoice choice = keys.<NvsKeyChoice>map(
                        file -> new NvsKeyChoice.Partition(CommonOptions.secret(file), file.toString()))
                .or(() -> hmacKey.map(file -> new NvsKeyChoice.Derived(HmacKeyFiles.read(file), file.toString())))
                .orElse(isFresh ? new NvsKeyChoice.Fresh(Path.of("nvs_keys.bin")) : new NvsKeyChoice.None());
        if (keyId != Flashed.DEFAULT_NVS_KEY_ID && hmacKey.isEmpty()) {
            throw DevpkiException.invalid("--nvs-efuse-key-id goes with --nvs-hmac-key");
        }
        return new NvsOrder(values(device, own, common), values.keySet(), choice, keyId);
    }

    private Map<String, SecretBytes> values(DeviceId device, Map<String, SecretBytes> own, CommonOptions common) {
        Map<String, SecretBytes> all = new LinkedHashMap<>(own);
        valuesFile.ifPresent(file -> NvsValuesFile.read(octets(file, common), CommonOptions.origin(file), device)
                .forEach((name, value) -> put(all, name, value)));
        values.forEach((name, value) -> put(all, name, NvsValuesFile.secret(value)));
        return all;
    }

    private static void put(Map<String, SecretBytes> all, String name, SecretBytes value) {
        if (all.put(name, value) != null) {
            throw DevpkiException.invalid("two of --nvs, --nvs-values and the list have a value " + name);
        }
    }

    /** The file is read once, however many devices are made. */
    private Bytes octets(String file, CommonOptions common) {
        Bytes octets = valuesRead.orElseGet(() -> common.input(file));
        valuesRead = Optional.of(octets);
        return octets;
    }
}
