package org.devpki.model;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuotaTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final String A = "a".repeat(32);
    private static final String B = "b".repeat(32);

    private static LedgerToken token(String id, long devices, String name, String until, long used) {
        return new LedgerToken(
                new LineToken(
                        id,
                        CaName.ISSUING,
                        devices,
                        new NamePattern(name),
                        List.of("device-mqtt"),
                        Optional.empty(),
                        Instant.parse(until),
                        Instant.EPOCH),
                used);
    }

    private static QuotaClaim claim(String name) {
        return new QuotaClaim(CaName.ISSUING, "device-mqtt", name, Optional.empty());
    }

    @Test
    void aStarIsAnyCharactersAndAQuestionMarkIsOne() {
        assertTrue(new NamePattern("sensor-*").matches("sensor-"));
        assertTrue(new NamePattern("sensor-*").matches("sensor-17"));
        assertFalse(new NamePattern("sensor-*").matches("a-sensor-17"));
        assertTrue(new NamePattern("s?-*:?").matches("s1-x:y:z"));
        assertFalse(new NamePattern("s?").matches("s12"));
        assertFalse(new NamePattern("s?").matches("s"));
        assertFalse(new NamePattern("a.c").matches("abc"));
    }

    @Test
    void itMatchesWhatTheSameRegularExpressionMatches() {
        long seed = 20260301;
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            String glob = word(random, "ab*?");
            String name = word(random, "ab");
            boolean expected = Pattern.matches(glob.replace("*", ".*").replace("?", "."), name);

            assertEquals(
                    expected, new NamePattern(glob).matches(name), () -> "seed " + seed + ": " + glob + " and " + name);
        }
    }

    private static String word(Random random, String letters) {
        StringBuilder word = new StringBuilder();
        do {
            word.append(letters.charAt(random.nextInt(letters.length())));
        } while (random.nextInt(7) > 0);
        return word.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-a*", ".a", "a b*", "a/*", "a#", "a+", "ä*", "[ab]"})
    void aPatternThatNoNameMatchesIsRefused(String glob) {
        assertFault(Fault.INVALID_INPUT, "matches no device's name", () -> new NamePattern(glob));
    }

    @Test
    void aPatternIsRefusedThatIsLongerThanAName() {
        assertFault(Fault.INVALID_INPUT, "matches no device's name", () -> new NamePattern("?".repeat(65)));
        assertTrue(new NamePattern("?".repeat(64) + "*").matches("x".repeat(64)));
    }

    @Test
    void theTokenThatEndsFirstIsUsedFirst() {
        Quota quota = new Quota(
                List.of(token(B, 5, "*", "2027-01-01T00:00:00Z", 0), token(A, 5, "*", "2026-06-01T00:00:00Z", 4)));

        assertEquals(A, quota.choose(claim("d1"), NOW).orElseThrow().token().id());
        assertEquals(
                B,
                quota.counting(A, 1)
                        .choose(claim("d1"), NOW)
                        .orElseThrow()
                        .token()
                        .id());
    }

    @Test
    void aTokenEndsAtItsMoment() {
        Quota quota = new Quota(List.of(token(A, 5, "*", "2026-03-01T12:00:00Z", 2)));

        assertTrue(quota.choose(claim("d1"), NOW.minusMillis(1)).isPresent());
        assertFault(
                Fault.REFUSED,
                "line token " + A + " ended at 2026-03-01T12:00:00Z; 3 of 5 devices are left",
                () -> quota.choose(claim("d1"), NOW));
    }

    @Test
    void theLimitOfTheTokenThatComesNearestIsTold() {
        Quota quota = new Quota(List.of(
                token(A, 5, "pump-*", "2026-06-01T00:00:00Z", 0), token(B, 5, "sensor-*", "2026-06-01T00:00:00Z", 5)));

        assertFault(
                Fault.REFUSED,
                "line token " + B + " allows 5 devices, and 0 are left for sensor-1; none of the 2 tokens",
                () -> quota.choose(claim("sensor-1"), NOW));
        assertFault(
                Fault.REFUSED,
                "name \"valve\" is not one that line token " + A + " allows: pump-*; 5 of 5 devices are left",
                () -> quota.choose(claim("valve"), NOW));
    }

    @Test
    void anotherCaProfileOrBatchIsRefused() {
        LineToken token = new LineToken(
                A,
                CaName.ISSUING,
                5,
                new NamePattern("*"),
                List.of("device-mqtt", "device-ds-rsa"),
                Optional.of(new BatchId("L3W47")),
                NOW.plusSeconds(9),
                NOW);
        Quota quota = new Quota(List.of(new LedgerToken(token, 0)));
        Optional<BatchId> batch = token.batch();

        assertTrue(quota.choose(new QuotaClaim(CaName.ISSUING, "device-ds-rsa", "d", batch), NOW)
                .isPresent());
        assertFault(
                Fault.REFUSED,
                "CA root-ca is not the one of line token",
                () -> quota.choose(new QuotaClaim(new CaName("root-ca"), "device-mqtt", "d", batch), NOW));
        assertFault(
                Fault.REFUSED,
                "profile \"broker-server\" is not one that line token " + A + " allows: device-ds-rsa, device-mqtt",
                () -> quota.choose(new QuotaClaim(CaName.ISSUING, "broker-server", "d", batch), NOW));
        assertFault(
                Fault.REFUSED,
                "an order without batch is not what line token " + A + " allows: batch L3W47",
                () -> quota.choose(claim("d"), NOW));
    }

    @ParameterizedTest
    @CsvSource({
        "2026-12-31, 2027-01-01T00:00:00Z",
        "2026-12-31T10:00:00Z, 2026-12-31T10:00:00Z",
        "10d, 2026-03-11T12:00:00Z"
    })
    void anEndIsADateAnInstantOrADuration(String text, String end) {
        assertEquals(Instant.parse(end), Instants.until(text, NOW));
    }
}
