package org.devpki.app;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.devpki.model.CaName;
import org.devpki.model.ExpiringCertificate;
import org.devpki.model.Fault;
import org.devpki.model.SerialNumber;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Waves: each is over before its certificates end, and none is larger than it need be. */
class PlanWavesTest {
    private static final Instant START = Instant.parse("2026-11-27T00:00:00Z");

    private static PlanWaves.Order order(int waves, Optional<Long> most) {
        return new PlanWaves.Order(Duration.ofDays(10L * waves), waves, most, Path.of("waves"), false);
    }

    private static ExpiringCertificate ending(int number, Duration after) {
        return new ExpiringCertificate(
                "d" + number,
                new SerialNumber(BigInteger.valueOf(number + 1)),
                CaName.ISSUING,
                "device-mqtt",
                Optional.empty(),
                START.plus(after));
    }

    private static PlanWaves.Deal dealt(PlanWaves.Order order, List<ExpiringCertificate> rows) {
        PlanWaves.Deal deal = new PlanWaves.Deal(order, START);
        rows.forEach(deal::see);
        deal.settle();
        return deal;
    }

    private static long[] loads(PlanWaves.Deal deal, List<ExpiringCertificate> rows, int waves) {
        long[] loads = new long[waves];
        rows.forEach(row -> loads[deal.wave(row)]++);
        return loads;
    }

    @Test
    void thoseThatEndTogetherAreSpreadOverAllWavesBefore() {
        List<ExpiringCertificate> rows = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            rows.add(ending(i, Duration.ofDays(35)));
        }

        PlanWaves.Deal deal = dealt(order(4, Optional.empty()), rows);

        // the fourth wave ends on day 40, too late for them
        assertEquals(
                List.of(32L, 34L, 34L, 0L),
                java.util.Arrays.stream(loads(deal, rows, 4)).boxed().toList());
        List<Integer> first =
                rows.subList(0, 8).stream().map(deal::wave).distinct().toList();
        assertTrue(first.size() > 1, "neighbours come together");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void noWaveEndsAfterACertificateOfItsOwnAndTheLargestIsAsSmallAsCanBe(long seed) {
        int waves = 7;
        Random random = new Random(seed);
        List<ExpiringCertificate> rows = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            double day = 10 + 60 * Math.pow(random.nextDouble(), (double) seed);
            rows.add(ending(i, Duration.ofMinutes((long) (day * 24 * 60))));
        }

        PlanWaves.Deal deal = dealt(order(waves, Optional.empty()), rows);
        long[] loads = loads(deal, rows, waves);

        long least = 0;
        for (int wave = 0; wave < waves; wave++) {
            Instant end = START.plus(Duration.ofDays(10L * (wave + 2)));
            long urgent =
                    rows.stream().filter(row -> row.notAfter().isBefore(end)).count();
            least = Math.max(least, (urgent + wave) / (wave + 1));
        }
        assertEquals(least, java.util.Arrays.stream(loads).max().orElseThrow());
        rows.forEach(row -> assertFalse(
                START.plus(Duration.ofDays(10L * (deal.wave(row) + 1))).isAfter(row.notAfter()), row::toString));
    }

    @Test
    void whatHasEndedOrEndsWithinTheFirstWaveIsInTheFirst() {
        List<ExpiringCertificate> rows =
                List.of(ending(1, Duration.ofDays(-30)), ending(2, Duration.ofDays(3)), ending(3, Duration.ofDays(19)));

        PlanWaves.Deal deal = dealt(order(3, Optional.of(3L)), rows);

        assertEquals(List.of(0, 0, 0), rows.stream().map(deal::wave).toList());
        assertFault(
                Fault.REFUSED, "a wave would have 3 devices, over the 2", () -> dealt(order(3, Optional.of(2L)), rows));
    }

    @Test
    void nobodyAtAllMakesEmptyWaves() {
        assertEquals(0, loads(dealt(order(3, Optional.empty()), List.of()), List.of(), 3)[0]);
        assertFault(Fault.INVALID_INPUT, "0 waves", () -> order(0, Optional.empty()));
    }
}
