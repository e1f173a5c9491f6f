package org.devpki.model;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The ESP32 chips and what their cryptographic hardware can do: the one table that everything about a target asks.
 *
 * @see <a href="../../docs/chips.md">the table, and the ESP-IDF and esptool commits it was checked against</a>
 */
public enum Chip {
    // key blocks, HMAC, DS operand bits, RSA accelerator bits, curves of the ECDSA peripheral
    ESP32(0, false, 0, 4096),
    ESP32_S2(6, true, 4096, 4096),
    ESP32_S3(6, true, 4096, 4096),
    ESP32_C2(0, false, 0, 0),
    ESP32_C3(6, true, 3072, 3072),
    ESP32_C5(6, true, 3072, 3072, Curve.P_256, Curve.P_384),
    ESP32_C6(6, true, 3072, 3072),
    ESP32_C61(6, false, 0, 0, Curve.P_256),
    ESP32_H2(6, true, 3072, 3072, Curve.P_256),
    ESP32_H21(6, true, 3072, 3072, Curve.P_256),
    ESP32_H4(6, true, 0, 0, Curve.P_256, Curve.P_384),
    ESP32_P4(6, true, 4096, 4096, Curve.P_256, Curve.P_384),
    ESP32_S31(5, true, 4096, 4096, Curve.P_256, Curve.P_384);

    /** RSA moduli that the Digital Signature peripheral takes, in bits, up to its operands' width. */
    public static final List<Integer> DS_RSA_BITS = List.of(1024, 2048, 3072, 4096);

    /** The eFuse block that KEY0 is, on every chip whose key blocks have purposes. */
    private static final int FIRST_KEY_BLOCK = 4;

    private static final String PREFIX = "esp32";

    private final int keyBlocks;
    private final boolean hasHmac;
    private final int dsBits;
    private final int rsaBits;

    @SuppressWarnings("ImmutableEnumChecker") // it is a List.of
    private final List<Curve> ecdsaCurves;

    Chip(int keyBlocks, boolean hasHmac, int dsBits, int rsaBits, Curve... ecdsaCurves) {
        this.keyBlocks = keyBlocks;
        this.hasHmac = hasHmac;
        this.dsBits = dsBits;
        this.rsaBits = rsaBits;
        this.ecdsaCurves = List.of(ecdsaCurves);
    }

    /**
     * Reads the name as {@code esptool --chip} spells it, with or without {@code esp32} and hyphens: {@code esp32c3},
     * {@code c3}, {@code ESP32-C3}.
     */
    public static Chip parse(String text) {
        String plain = text.toLowerCase(Locale.ROOT).replace("-", "");
        return Arrays.stream(values())
                .filter(chip -> plain.equals(chip.text())
                        || (chip != ESP32 && plain.equals(chip.text().substring(PREFIX.length()))))
                .findFirst()
                .orElseThrow(() -> DevpkiException.invalid(
                        "target " + Quoted.of(text) + " is not one of " + namesOf(chip -> true)));
    }

    /** As {@code esptool --chip} spells it, such as {@code esp32c3}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace("_", "");
    }

    /** As the vendor writes it, such as {@code ESP32-C3}. */
    public String title() {
        return name().replace('_', '-');
    }

    /** How many key blocks can be given a purpose, KEY0 and on; 0 where the blocks have fixed roles. */
    public int keyBlocks() {
        return keyBlocks;
    }

    /** @throws DevpkiException INVALID_INPUT if there is no KEYn, or none that can be given a purpose */
    public void checkKeyId(int keyId) {
        if (keyId < 0 || keyId >= keyBlocks) {
            throw DevpkiException.invalid(
                    "eFuse key id " + keyId + " is not one of " + title() + "'s 0 to " + (keyBlocks - 1));
        }
    }

    /** The number of the eFuse block that KEYn is, as SEC_CFG and ESP-TLS count. */
    public static int blockOf(int keyId) {
        return FIRST_KEY_BLOCK + keyId;
    }

    /** Whether an HMAC key can be burned, for what is derived from it. */
    public boolean hasHmac() {
        return hasHmac;
    }

    /** Width of the Digital Signature peripheral's operands in bits, its largest RSA key; empty without one. */
    public OptionalInt dsBits() {
        return dsBits == 0 ? OptionalInt.empty() : OptionalInt.of(dsBits);
    }

    /** Largest RSA modulus in bits that hardware computes with; above it software does, slowly and with much memory. */
    public int rsaBits() {
        return rsaBits;
    }

    /** Curves of the ECDSA peripheral; empty without one. */
    public List<Curve> ecdsaCurves() {
        return ecdsaCurves;
    }

    /** Whether a fault of the hardware keeps ECDSA keys from KEYn. */
    public boolean isEcdsaBarredFrom(int keyId) {
        return this == ESP32_H2 && keyId == 5;
    }

    /** The chips that can do something, for sentences: {@code esp32s2, esp32s3}. */
    public static String namesOf(Predicate<Chip> ability) {
        return Arrays.stream(values()).filter(ability).map(Chip::text).collect(Collectors.joining(", "));
    }
}
