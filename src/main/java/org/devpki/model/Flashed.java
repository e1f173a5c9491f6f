package org.devpki.model;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a device's files were made for, as the ledger keeps it: the chip, and what is in its eFuse.
 *
 * @param home of the device's key, with the eFuse key block where it has one
 * @param nvsKeyId KEYn of the HMAC key that the NVS partition is encrypted under, where it is
 */
public record Flashed(Chip chip, KeyHome home, Flavour flavour, OptionalInt nvsKeyId) {
    /** KEY2: behind {@link KeyHome#DEFAULT_KEY_ID}, for firmware derives a device's key from the first HMAC_UP key. */
    public static final int DEFAULT_NVS_KEY_ID = 2;

    /**
     * Reads what {@link #text} wrote.
     *
     * @throws DevpkiException INTEGRITY if it is something else
     */
    public static Flashed parse(String text) {
        Map<String, String> members = new LinkedHashMap<>();
        for (String member : text.split(" ", -1)) {
            int sign = member.indexOf('=');
            members.put(member.substring(0, Math.max(sign, 0)), member.substring(sign + 1));
        }
        try {
            return new Flashed(
                    Chip.parse(member(members, "chip")),
                    KeyHome.parse(member(members, "home"), Integer.parseInt(members.getOrDefault("key", "0"))),
                    Flavour.parse(member(members, "flavour")),
                    members.containsKey("nvs-key")
                            ? OptionalInt.of(Integer.parseInt(member(members, "nvs-key")))
                            : OptionalInt.empty());
        } catch (DevpkiException | NumberFormatException e) {
            throw DevpkiException.integrity("the ledger says " + Quoted.of(text) + " of what a device was made for")
                    .causedBy(e);
        }
    }

    private static String member(Map<String, String> members, String name) {
        return Optional.ofNullable(members.get(name))
                .orElseThrow(() -> DevpkiException.invalid("there is no " + name + " in it"));
    }

    /** Such as {@code chip=esp32c3 home=ds key=1 flavour=tlv nvs-key=2}. */
    public String text() {
        StringBuilder text = new StringBuilder("chip=" + chip.text() + " home=" + home.word());
        home.efuseKeyId().ifPresent(id -> text.append(" key=").append(id));
        text.append(" flavour=").append(flavour.word());
        nvsKeyId.ifPresent(id -> text.append(" nvs-key=").append(id));
        return text.toString();
    }

    /**
     * Refuses what the chip cannot do.
     *
     * @throws DevpkiException REFUSED, naming the chips that can; INVALID_INPUT for a key block that the chip lacks, or
     *     that two keys would share
     */
    public void check(KeySpec key) {
        home.check(chip, key);
        nvsKeyId.ifPresent(this::checkNvs);
    }

    private void checkNvs(int id) {
        if (!chip.hasHmac()) {
            throw DevpkiException.refused(chip.title()
                    + " has no HMAC peripheral to derive the keys of NVS with; these have one: "
                    + Chip.namesOf(Chip::hasHmac));
        }
        chip.checkKeyId(id);
        int homeId = home.efuseKeyId().orElse(-1);
        if (homeId == id) {
            throw DevpkiException.invalid("KEY" + id + " is for key home " + home.word()
                    + " already, so the HMAC key of NVS cannot be there; choose another --nvs-efuse-key-id");
        }
        if (home instanceof KeyHome.HmacDerived && id < homeId) {
            throw DevpkiException.invalid("firmware derives the device's key from the first HMAC_UP key, so that of NVS"
                    + " in KEY" + id + " cannot be before KEY" + homeId + "; choose a higher --nvs-efuse-key-id");
        }
    }

    /**
     * What holds once these files are made for a device that has others.
     *
     * @param hasKey whether the private key was at hand; else it stays where it was
     * @throws DevpkiException CONFLICT if the private key stays, and is for another chip
     */
    public Flashed after(Flashed before, boolean hasKey) {
        OptionalInt nvs = nvsKeyId.isPresent() || chip != before.chip ? nvsKeyId : before.nvsKeyId;
        if (hasKey) {
            return new Flashed(chip, home, flavour, nvs);
        }
        if (chip != before.chip) {
            throw DevpkiException.conflict(
                    "the device's key is in an image for " + before.chip.title() + ", not for " + chip.title());
        }
        return new Flashed(chip, before.home, before.flavour, nvs);
    }
}
