package org.devpki.ca.lint;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Consumer;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.devpki.model.Fault;
import org.devpki.x509.Crls;
import org.devpki.x509.ParsedTbs;
import org.junit.jupiter.api.Test;

/** Lint never fails, whatever it is given: it complains, or the reading before it does. */
class LintPropertiesTest {
    private static final Linter LINTER = new Linter();

    @Test
    void noBrokenCertificateMakesARuleThrow() {
        ParsedTbs issuer =
                ParsedTbs.parse(Bytes.of(ForgedCertificate.issuingCa().octets()));
        byte[] certificate = ForgedCertificate.server().octets();

        everyWayBroken(
                certificate,
                broken -> LINTER.certificate(
                        LintSubject.of(ParsedTbs.parse(broken)).issuedBy(issuer).madeBy(LintProfiles.named("server"))));
    }

    @Test
    void noBrokenCrlMakesARuleThrow() {
        byte[] crl = ForgedCrl.empty().entry(7, "260501000000Z", 1).octets();

        everyWayBroken(crl, broken -> LINTER.crl(Crls.parseTbs(broken)));
    }

    /** Cut at each length, and with each octet flipped, whole and in its lowest bit. */
    private static void everyWayBroken(byte[] sound, Consumer<Bytes> lint) {
        for (int length = 0; length < sound.length; length++) {
            attempt(Arrays.copyOf(sound, length), lint);
        }
        for (int at = 0; at < sound.length; at++) {
            for (int flip : new int[] {0x01, 0xff}) {
                byte[] broken = sound.clone();
                broken[at] ^= (byte) flip;
                attempt(broken, lint);
            }
        }
    }

    private static void attempt(byte[] octets, Consumer<Bytes> lint) {
        try {
            lint.accept(Bytes.of(octets));
        } catch (DevpkiException e) {
            assertEquals(Fault.INVALID_INPUT, e.fault(), () -> Bytes.of(octets).hex());
        } catch (RuntimeException e) {
            throw new AssertionError("with " + HexFormat.of().formatHex(octets), e);
        }
    }
}
