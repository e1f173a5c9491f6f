package org.devpki.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.devpki.export.EfusePlan.Spelling;
import org.devpki.model.Chip;
import org.devpki.model.Curve;
import org.devpki.model.Fault;
import org.devpki.model.KeyHome;
import org.devpki.model.KeySpec;
import org.devpki.testing.Faults;
import org.junit.jupiter.api.Test;

/** The commands word for word as the vendor's documents have them. */
class EfusePlanTest {
    private static final KeySpec P_256 = new KeySpec.Ec(Curve.P_256);
    private static final KeySpec RSA = new KeySpec.Rsa(3072);

    @Test
    void aDsKeyIsBurnedForTheDigitalSignaturePeripheral() {
        EfusePlan plan = EfusePlan.of(Chip.ESP32_C3, new KeyHome.DigitalSignature(1), RSA);

        assertEquals(
                "espefuse.py --chip esp32c3 --port PORT burn_key BLOCK_KEY1 hmac_key.bin HMAC_DOWN_DIGITAL_SIGNATURE",
                plan.burn(Spelling.V4, "PORT"));
        assertEquals(
                "espefuse --chip esp32c3 --port PORT burn-key BLOCK_KEY1 hmac_key.bin HMAC_DOWN_DIGITAL_SIGNATURE",
                plan.burn(Spelling.V5, "PORT"));
    }

    @Test
    void anHmacKeyIsBurnedForSoftware() {
        EfusePlan plan = EfusePlan.of(Chip.ESP32_S3, new KeyHome.HmacDerived(4), P_256);

        assertEquals(
                "espefuse.py --chip esp32s3 --port PORT burn_key BLOCK_KEY4 hmac_key.bin HMAC_UP",
                plan.burn(Spelling.V4, "PORT"));
        assertEquals(
                "espefuse --chip esp32s3 --port PORT burn-key BLOCK_KEY4 hmac_key.bin HMAC_UP",
                plan.burn(Spelling.V5, "PORT"));
    }

    @Test
    void anEcKeyIsBurnedAsPemWithThePurposeOfItsCurve() {
        assertEquals(
                "espefuse.py --chip esp32h2 --port PORT burn_key BLOCK_KEY2 ecdsa_key.pem ECDSA_KEY",
                EfusePlan.of(Chip.ESP32_H2, new KeyHome.EcdsaPeripheral(2), P_256)
                        .burn(Spelling.V4, "PORT"));
        EfusePlan wide = EfusePlan.of(Chip.ESP32_C5, new KeyHome.EcdsaPeripheral(2), new KeySpec.Ec(Curve.P_384));
        assertEquals(
                "espefuse --chip esp32c5 --port PORT burn-key BLOCK_KEY2 ecdsa_key.pem ECDSA_KEY_P384",
                wide.burn(Spelling.V5, "PORT"));
        assertTrue(wide.warnings().contains("a P-384 key takes two blocks: BLOCK_KEY2 and the next free one"));
    }

    @Test
    void whatIsBurnedIsShownAndWhatIsMadeIsFlashed() {
        EfusePlan plan = EfusePlan.of(Chip.ESP32_C6, new KeyHome.HmacDerived(0), P_256);

        assertEquals("espefuse.py --chip esp32c6 --port PORT summary", plan.summary(Spelling.V4, "PORT"));
        assertEquals("espefuse --chip esp32c6 --port PORT summary", plan.summary(Spelling.V5, "PORT"));
        assertEquals(
                "esptool.py --chip esp32c6 --port PORT write_flash 0xD000 esp_secure_cert.bin",
                EfusePlan.flash(Spelling.V4, Chip.ESP32_C6, "PORT", 0xD000, "esp_secure_cert.bin"));
        assertEquals(
                "esptool --chip esp32c6 --port PORT write-flash 0xD000 esp_secure_cert.bin",
                EfusePlan.flash(Spelling.V5, Chip.ESP32_C6, "PORT", 0xD000, "esp_secure_cert.bin"));
    }

    @Test
    void everyPlanWarnsOfWhatCannotBeTakenBack() {
        for (EfusePlan plan : List.of(
                EfusePlan.of(Chip.ESP32_S31, new KeyHome.DigitalSignature(4), RSA),
                EfusePlan.of(Chip.ESP32_P4, new KeyHome.EcdsaPeripheral(0), P_256))) {
            String all = String.join("\n", plan.warnings());
            for (String part :
                    List.of("cannot be undone", "--no-read-protect", "Secure Boot v2", "RD_DIS", "virtual eFuses")) {
                assertTrue(all.contains(part), () -> part + " is not in\n" + all);
            }
            assertTrue(
                    all.contains(plan.chip() == Chip.ESP32_S31 ? "ESP32-S31 has 5 key blocks" : "has 6 key blocks"),
                    all);
        }
    }

    @Test
    void aKeyInFlashOrBeyondTheBlocksHasNoPlan() {
        Faults.assertFault(
                Fault.INVALID_INPUT,
                "a key in flash needs no eFuse",
                () -> EfusePlan.of(Chip.ESP32_C3, new KeyHome.Flash(), P_256));
        Faults.assertFault(
                Fault.INVALID_INPUT,
                "eFuse key id 5 is not one of ESP32-S31's 0 to 4",
                () -> EfusePlan.of(Chip.ESP32_S31, new KeyHome.DigitalSignature(5), RSA));
    }
}
