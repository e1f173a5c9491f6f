package org.devpki.model;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RenewalTest {
    private static final Bytes HASH = Bytes.utf8("order").sha256();

    @ParameterizedTest
    @EnumSource(Renewal.Kind.class)
    void whatIsFollowedIsReadBackFromBehindTheHash(Renewal.Kind kind) {
        Renewal renewal = new Renewal(kind, SerialNumber.parse("4f00ff"));

        Bytes marked = renewal.mark(HASH);

        assertEquals(36, marked.length());
        assertEquals(HASH, Bytes.of(Arrays.copyOf(marked.toArray(), 32)));
        assertEquals(Optional.of(renewal), Renewal.ofMarked(marked));
    }

    @Test
    void theLettersAreOfTheLedgerAndStay() {
        SerialNumber serial = SerialNumber.parse("4f");

        assertEquals(
                HASH.hex() + "6e4f",
                new Renewal(Renewal.Kind.RENEWED, serial).mark(HASH).hex());
        assertEquals(
                HASH.hex() + "6b4f",
                new Renewal(Renewal.Kind.REKEYED, serial).mark(HASH).hex());
        assertEquals(
                HASH.hex() + "644f",
                new Renewal(Renewal.Kind.REPLACED, serial).mark(HASH).hex());
    }

    @Test
    void anOrderThatFollowsNothingHasAHashAlone() {
        assertEquals(Optional.empty(), Renewal.ofMarked(HASH));
        assertFault(Fault.INTEGRITY, "not known", () -> Renewal.ofMarked(Bytes.fromHex(HASH.hex() + "004f")));
    }
}
