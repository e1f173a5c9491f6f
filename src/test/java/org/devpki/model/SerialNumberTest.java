package org.devpki.model;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.devpki.testing.CountingRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SerialNumberTest {
    /** Gives the same octet for ever. */
    private static SecureRandom only(int octet) {
        return new SecureRandom() {
            private static final long serialVersionUID = 1L;

            @Override
            public void nextBytes(byte[] octets) {
                Arrays.fill(octets, (byte) octet);
            }
        };
    }

    @Test
    void aMadeSerialHasSixteenOctetsThatBeginWithTheBitsZeroOne() {
        assertEquals(
                "40000000000000000000000000000000",
                SerialNumber.random(only(0x00)).hex());
        assertEquals(
                "7fffffffffffffffffffffffffffffff",
                SerialNumber.random(only(0xff)).hex());
        assertEquals("6a" + "aa".repeat(15), SerialNumber.random(only(0xaa)).hex());
    }

    @Test
    void aThousandMadeSerialsDiffer() {
        CountingRandom random = new CountingRandom();
        Set<SerialNumber> made = new HashSet<>();

        for (int i = 0; i < 1000; i++) {
            SerialNumber serial = SerialNumber.random(random);
            assertEquals(127, serial.value().bitLength());
            made.add(serial);
        }

        assertEquals(1000, made.size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"4f0a", "4F0A", "4F:0A", "4f:0a", "0x4f0a", "0X4F0A", " 4f0a\n", "004f0a"})
    void aSerialIsReadInEveryCommonSpelling(String text) {
        assertEquals(new SerialNumber(BigInteger.valueOf(0x4f0a)), SerialNumber.parse(text));
    }

    @Test
    void aSerialIsPrintedInWholeOctets() {
        assertEquals("0f", new SerialNumber(BigInteger.valueOf(15)).hex());
        assertEquals("0123", SerialNumber.parse("123").toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0x", "4g", "4f 0a", "-4f", "#", "4f0a\u0000"})
    void whatIsNoHexIsRefused(String text) {
        assertFault(Fault.INVALID_INPUT, "is not hex", () -> SerialNumber.parse(text));
    }

    @Test
    void aStrangersTextIsMadeSafeForTheTerminal() {
        DevpkiException told =
                assertFault(Fault.INVALID_INPUT, "is not hex", () -> SerialNumber.parse("\u001b[31m4f\nx"));

        assertTrue(told.sentence().chars().noneMatch(Character::isISOControl), told.sentence());
        assertFalse(told.sentence().contains("\n"));
    }

    @Test
    void aSerialOf159BitsIsTheLargest() {
        BigInteger largest = BigInteger.ONE.shiftLeft(159).subtract(BigInteger.ONE);

        assertEquals(159, new SerialNumber(largest).value().bitLength());
    }

    @Test
    void aSerialOf160BitsIsRefused() {
        assertFault(
                Fault.INVALID_INPUT,
                "a serial has 1 to 159 bits, got 160",
                () -> new SerialNumber(BigInteger.ONE.shiftLeft(159)));
    }

    @Test
    void zeroAndNegativeSerialsAreRefused() {
        assertFault(Fault.INVALID_INPUT, "not positive", () -> new SerialNumber(BigInteger.ZERO));
        assertFault(Fault.INVALID_INPUT, "not positive", () -> new SerialNumber(BigInteger.valueOf(-7)));
        assertFault(Fault.INVALID_INPUT, "not positive", () -> SerialNumber.parse("00"));
    }

    @Test
    void serialsAreOrderedAsNumbers() {
        assertTrue(SerialNumber.parse("ff").compareTo(SerialNumber.parse("0100")) < 0);
    }
}
