package org.devpki.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.OptionalInt;
import org.devpki.testing.Faults;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FlashedTest {
    private static final KeySpec P_256 = new KeySpec.Ec(Curve.P_256);

    private static Flashed flashed(Chip chip, KeyHome home, int nvsKeyId) {
        return new Flashed(chip, home, Flavour.TLV, OptionalInt.of(nvsKeyId));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "chip=esp32c3 home=ds key=4 flavour=tlv",
                "chip=esp32h2 home=ecdsa key=0 flavour=tlv nvs-key=3",
                "chip=esp32s3 home=hmac key=1 flavour=tlv nvs-key=2",
                "chip=esp32 home=flash flavour=cust-flash",
            })
    void whatIsWrittenIsRead(String text) {
        assertEquals(text, Flashed.parse(text).text());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "chip=esp32c3",
                "chip=esp32c3 home=ds key=x flavour=tlv",
                "chip=esp8266 home=flash flavour=tlv",
                "chip=esp32c3 home=moon flavour=tlv",
                "esp32c3 ds 4",
            })
    void anythingElseInTheLedgerIsNotBelieved(String text) {
        Faults.assertFault(Fault.INTEGRITY, "of what a device was made for", () -> Flashed.parse(text));
    }

    @Test
    void theHmacKeyOfNvsHasAChipWithHmacAndABlockOfItsOwn() {
        Faults.assertFault(
                Fault.REFUSED,
                "ESP32 has no HMAC peripheral to derive the keys of NVS with; these have one: esp32s2, esp32s3",
                () -> flashed(Chip.ESP32, new KeyHome.Flash(), 2).check(P_256));
        Faults.assertFault(
                Fault.INVALID_INPUT,
                "eFuse key id 5 is not one of ESP32-S31's 0 to 4",
                () -> flashed(Chip.ESP32_S31, new KeyHome.Flash(), 5).check(P_256));
        Faults.assertFault(
                Fault.INVALID_INPUT,
                "KEY1 is for key home ds already",
                () -> flashed(Chip.ESP32_C3, new KeyHome.DigitalSignature(1), 1).check(new KeySpec.Rsa(2048)));
        Faults.assertFault(
                Fault.INVALID_INPUT,
                "cannot be before KEY1",
                () -> flashed(Chip.ESP32_C3, new KeyHome.HmacDerived(1), 0).check(P_256));
        flashed(Chip.ESP32_C3, new KeyHome.DigitalSignature(1), 0).check(new KeySpec.Rsa(2048));
        flashed(Chip.ESP32_C3, new KeyHome.HmacDerived(1), 2).check(P_256);
    }

    @Test
    void aKeyThatIsNotAtHandStaysWhereItWas() {
        Flashed before = Flashed.parse("chip=esp32c3 home=ds key=4 flavour=tlv");
        Flashed made = Flashed.parse("chip=esp32c3 home=flash flavour=tlv nvs-key=2");

        assertEquals(
                "chip=esp32c3 home=ds key=4 flavour=tlv nvs-key=2",
                made.after(before, false).text());
        assertEquals(
                "chip=esp32c3 home=flash flavour=tlv nvs-key=2",
                made.after(before, true).text());
        assertEquals(
                "chip=esp32c3 home=ds key=4 flavour=tlv nvs-key=2",
                before.after(made, true).text());
        Faults.assertFault(
                Fault.CONFLICT,
                "is in an image for ESP32-C3, not for ESP32-H2",
                () -> Flashed.parse("chip=esp32h2 home=flash flavour=tlv").after(before, false));
    }
}
