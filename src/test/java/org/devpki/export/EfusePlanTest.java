package org.devpki.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.devpki.export.EfusePlan.Spelling;
import org.devpki.model.Chip;
import org.devpki.model.Curve;
import org.devpki.model.Fault;
import org.devpki.model.Flashed;
import org.devpki.model.Flavour;
import org.devpki.model.KeyHome;
import org.devpki.model.KeySpec;
import org.devpki.testing.Faults;
import org.junit.jupiter.api.Test;

/** The commands word for word as docs/formats/efuse.md has them. */
class EfusePlanTest {
    private static final KeySpec P_256 = new KeySpec.Ec(Curve.P_256);
    private static final KeySpec P_384 = new KeySpec.Ec(Curve.P_384);
    private static final KeySpec RSA = new KeySpec.Rsa(2048);
    private static final Path PAGE = Path.of(System.getProperty("devpki.root", "."), "docs/formats/efuse.md");

    private static EfusePlan plan(Chip chip, KeyHome home, KeySpec key, OptionalInt nvs) {
        return EfusePlan.of(new Flashed(chip, home, Flavour.TLV, nvs), key);
    }

    private static EfusePlan plan(Chip chip, KeyHome home, KeySpec key) {
        return plan(chip, home, key, OptionalInt.empty());
    }

    private static List<String> commands() throws IOException {
        return Files.readAllLines(PAGE).stream()
                .filter(line -> line.startsWith("    esp"))
                .map(String::strip)
                .toList();
    }

    @Test
    void everyPurposeIsBurnedWordForWordAsThePageHasItInBothSpellings() throws IOException {
        Chip c3 = Chip.ESP32_C3;
        List<EfusePlan> plans = List.of(
                plan(c3, new KeyHome.DigitalSignature(1), RSA),
                plan(Chip.ESP32_S3, new KeyHome.HmacDerived(4), P_256),
                plan(Chip.ESP32_H2, new KeyHome.EcdsaPeripheral(2), P_256),
                plan(Chip.ESP32_C5, new KeyHome.EcdsaPeripheral(2), P_384),
                plan(Chip.ESP32_C6, new KeyHome.Flash(), P_256, OptionalInt.of(2)),
                plan(c3, new KeyHome.DigitalSignature(1), RSA, OptionalInt.of(0)));

        List<String> ours = Stream.concat(
                        plans.stream()
                                .flatMap(plan ->
                                        Stream.of(plan.burn(Spelling.V4, "PORT"), plan.burn(Spelling.V5, "PORT"))),
                        Stream.of(
                                plans.get(0).summary(Spelling.V4, "PORT"),
                                plans.get(0).summary(Spelling.V5, "PORT"),
                                EfusePlan.flash(Spelling.V4, Optional.of(c3), "PORT", 0xD000, "esp_secure_cert.bin"),
                                EfusePlan.flash(Spelling.V5, Optional.of(c3), "PORT", 0xD000, "esp_secure_cert.bin")))
                .toList();

        assertEquals(commands(), ours);
        assertEquals(
                List.of(EfusePlan.Use.values()).size(),
                plans.stream()
                        .flatMap(plan -> plan.keys().stream())
                        .map(EfusePlan.Key::use)
                        .distinct()
                        .count(),
                "a use is left out");
    }

    @Test
    void thePageHasTheFileAndThePurposeOfEveryUse() throws IOException {
        String page = Files.readString(PAGE);

        for (EfusePlan.Use use : EfusePlan.Use.values()) {
            assertTrue(
                    page.lines()
                            .anyMatch(line -> line.contains("| `" + use.file() + "`, ")
                                    && line.contains("`" + use.purpose() + "`")),
                    use::name);
        }
    }

    @Test
    void aChipWhoseNameIsNotKnownIsAskedByEsptoolItself() {
        assertEquals(
                "esptool --port PORT write-flash 0xF000 nvs.bin",
                EfusePlan.flash(Spelling.V5, Optional.empty(), "PORT", 0xF000, "nvs.bin"));
    }

    @Test
    void everyPlanWarnsOfWhatCannotBeTakenBack() {
        for (EfusePlan plan : List.of(
                plan(Chip.ESP32_S31, new KeyHome.DigitalSignature(4), RSA),
                plan(Chip.ESP32_P4, new KeyHome.EcdsaPeripheral(0), P_256))) {
            String all = String.join("\n", plan.warnings());
            for (String part :
                    List.of("cannot be undone", "--no-read-protect", "Secure Boot v2", "RD_DIS", "virtual eFuses")) {
                assertTrue(all.contains(part), () -> part + " is not in\n" + all);
            }
            assertTrue(
                    all.contains(plan.chip() == Chip.ESP32_S31 ? "ESP32-S31 has 5 key blocks" : "has 6 key blocks"),
                    all);
        }
        assertTrue(plan(Chip.ESP32_C5, new KeyHome.EcdsaPeripheral(2), P_384)
                .warnings()
                .contains("a P-384 key takes two blocks: BLOCK_KEY2 and the next free one"));
        assertTrue(String.join(
                        "\n",
                        plan(Chip.ESP32_C3, new KeyHome.HmacDerived(1), P_256).warnings())
                .contains("burn no other HMAC_UP key into a lower one"));
    }

    @Test
    void theScriptNamesEveryKeyAndKeepsWhatItOpensPrivate() {
        String script = plan(Chip.ESP32_C3, new KeyHome.DigitalSignature(1), RSA, OptionalInt.of(2))
                .script("d1", true);

        assertTrue(
                script.contains(
                        "Burn HMAC_DOWN_DIGITAL_SIGNATURE into BLOCK_KEY1 and HMAC_UP into BLOCK_KEY2 for good"),
                script);
        assertTrue(script.lines().toList().contains("umask 077"), script);
        for (String file : List.of("hmac_key.bin", "nvs_hmac_up.bin")) {
            assertTrue(
                    script.contains("(umask 077 && openssl cms -decrypt -inform DER -in " + file + ".cms -out " + file),
                    script);
        }
    }

    @Test
    void aKeyInFlashOrBeyondTheBlocksHasNoPlan() {
        Faults.assertFault(
                Fault.INVALID_INPUT,
                "a key in flash needs no eFuse",
                () -> plan(Chip.ESP32_C3, new KeyHome.Flash(), P_256));
        Faults.assertFault(
                Fault.INVALID_INPUT,
                "eFuse key id 5 is not one of ESP32-S31's 0 to 4",
                () -> plan(Chip.ESP32_S31, new KeyHome.DigitalSignature(5), RSA));
    }
}
