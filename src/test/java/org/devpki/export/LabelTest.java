package org.devpki.export;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import org.devpki.model.BatchId;
import org.devpki.model.Bytes;
import org.devpki.model.DeviceId;
import org.devpki.model.DevpkiException;
import org.devpki.model.Fault;
import org.devpki.model.SerialNumber;
import org.junit.jupiter.api.Test;

class LabelTest {
    private static final String DIGITS = "61ff81b10189d0055653930d84272c4f";

    private static Label label(String name) {
        return new Label(
                new DeviceId(name),
                new SerialNumber(new BigInteger(DIGITS, 16)),
                Bytes.fromHex(DIGITS + DIGITS),
                Optional.of(new BatchId("L3W47")));
    }

    @Test
    void theCodeSaysFingerprintAndClientIdInOneLineOfText() {
        String payload = label("sensor:7_a").payload();

        assertEquals("DEVPKI:1:61FF81B10189D0055653930D84272C4F61FF81B10189D0055653930D84272C4F:sensor:7_a", payload);
    }

    /** In capitals the fingerprint takes two thirds of the room, though the name is in small letters. */
    @Test
    void theCodeIsAsSmallAsItsTextAllows() {
        assertEquals(33, QrCode.of(label("sensor-7").payload()).side());
    }

    @Test
    void peopleReadNameDigitsOfTheFingerprintSerialAndBatch() {
        assertEquals(
                List.of("sensor-7", "61ff81...272c4f", "61ff81b10189d005", "5653930d84272c4f", "L3W47"),
                label("sensor-7").words());
    }

    @Test
    void whateverTheSizeNothingLiesOverAnythingElseOrOutside() {
        int laidOut = 0;
        for (String name : List.of("d", "sensor-84f703a01b2c", "n".repeat(64))) {
            for (String text : List.of("50x25", "25x50", "40x40", "100x150", "200x20", "30x20", "20x30")) {
                for (int dpi : List.of(203, 300, 600)) {
                    LabelSize size = LabelSize.parse(text, dpi);
                    try {
                        isInside(LabelLayout.of(label(name), size), size, name);
                        laidOut++;
                    } catch (DevpkiException e) {
                        assertEquals(Fault.INVALID_INPUT, e.fault());
                    }
                }
            }
        }
        assertTrue(laidOut > 40, "laid out: " + laidOut);
    }

    private static void isInside(LabelLayout layout, LabelSize size, String name) {
        int widest = layout.lines().stream().mapToInt(String::length).max().orElseThrow();
        double right = layout.textX() + widest * layout.fontDots() * 0.6;
        int bottom = layout.lineY(layout.lines().size() - 1) + layout.fontDots();
        String where = name + " on " + size + ": " + layout.lines();
        assertTrue(layout.codeDots() <= Math.min(size.widthDots(), size.heightDots()), where);
        assertTrue(layout.textX() >= layout.codeDots() || layout.textY() >= layout.codeDots(), where);
        assertTrue(right <= size.widthDots() && bottom <= size.heightDots(), where);
        assertTrue(String.join("", layout.lines()).startsWith(name), where);
    }

    @Test
    void aLabelThatNobodyCouldReadIsRefused() {
        assertFault(
                Fault.INVALID_INPUT, "is too small", () -> LabelFormat.SVG.of(label("d"), new LabelSize(10, 10, 203)));
        assertFault(
                Fault.INVALID_INPUT,
                "less than 1 mm",
                () -> LabelFormat.SVG.of(label("d"), new LabelSize(24, 20, 300)));
        assertFault(Fault.INVALID_INPUT, "50x25", () -> LabelSize.parse("50", 203));
        assertFault(Fault.INVALID_INPUT, "203, 300, 600", () -> LabelSize.parse("50x25", 72));
        assertFault(Fault.INVALID_INPUT, "8 to 200", () -> LabelSize.parse("50x201", 203));
    }
}
