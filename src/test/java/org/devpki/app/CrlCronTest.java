package org.devpki.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.devpki.files.WholeFiles;
import org.devpki.model.Checkpoint;
import org.devpki.model.CrlDer;
import org.devpki.testing.Finished;
import org.devpki.testing.FixedClock;
import org.devpki.testing.InProcess;
import org.devpki.x509.Crls;
import org.devpki.x509.ParsedCrl;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code crl publish --if-needed} tells cron and monitoring. */
class CrlCronTest {
    private static final Instant START = Instant.parse("2026-11-22T12:00:00Z");

    @TempDir
    Path folder;

    private final FixedClock clock = FixedClock.at("2026-11-22T12:00:00.900Z");
    private InProcess devpki;
    private Path metrics;

    @BeforeEach
    void aStoreWithADevice() throws IOException {
        Files.writeString(folder.resolve("passphrase"), "correct horse\n");
        metrics = folder.resolve("devpki.prom");
        devpki = InProcess.in(folder).at(clock);
        devpki.run("init", "--root-key", "P-256", "--crl-url", "http://crl.example", "--ocsp-url", "http://o.example")
                .exiting(0);
        devpki.run("issue", "d1", "--out", folder.resolve("out").toString()).exiting(0);
    }

    private Finished publish() {
        return devpki.run("crl", "publish", "--if-needed", "--metrics", metrics.toString());
    }

    private String written() throws IOException {
        return Files.readString(metrics);
    }

    /** The value of a sample, or {@code none}. */
    private String sample(String name) throws IOException {
        Matcher line = Pattern.compile("(?m)^" + Pattern.quote("devpki_crl_" + name) + " (.*)$")
                .matcher(written());
        return line.find() ? line.group(1) : "none";
    }

    private String nextUpdate(String crl) throws IOException {
        return sample("next_update_timestamp_seconds{crl=\"" + crl + "\"}");
    }

    private Path shelf(String file) {
        return folder.resolve("pki/publish/crl").resolve(file);
    }

    // Metrics.

    @Test
    void metricsAreWholeAndReadableByOthers() throws IOException {
        devpki.run("revoke", "d1").exiting(0);

        Finished published = publish().exiting(0);

        long made = START.getEpochSecond();
        long end = made + Duration.ofDays(7).toSeconds();
        String number = published.out().replaceFirst("(?s)published CRL ([0-9]+) of issuing-ca: 1 revoked.*", "$1");
        String rootNumber = sample("number{crl=\"root-ca\"}");
        assertEquals(
                """
                # HELP devpki_crl_publish_success Whether the last run of crl publish did all that it was to do.
                # TYPE devpki_crl_publish_success gauge
                devpki_crl_publish_success 1
                # HELP devpki_crl_publish_timestamp_seconds When crl publish last ran, well or not.
                # TYPE devpki_crl_publish_timestamp_seconds gauge
                devpki_crl_publish_timestamp_seconds %1$d
                # HELP devpki_crl_this_update_timestamp_seconds When the CRL was made.
                # TYPE devpki_crl_this_update_timestamp_seconds gauge
                devpki_crl_this_update_timestamp_seconds{crl="root-ca"} %1$d
                devpki_crl_this_update_timestamp_seconds{crl="issuing-ca"} %1$d
                # HELP devpki_crl_next_update_timestamp_seconds When the CRL expires.
                # TYPE devpki_crl_next_update_timestamp_seconds gauge
                devpki_crl_next_update_timestamp_seconds{crl="root-ca"} %2$d
                devpki_crl_next_update_timestamp_seconds{crl="issuing-ca"} %2$d
                # HELP devpki_crl_number The CRL number.
                # TYPE devpki_crl_number gauge
                devpki_crl_number{crl="root-ca"} %3$s
                devpki_crl_number{crl="issuing-ca"} %4$s
                # HELP devpki_crl_entries How many certificates the CRL lists.
                # TYPE devpki_crl_entries gauge
                devpki_crl_entries{crl="root-ca"} 0
                devpki_crl_entries{crl="issuing-ca"} 1
                # HELP devpki_crl_bytes Size of the CRL's DER.
                # TYPE devpki_crl_bytes gauge
                devpki_crl_bytes{crl="root-ca"} %5$d
                devpki_crl_bytes{crl="issuing-ca"} %6$d
                # HELP devpki_crl_behind Whether the ledger knows of revocations that the CRL lacks.
                # TYPE devpki_crl_behind gauge
                devpki_crl_behind{crl="root-ca"} 0
                devpki_crl_behind{crl="issuing-ca"} 0
                """.formatted(
                                made,
                                end,
                                rootNumber,
                                number,
                                Files.size(shelf("root-ca.crl")),
                                Files.size(shelf("issuing-ca.crl"))),
                written());
        assertEquals("644", WholeFiles.mode(metrics));
    }

    @Test
    void aPublicationThatFailsSaysSoInTheMetricsWithWhatIsStillLegible() throws IOException {
        publish().exiting(0);
        Files.writeString(shelf("root-ca.crl"), "not a CRL");

        publish().exiting(8);

        assertEquals("0", sample("publish_success"));
        assertEquals("0", sample("behind{crl=\"issuing-ca\"}"));
        assertEquals("none", nextUpdate("root-ca"));
    }

    @Test
    void metricsAreWrittenWithoutAStoreToo() throws IOException {
        devpki.run("crl", "publish", "--store", folder.resolve("none").toString(), "--metrics", metrics.toString())
                .exiting(3);

        assertEquals("0", sample("publish_success"));
    }

