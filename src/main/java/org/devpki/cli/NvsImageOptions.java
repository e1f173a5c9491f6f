package org.devpki.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.devpki.app.HmacKeyFiles;
import org.devpki.app.NvsKeyChoice;
import org.devpki.app.NvsOrder;
import org.devpki.model.DevpkiException;
import picocli.CommandLine.Option;

/** Options about the device's NVS image, of {@code issue} and {@code bundle export}. */
final class NvsImageOptions {
    @Option(
            names = "--nvs",
            paramLabel = "X=VALUE",
            description = "A value for {value.X} in the profile's NVS keys, such as a Wi-Fi name. Repeatable.")
    Map<String, String> values = new LinkedHashMap<>();

    @Option(
            names = "--nvs-keys",
            paramLabel = "FILE",
            description = "Encrypt the NVS image with the keys of this key partition, 4096 octets.")
    Optional<Path> keys = Optional.empty();

    @Option(
            names = "--nvs-hmac-key",
            paramLabel = "FILE",
            description = "Encrypt it with keys derived from the chip's HMAC_UP key, 32 octets.")
    Optional<Path> hmacKey = Optional.empty();

    @Option(names = "--new-nvs-keys", description = "Encrypt it with new keys, and put their key partition beside it.")
    boolean isFresh;

    NvsOrder order() {
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
        return new NvsOrder(values, choice);
    }
}
