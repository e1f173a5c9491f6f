package org.devpki.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.devpki.app.NvsKeyChoice;
import org.devpki.files.WholeFiles;
import org.devpki.model.DevpkiException;
import org.devpki.model.SecretBytes;
import picocli.CommandLine.Option;

/** Options that name the keys of an encrypted NVS image. */
final class NvsKeyOptions {
    private static final long MOST_OCTETS = 1 << 20;

    @Option(names = "--keys", paramLabel = "FILE", description = "Key partition of an encrypted image, 4096 bytes.")
    Optional<Path> keys = Optional.empty();

    @Option(
            names = "--hmac-key",
            paramLabel = "FILE",
            description = "HMAC key of the chip's eFuse, 32 bytes, that the keys are derived from.")
    Optional<Path> hmacKey = Optional.empty();

    /** @param fresh where new keys go, if they were asked for */
    NvsKeyChoice choice(Optional<Path> fresh) {
        if ((keys.isPresent() ? 1 : 0) + (hmacKey.isPresent() ? 1 : 0) + (fresh.isPresent() ? 1 : 0) > 1) {
            throw DevpkiException.invalid(
                    "an image has its keys from one place; give only one of --keys, --hmac-key" + " and --new-keys");
        }
        if (keys.isPresent()) {
            return new NvsKeyChoice.Partition(secret(keys.get()), keys.get().toString());
        }
        if (hmacKey.isPresent()) {
            return new NvsKeyChoice.Derived(secret(hmacKey.get()), hmacKey.get().toString());
        }
        return fresh.isPresent() ? new NvsKeyChoice.Fresh(fresh.get()) : new NvsKeyChoice.None();
    }

    private static SecretBytes secret(Path file) {
        return SecretBytes.taking(WholeFiles.read(file, MOST_OCTETS).toArray());
    }
}
