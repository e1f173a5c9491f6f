package org.devpki.export;

import java.util.ArrayList;
import java.util.List;
import org.devpki.model.Chip;
import org.devpki.model.Curve;
import org.devpki.model.DevpkiException;
import org.devpki.model.KeyHome;
import org.devpki.model.KeySpec;

/**
 * What is burned into a chip's eFuse for one device's key, and how.
 *
 * @param keyFile what is burned, as {@code espefuse} reads it
 * @see <a href="../../docs/formats/efuse.md">purposes and traps, and the esptool commit they were checked against</a>
 */
public record EfusePlan(Chip chip, KeyHome home, KeySpec key, String keyFile) {
    /** Major version of esptool, which spells its commands. */
    public enum Spelling {
        /** {@code espefuse.py}, words joined by underscores. */
        V4("espefuse.py", "esptool.py", "_"),
        /** {@code espefuse}, words joined by hyphens. */
        V5("espefuse", "esptool", "-");

        private final String espefuse;
        private final String esptool;
        private final String joint;

        Spelling(String espefuse, String esptool, String joint) {
            this.espefuse = espefuse;
            this.esptool = esptool;
            this.joint = joint;
        }

        private String verb(String one, String other) {
            return one + joint + other;
        }
    }

    /** What the key of a home with an HMAC key is called in its folder. */
    public static final String HMAC_KEY_FILE = "hmac_key.bin";

    /** What the key of the ECDSA peripheral is called in its folder. */
    public static final String ECDSA_KEY_FILE = "ecdsa_key.pem";

    /** What a sealed key's file name ends in. */
    public static final String SEALED = ".p7m";

    /** @throws DevpkiException INVALID_INPUT for a key in flash, which needs nothing burned */
    public static EfusePlan of(Chip chip, KeyHome home, KeySpec key) {
        home.check(chip, key);
        String file = home.match(
                flash -> {
                    throw DevpkiException.invalid("a key in flash needs no eFuse; choose one of ds, ecdsa, hmac");
                },
                ds -> HMAC_KEY_FILE,
                ecdsa -> ECDSA_KEY_FILE,
                hmac -> HMAC_KEY_FILE);
        return new EfusePlan(chip, home, key, file);
    }

    /** The value of the block's key purpose field, as {@code espefuse} names it. */
    public String purpose() {
        return home.match(
                flash -> "USER",
                ds -> "HMAC_DOWN_DIGITAL_SIGNATURE",
                ecdsa -> isP384() ? "ECDSA_KEY_P384" : "ECDSA_KEY",
                hmac -> "HMAC_UP");
    }

    /** Such as {@code BLOCK_KEY1}. */
    public String block() {
        return "BLOCK_KEY" + home.efuseKeyId().orElse(0);
    }

    /** The command that burns, such as {@code espefuse --chip esp32c3 --port PORT burn-key BLOCK_KEY1 …}. */
    public String burn(Spelling spelling, String port) {
        return espefuse(spelling, port) + spelling.verb("burn", "key") + " " + block() + " " + keyFile + " "
                + purpose();
    }

    /** The command that shows what is burned. */
    public String summary(Spelling spelling, String port) {
        return espefuse(spelling, port) + "summary";
    }

    /** The command that flashes an image. */
    public static String flash(Spelling spelling, Chip chip, String port, int offset, String image) {
        return spelling.esptool + " --chip " + chip.text() + " --port " + port + " " + spelling.verb("write", "flash")
                + String.format(" 0x%X ", offset) + image;
    }

    private String espefuse(Spelling spelling, String port) {
        return spelling.espefuse + " --chip " + chip.text() + " --port " + port + " ";
    }

    private boolean isP384() {
        return key.equals(new KeySpec.Ec(Curve.P_384));
    }

    /** What the purpose means, a sentence. */
    public String meaning() {
        return home.match(
                flash -> "nothing is burned",
                ds -> "the Digital Signature peripheral alone derives from this key the AES key that opens DS_DATA;"
                        + " software can never read it",
                ecdsa -> "the ECDSA peripheral alone reads this private key and signs with it; espefuse reverses its"
                        + " octets on the way",
                hmac -> "the HMAC peripheral computes with this key for software (HMAC upstream), which derives the"
                        + " device's EC key from it and the salt in flash");
    }

