package org.devpki.model;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Where a device's private key lives once the device is flashed. */
public sealed interface KeyHome {
    /** In flash, as it is. */
    record Flash() implements KeyHome {}

    /** RSA, encrypted in flash for the Digital Signature peripheral, which has the HMAC key in eFuse KEYn. */
    record DigitalSignature(int keyId) implements KeyHome {}

    /** EC, in eFuse KEYn, where the ECDSA peripheral alone can read it. */
    record EcdsaPeripheral(int keyId) implements KeyHome {}

    /** EC P-256, derived at each start from an HMAC key in eFuse KEYn and a salt in flash. */
    record HmacDerived(int keyId) implements KeyHome {}

    /** KEY1: the vendor's tool takes it too where none is named. */
    int DEFAULT_KEY_ID = 1;

    /** The words of {@link #parse}, for help texts. */
    String WORDS = "flash, ds, ecdsa, hmac";

    /**
     * Reads a word of profiles and options.
     *
     * @param keyId the eFuse key block, where the home has one
     */
    static KeyHome parse(String word, int keyId) {
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "flash" -> new Flash();
            case "ds" -> new DigitalSignature(keyId);
            case "ecdsa" -> new EcdsaPeripheral(keyId);
            case "hmac" -> new HmacDerived(keyId);
            default -> throw DevpkiException.invalid("key home " + Quoted.of(word) + " is not one of " + WORDS);
        };
    }

    default <T> T match(
            Function<Flash, T> flash,
            Function<DigitalSignature, T> ds,
            Function<EcdsaPeripheral, T> ecdsa,
            Function<HmacDerived, T> hmac) {
        if (this instanceof Flash f) {
            return flash.apply(f);
        }
        if (this instanceof DigitalSignature d) {
            return ds.apply(d);
        }
        if (this instanceof EcdsaPeripheral e) {
            return ecdsa.apply(e);
        }
        return hmac.apply((HmacDerived) this);
    }

    /** As {@link #parse} reads it. */
    default String word() {
        return match(flash -> "flash", ds -> "ds", ecdsa -> "ecdsa", hmac -> "hmac");
    }

    /** The eFuse key block, KEYn, that holds the key or what it is derived from; empty for a key in flash. */
    default OptionalInt efuseKeyId() {
        return match(
                flash -> OptionalInt.empty(),
                ds -> OptionalInt.of(ds.keyId),
                ecdsa -> OptionalInt.of(ecdsa.keyId),
                hmac -> OptionalInt.of(hmac.keyId));
    }

    /** Whether the chip has such a home, for some kind of key. */
    default boolean isIn(Chip chip) {
        return match(
                flash -> true,
                ds -> chip.dsBits().isPresent(),
                ecdsa -> !chip.ecdsaCurves().isEmpty(),
                hmac -> chip.hasHmac());
    }

    /**
     * Refuses what the chip cannot do.
     *
     * @throws DevpkiException REFUSED, naming the chips that can; INVALID_INPUT for a key block that the chip lacks
     */
    default void check(Chip chip, KeySpec key) {
        fault(chip, key).ifPresent(sentence -> {
            throw DevpkiException.refused(sentence);
        });
        efuseKeyId().ifPresent(chip::checkKeyId);
    }

    /** What the chip cannot do about it, in a sentence that names the chips that can. */
    default Optional<String> fault(Chip chip, KeySpec key) {
        return match(
                flash -> Optional.empty(),
                ds -> dsFault(chip, key),
                ecdsa -> ecdsaFault(chip, key, ecdsa.keyId),
                hmac -> hmacFault(chip, key));
    }

    private static Optional<String> dsFault(Chip chip, KeySpec key) {
        int bits = key.match(ec -> 0, KeySpec.Rsa::bits, ed -> 0, ml -> 0);
        int most = chip.dsBits().orElse(0);
        if (most == 0) {
            return Optional.of(chip.title() + " has no Digital Signature peripheral; these have one: "
                    + Chip.namesOf(other -> other.dsBits().isPresent()));
        }
        if (!Chip.DS_RSA_BITS.contains(bits)) {
            return Optional.of("the Digital Signature peripheral takes RSA keys of 1024, 2048, 3072 or 4096 bits, not "
                    + key.text());
        }
        if (bits > most) {
            return Optional.of("the Digital Signature peripheral of " + chip.title() + " takes RSA keys up to " + most
                    + " bits, not " + bits + "; these take them: "
                    + Chip.namesOf(other -> other.dsBits().orElse(0) >= bits));
        }
        return Optional.empty();
    }

    private static Optional<String> ecdsaFault(Chip chip, KeySpec key, int id) {
        if (chip.ecdsaCurves().isEmpty()) {
            return Optional.of(chip.title() + " has no ECDSA peripheral; these have one: "
                    + Chip.namesOf(other -> !other.ecdsaCurves().isEmpty()));
        }
        boolean isTaken =
                key.match(ec -> chip.ecdsaCurves().contains(ec.curve()), rsa -> false, ed -> false, ml -> false);
        if (!isTaken) {
            return Optional.of("the ECDSA peripheral of " + chip.title() + " takes keys on "
                    + chip.ecdsaCurves().stream().map(Curve::text).collect(Collectors.joining(" and ")) + ", not "
                    + key.text());
        }
        return chip.isEcdsaBarredFrom(id)
                ? Optional.of("KEY" + id + " of " + chip.title()
                        + " cannot hold an ECDSA key, by a fault of the hardware; choose another --efuse-key-id")
                : Optional.empty();
    }

    private static Optional<String> hmacFault(Chip chip, KeySpec key) {
        if (!chip.hasHmac()) {
            return Optional.of(
                    chip.title() + " has no HMAC peripheral; these have one: " + Chip.namesOf(Chip::hasHmac));
        }
        return key.equals(new KeySpec.Ec(Curve.P_256))
                ? Optional.empty()
                : Optional.of("a key derived from an HMAC key is on P-256, not " + key.text());
    }
}