    @Test
    void metricsThatCannotBeWrittenAreAnErrorButTheCrlIsOut() {
        devpki.run("revoke", "d1").exiting(0);

        Finished published = devpki.run(
                "crl",
                "publish",
                "--metrics",
                folder.resolve("nowhere/devpki.prom").toString());

        assertEquals(3, published.exit(), published::all);
        assertTrue(published.err().contains("nowhere/devpki.prom"), published::err);
        devpki.run("crl", "check").exiting(0);
    }

    @Test
    void aCaWithoutItsKeyIsExit9AndItsAgeingCrlIsInTheMetrics() throws IOException {
        publish().exiting(0);
        String before = nextUpdate("root-ca");
        Files.delete(folder.resolve("pki/keys/root-ca.key.pem"));
        clock.advance(Duration.ofDays(8));

        Finished published = publish().exiting(9);

        assertTrue(published.err().contains("CRLs of issuing-ca are published all the same"), published::err);
        assertEquals("0", sample("publish_success"));
        assertEquals(before, nextUpdate("root-ca"));
        assertEquals(Long.toString(START.plus(Duration.ofDays(15)).getEpochSecond()), nextUpdate("issuing-ca"));
    }

    // What is due afterwards.

    @Test
    void aRevocationThatComesDuringTheRunIsExit10AndTheNextRunPublishesIt() throws IOException {
        clock.advance(Duration.ofDays(4));
        devpki.at(Checkpoint.Step.PUBLISH_8_RECORDED, () -> devpki.run("revoke", "d1"))
                .run("crl", "publish", "--if-needed", "--metrics", metrics.toString())
                .exiting(10);
        assertEquals("1", sample("publish_success"));
        assertEquals("1", sample("behind{crl=\"issuing-ca\"}"));

        publish().exiting(0);

        assertEquals("0", sample("behind{crl=\"issuing-ca\"}"));
        assertEquals("1", sample("entries{crl=\"issuing-ca\"}"));
    }

    @Test
    void withNothingDueItIsSilentAndOpensNoKey() throws IOException {
        Files.delete(folder.resolve("passphrase"));

        assertEquals("", publish().exiting(0).all());

        assertEquals("1", sample("publish_success"));
    }

    // What a delta CRL adds to.

    private void setting(String before, String after) throws IOException {
        Path settings = folder.resolve("pki/devpki.yaml");
        String text = Files.readString(settings);
        assertTrue(text.contains(before), text);
        Files.writeString(settings, text.replace(before, after));
    }

    private ParsedCrl shelved(String file) {
        return Crls.parse(new CrlDer(WholeFiles.source(shelf(file))));
    }

    @Test
    void aDeltaAddsToTheCrlOnTheShelfThoughItsLifeIsLongerThanTheSettingsSayNow() throws IOException {
        setting("# delta-validity: 1h", "delta-validity: 1h");
        publish().exiting(0);
        setting("\n  validity: 7d", "\n  validity: 1d");
        clock.advance(Duration.ofDays(2));

        publish().exiting(0);

        assertEquals(START, shelved("issuing-ca.crl").thisUpdate());
        assertEquals(
                START.plus(Duration.ofDays(2)), shelved("issuing-ca.delta.crl").thisUpdate());
        assertEquals(
                shelved("issuing-ca.crl").number(),
                shelved("issuing-ca.delta.crl").baseNumber());
    }

    @Test
    void aDeltaAddsToTheCrlWhosePublisherDiedBeforeTheLedgerKnew() throws IOException {
        setting("# delta-validity: 1h", "delta-validity: 1h");
        setting("shards: 0", "shards: 1");
        devpki.at(Checkpoint.Step.PUBLISH_5_DER_SHELVED, () -> {
                    if (Files.exists(shelf("issuing-ca.1.crl"))) {
                        throw new IllegalStateException("dies");
                    }
                })
                .run("crl", "publish", "--if-needed")
                .exiting(1);
        Optional<BigInteger> number = shelved("issuing-ca.1.crl").number();

        publish().exiting(0);
        devpki.run("revoke", "d1").exiting(0);
        publish().exiting(0);

        assertEquals(number, shelved("issuing-ca.1.delta.crl").baseNumber());
    }

    // The clock.

    @Test
    void aClockThatWentBackIsToldEvenWhenNothingSeemsDue() throws IOException {
        clock.advance(Duration.ofDays(1));
        devpki.run("issue", "d2", "--out", folder.resolve("out").toString()).exiting(0);
        clock.advance(Duration.ofHours(-5));

        Finished refused = publish().exiting(8);

        assertTrue(
                refused.err()
                        .contains("the clock says 2026-11-23T07:00:00.900Z, but the ledger's last entry is of"
                                + " 2026-11-23T12:00:00.900Z\nhint: set the clock right"),
                refused::err);
        assertEquals("0", sample("publish_success"));
    }

    @Test
    void thisUpdateIsNeverInTheFuture() throws IOException {
        devpki.run("crl", "publish", "--metrics", metrics.toString()).exiting(0);

        String thisUpdate = sample("this_update_timestamp_seconds{crl=\"issuing-ca\"}");
        assertEquals(Long.toString(START.getEpochSecond()), thisUpdate);
        assertFalse(Instant.ofEpochSecond(Long.parseLong(thisUpdate)).isAfter(clock.instant()));
    }
}
