package org.devpki.export;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.devpki.model.BatchId;
import org.devpki.model.Bytes;
import org.devpki.model.DeviceId;
import org.devpki.model.SerialNumber;

/**
 * What stands on a device's label. Nothing of it is secret, and none of its characters means anything to XML or ZPL.
 *
 * @param sha256 of the certificate, 32 octets
 * @see <a href="../../../../../../docs/formats/label.md">how it is laid out</a>
 */
public record Label(DeviceId device, SerialNumber serial, Bytes sha256, Optional<BatchId> batch) {
    /** Characters of a line that always stand together. */
    static final int WORD = 16;

    private static final int SHOWN_DIGITS = 6;

    /** The text of the QR code. Capitals, for it stores hex digits so in five and a half bits instead of eight. */
    public String payload() {
        return "DEVPKI:1:" + sha256.hex().toUpperCase(Locale.ROOT) + ":" + device;
    }

    /** For people, none but a name or a batch wider than {@link #WORD}: name, digits of the fingerprint, serial, batch. */
    List<String> words() {
        List<String> words = new ArrayList<>();
        words.add(device.value());
        String digits = sha256.hex();
        words.add(digits.substring(0, SHOWN_DIGITS) + "..." + digits.substring(digits.length() - SHOWN_DIGITS));
        for (String rest = serial.hex(); !rest.isEmpty(); rest = rest.substring(Math.min(WORD, rest.length()))) {
            words.add(rest.substring(0, Math.min(WORD, rest.length())));
        }
        batch.ifPresent(id -> words.add(id.value()));
        return words;
    }
}
