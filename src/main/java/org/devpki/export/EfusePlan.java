package org.devpki.export;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.devpki.model.Chip;
import org.devpki.model.Curve;
import org.devpki.model.DevpkiException;
import org.devpki.model.ExportedFile;
import org.devpki.model.Flashed;
import org.devpki.model.KeyHome;
import org.devpki.model.KeySpec;

/**
 * What is burned into a chip's eFuse for one device, and how.
 *
 * @param keys in the order of their blocks; one at least
 * @see <a href="../../docs/formats/efuse.md">purposes and traps, and the esptool commit they were checked against</a>
 */
public record EfusePlan(Chip chip, List<Key> keys) {
    /** What a key is burned for. */
    public enum Use {
        DIGITAL_SIGNATURE(
                "HMAC_DOWN_DIGITAL_SIGNATURE",
                "hmac_key.bin",
                "the Digital Signature peripheral alone derives from this key the AES key that opens DS_DATA;"
                        + " software can never read it"),
        DERIVED_KEY(
                "HMAC_UP",
                "hmac_up.bin",
                "the HMAC peripheral computes with this key for software (HMAC upstream), which derives the device's EC"
                        + " key from it and the salt in flash"),
        NVS(
                "HMAC_UP",
                "nvs_hmac_up.bin",
                "the HMAC peripheral computes with this key for software (HMAC upstream), which derives the keys of the"
                        + " NVS partition from it"),
        ECDSA("ECDSA_KEY", "device_key.pem", Use.READ_BY_ECDSA),
        ECDSA_P384("ECDSA_KEY_P384", "device_key.pem", Use.READ_BY_ECDSA);

        private static final String READ_BY_ECDSA =
                "the ECDSA peripheral alone reads this private key and signs with it; espefuse reverses its octets on the"
                        + " way";

        private final String purpose;
        private final String file;
        private final String meaning;

        Use(String purpose, String file, String meaning) {
            this.purpose = purpose;
            this.file = file;
            this.meaning = meaning;
        }

        /** The value of the block's key purpose field, as {@code espefuse} names it. */
        public String purpose() {
            return purpose;
        }

        /** What is burned, as {@code espefuse} reads it; by the name that it has in its folder. */
        public String file() {
            return file;
        }

        /** What the purpose means, a sentence. */
        public String meaning() {
            return meaning;
        }
    }

    /** One key of KEYn. */
    public record Key(int keyId, Use use) {
        /** Such as {@code BLOCK_KEY1}. */
        public String block() {
            return "BLOCK_KEY" + keyId;
        }
    }

    public EfusePlan {
        keys = keys.stream().sorted(Comparator.comparing(Key::keyId)).toList();
    }

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

    /**
     * Everything that the device needs in its eFuse.
     *
     * @param key the kind of the device's key
     * @throws DevpkiException INVALID_INPUT if nothing is burned for it; REFUSED if the chip cannot hold the keys so
     */
    public static EfusePlan of(Flashed flashed, KeySpec key) {
        flashed.check(key);
        List<Key> keys = new ArrayList<>();
        ofHome(flashed.home(), key).ifPresent(keys::add);
        flashed.nvsKeyId().ifPresent(id -> keys.add(new Key(id, Use.NVS)));
        if (keys.isEmpty()) {
            throw DevpkiException.invalid("a key in flash needs no eFuse; choose one of ds, ecdsa, hmac");
        }
        return new EfusePlan(flashed.chip(), keys);
    }

    /** What is burned for the device's own key; nothing for one in flash. */
    static Optional<Key> ofHome(KeyHome home, KeySpec key) {
        return home.match(
                flash -> Optional.empty(),
                ds -> Optional.of(new Key(ds.keyId(), Use.DIGITAL_SIGNATURE)),
                ecdsa -> Optional.of(
                        new Key(ecdsa.keyId(), key.equals(new KeySpec.Ec(Curve.P_384)) ? Use.ECDSA_P384 : Use.ECDSA)),
                hmac -> Optional.of(new Key(hmac.keyId(), Use.DERIVED_KEY)));
    }

