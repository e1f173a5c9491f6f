package org.devpki.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RevokedEntriesTest {
    private static RevokedEntry entry(String serial) {
        return new RevokedEntry(SerialNumber.parse(serial), Instant.EPOCH, RevocationReason.UNSPECIFIED);
    }

    @Test
    void theOrderIsThatOfOctetsWhateverTheirNumber() {
        List<String> told = new ArrayList<>();

        RevokedEntries.of(
                        List.of(entry("ff"), entry("0100"), entry("01"), entry("7f00ff"), entry("80"), entry("010001")))
                .each(entry -> told.add(entry.serial().hex()));

        assertEquals(List.of("01", "0100", "010001", "7f00ff", "80", "ff"), told);
    }

    @Test
    void theOrderIsThatOfADatabaseThatComparesOctets() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 5000; round++) {
            String a = new SerialNumber(new BigInteger(1 + random.nextInt(40), random).add(BigInteger.ONE)).hex();
            String b = new SerialNumber(new BigInteger(1 + random.nextInt(40), random).add(BigInteger.ONE)).hex();

            int octets = Arrays.compareUnsigned(
                    Bytes.fromHex(a).toArray(), Bytes.fromHex(b).toArray());

            assertEquals(
                    Integer.signum(octets),
                    Integer.signum(RevokedEntries.ORDER.compare(entry(a), entry(b))),
                    () -> a + " and " + b + ", seed " + seed);
        }
    }
}
