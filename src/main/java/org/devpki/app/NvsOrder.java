package org.devpki.app;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import org.devpki.export.BurnedKey;
import org.devpki.export.EfusePlan;
import org.devpki.model.Flashed;
import org.devpki.model.SecretBytes;

/**
 * What an order says of the device's NVS partition.
 *
 * @param values of the profile's placeholders {@code {value.X}} and {@code {secret.X}}, by X
 * @param told names of those that stood in an argument, where everybody can read them
 * @param keys that encrypt it; fresh ones go into the bundle
 * @param keyId KEYn that an HMAC key is burned into
 */
public record NvsOrder(Map<String, SecretBytes> values, Set<String> told, NvsKeyChoice keys, int keyId) {
    public static final NvsOrder PLAIN =
            new NvsOrder(Map.of(), Set.of(), new NvsKeyChoice.None(), Flashed.DEFAULT_NVS_KEY_ID);

    public NvsOrder {
        values = Map.copyOf(values);
        told = Set.copyOf(told);
    }

    /** Whether it says anything that makes another image. */
    boolean isPlain() {
        return values.isEmpty() && keys instanceof NvsKeyChoice.None;
    }

    /** KEYn of the HMAC key, where the image is encrypted under one. */
    OptionalInt efuseKeyId() {
        return keys instanceof NvsKeyChoice.Derived ? OptionalInt.of(keyId) : OptionalInt.empty();
    }

    /** The HMAC key that is burned for it, where there is one. */
    Optional<BurnedKey> burned() {
        return keys instanceof NvsKeyChoice.Derived derived
                ? Optional.of(new BurnedKey(
                        new EfusePlan.Key(keyId, EfusePlan.Use.NVS),
                        derived.hmacKey().copy()))
                : Optional.empty();
    }

    /** What makes it another order, as lines; of secrets their hashes. Empty for a plain one. */
    String essence() {
        if (isPlain()) {
            return "";
        }
        StringBuilder text = new StringBuilder();
        new TreeMap<>(values)
                .forEach((name, value) -> text.append("\nnvs-value=")
                        .append(name)
                        .append(' ')
                        .append(value.sha256().hex()));
        text.append("\nnvs-keys=")
                .append(keys.<String>match(
                        none -> "none",
                        partition -> "partition " + partition.octets().sha256().hex(),
                        derived -> "hmac " + keyId + " "
                                + derived.hmacKey().sha256().hex(),
                        fresh -> "fresh"));
        return text.toString();
    }
}