    /** What may go wrong for good, a sentence each; the first are the worst. */
    public List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        warnings.add("burning cannot be undone: a block is written once, key and purpose together");
        warnings.add("the key is read- and write-protected when it is burned, and its purpose write-protected;"
                + " never pass --no-read-protect in production");
        warnings.add(
                "burn before Secure Boot v2 is enabled: at its first start the bootloader write-protects RD_DIS, and"
                        + " no key can be read-protected after that (unless CONFIG_SECURE_BOOT_V2_ALLOW_EFUSE_RD_DIS)");
        warnings.add(chip.title() + " has " + chip.keyBlocks()
                + " key blocks in all: flash encryption, secure boot digests and every other key take theirs");
        if (isP384()) {
            warnings.add("a P-384 key takes two blocks: " + block() + " and the next free one");
            if (chip == Chip.ESP32_P4) {
                warnings.add("only recent revisions of ESP32-P4 have P-384 in the ECDSA peripheral");
            }
        }
        if (home instanceof KeyHome.HmacDerived) {
            warnings.add(
                    "firmware takes the first block with purpose HMAC_UP: burn no other HMAC_UP key into a lower one");
        }
        warnings.add("virtual eFuses (CONFIG_EFUSE_VIRTUAL) do not feed this peripheral");
        return warnings;
    }

    /** A script for {@code sh} that looks, asks, burns and shows, with either version of esptool. */
    public String script(String device, boolean isSealed) {
        String unseal = isSealed ? """
                # The key is sealed. Open it first, with the recipient's private key:
                #   openssl cms -decrypt -inform DER -in %1$s%2$s -out %1$s -inkey recipient.key
                if [ ! -f %1$s ]; then
                    echo "burn.sh: %1$s is sealed in %1$s%2$s; open it first, see the comment in this script" >&2
                    exit 1
                fi

                """.formatted(keyFile, SEALED) : "";
        StringBuilder text = new StringBuilder();
        text.append("#!/bin/sh\n# Burns the key of ")
                .append(device)
                .append(" into ")
                .append(block())
                .append(" of its ")
                .append(chip.title())
                .append(", purpose ")
                .append(purpose())
                .append(":\n# ")
                .append(meaning())
                .append(".\n#\n");
        warnings().forEach(warning -> text.append("# ! ").append(warning).append(".\n"));
        text.append("""
                #
                # usage: sh burn.sh PORT [--yes]
                set -eu
                port=${1:?usage: sh burn.sh PORT [--yes]}
                cd "$(dirname "$0")"

                """);
        text.append(unseal);
        text.append("""
                if command -v espefuse >/dev/null 2>&1; then
                    summary() { %1$s; }
                    burn() { %2$s; }
                elif command -v espefuse.py >/dev/null 2>&1; then
                    summary() { %3$s; }
                    burn() { %4$s; }
                else
                    echo "burn.sh: neither espefuse (esptool 5) nor espefuse.py (esptool 4) is installed" >&2
                    exit 1
                fi

                summary
                if [ "${2:-}" != --yes ]; then
                    if [ ! -t 0 ]; then
                        echo "burn.sh: there is no terminal to ask on; --yes answers" >&2
                        exit 1
                    fi
                    printf 'Burn %5$s into %6$s for good, so that this chip is %7$s? Type yes: '
                    read -r answer
                    [ "$answer" = yes ] || { echo "burn.sh: not confirmed, so nothing was burned" >&2; exit 1; }
                fi
                burn
                summary
                echo "burned; now: devpki efuse confirm %7$s --out .."
                """.formatted(
                        summary(Spelling.V5, "\"$port\""),
                        unasked(Spelling.V5),
                        summary(Spelling.V4, "\"$port\""),
                        unasked(Spelling.V4),
                        purpose(),
                        block(),
                        device));
        return text.toString();
    }

    /** The script has asked already. */
    private String unasked(Spelling spelling) {
        return burn(spelling, "\"$port\" --do-not-confirm");
    }
}