    /**
     * The command that burns, such as {@code espefuse --chip esp32c3 --port PORT burn-key BLOCK_KEY1 …}: all keys at once,
     * so that the second block of a P-384 key is not one that another key is for.
     */
    public String burn(Spelling spelling, String port) {
        return espefuse(spelling, port)
                + spelling.verb("burn", "key")
                + keys.stream()
                        .map(key -> " " + key.block() + " " + key.use().file() + " "
                                + key.use().purpose())
                        .collect(Collectors.joining());
    }

    /** The command that shows what is burned. */
    public String summary(Spelling spelling, String port) {
        return espefuse(spelling, port) + "summary";
    }

    /** The command that flashes an image. */
    public static String flash(Spelling spelling, Optional<Chip> chip, String port, int offset, String image) {
        return spelling.esptool + chip.map(known -> " --chip " + known.text()).orElse("") + " --port " + port + " "
                + spelling.verb("write", "flash") + String.format(" 0x%X ", offset) + image;
    }

    private String espefuse(Spelling spelling, String port) {
        return spelling.espefuse + " --chip " + chip.text() + " --port " + port + " ";
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
        for (Key key : keys) {
            if (key.use() == Use.ECDSA_P384) {
                warnings.add("a P-384 key takes two blocks: " + key.block() + " and the next free one");
                if (chip == Chip.ESP32_P4) {
                    warnings.add("only recent revisions of ESP32-P4 have P-384 in the ECDSA peripheral");
                }
            }
            if (key.use() == Use.DERIVED_KEY) {
                warnings.add(
                        "firmware takes the first block with purpose HMAC_UP: burn no other HMAC_UP key into a lower"
                                + " one");
            }
        }
        warnings.add("virtual eFuses (CONFIG_EFUSE_VIRTUAL) do not feed this peripheral");
        return warnings;
    }

    /** A script for {@code sh} that looks, asks, burns and shows, with either version of esptool. */
    public String script(String device, boolean isSealed) {
        StringBuilder text = new StringBuilder();
        text.append("#!/bin/sh\n# Burns into the eFuse of ")
                .append(device)
                .append(", an ")
                .append(chip.title())
                .append(":\n");
        keys.forEach(key -> text.append("# ")
                .append(key.block())
                .append(", purpose ")
                .append(key.use().purpose())
                .append(": ")
                .append(key.use().meaning())
                .append(".\n"));
        text.append("#\n");
        warnings().forEach(warning -> text.append("# ! ").append(warning).append(".\n"));
        text.append("""
                #
                # usage: sh burn.sh PORT [--yes]
                set -eu
                umask 077
                port=${1:?usage: sh burn.sh PORT [--yes]}
                cd "$(dirname "$0")"

                """);
        if (isSealed) {
            keys.forEach(key -> text.append(unseal(key.use().file())));
        }
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
                    printf 'Burn %5$s for good, so that this chip is %6$s? Type yes: '
                    read -r answer
                    [ "$answer" = yes ] || { echo "burn.sh: not confirmed, so nothing was burned" >&2; exit 1; }
                fi
                burn
                summary
                echo "burned; now, where the store is: devpki efuse confirm %6$s --out '$(dirname "$PWD")'"
                """.formatted(
                        summary(Spelling.V5, "\"$port\""),
                        unasked(Spelling.V5),
                        summary(Spelling.V4, "\"$port\""),
                        unasked(Spelling.V4),
                        keys.stream()
                                .map(key -> key.use().purpose() + " into " + key.block())
                                .collect(Collectors.joining(" and ")),
                        device));
        return text.toString();
    }

    private static String unseal(String file) {
        return """
                # The key is sealed. Open it first, with the recipient's private key:
                #   devpki bundle open %1$s%2$s --key recipient.key
                #   %3$s
                if [ ! -f %1$s ]; then
                    echo "burn.sh: %1$s is sealed in %1$s%2$s; open it first, see the comment in this script" >&2
                    exit 1
                fi

                """.formatted(file, ExportedFile.SEALED, Sealing.command(file));
    }

    /** The script has asked already. */
    private String unasked(Spelling spelling) {
        return burn(spelling, "\"$port\" --do-not-confirm");
    }
}
