package org.devpki.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.devpki.model.BatchId;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.CertificateDer;
import org.devpki.model.CrlName;
import org.devpki.model.Fault;
import org.devpki.model.IssuerAndSerialNumber;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.Percentage;
import org.devpki.model.Reservation;
import org.devpki.model.Revocation;
import org.devpki.model.RevocationReason;
import org.devpki.model.SerialNumber;
import org.devpki.testing.Faults;
import org.devpki.testing.FixedClock;
import org.devpki.testing.TestStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForecastCrlsTest {
    private static final CrlName MAIN = CrlName.main(CaName.ISSUING);
    private static final BatchId BATCH = new BatchId("L3W47");

    @TempDir
    Path folder;

    private final FixedClock clock = FixedClock.at("2026-11-22T12:00:00Z");
    private TestStore made;
    private Workshop shop;
    private LedgerCertificate model;
    private int count = 0;

    @BeforeEach
    void aStore() {
        made = TestStore.in(folder, clock);
        shop = made.open();
        model = made.issue(shop, "model");
    }

    @AfterEach
    void closes() {
        shop.close();
    }

    /** Certificates in the ledger; what they are does not matter here. */
    private List<IssuerAndSerialNumber> issued(int many, int shard) {
        return java.util.stream.Stream.generate(() -> issued(shard)).limit(many).toList();
    }

    private IssuerAndSerialNumber issued(int shard) {
        count++;
        Reservation like = model.reservation();
        IssuerAndSerialNumber of =
                new IssuerAndSerialNumber(like.ca(), SerialNumber.parse(String.format("4%031x", count)));
        shop.store()
                .reserve(
                        new Reservation(
                                of.issuer(),
                                of.serial(),
                                "d" + count,
                                like.profile(),
                                like.profileHash(),
                                like.orderHash(),
                                Bytes.utf8("key" + count).sha256(),
                                Bytes.utf8("tbs" + count).sha256(),
                                like.validity(),
                                shard,
                                Optional.of(BATCH),
                                true),
                        Set.of(),
                        List.of());
        shop.store().record(of, new CertificateDer(Bytes.utf8("certificate " + count)));
        return of;
    }

    private void revoke(List<IssuerAndSerialNumber> serials, RevocationReason reason) {
        serials.forEach(of -> shop.store().revoke(of, new Revocation(clock.instant(), reason)));
    }

    private ForecastCrls.Forecast forecast(Optional<BatchId> batch, int years, String perYear) {
        Optional<Percentage> share =
                Optional.of(perYear).filter(text -> !text.isEmpty()).map(Percentage::parse);
        return shop.forecastCrls().run(new ForecastCrls.Order(batch, years, share, 65_536));
    }

    private static ForecastCrls.Ca issuing(ForecastCrls.Forecast forecast) {
        return forecast.cas().get(1);
    }

    private static Map<CrlName, ForecastCrls.Crl> crls(ForecastCrls.Forecast forecast) {
        return issuing(forecast).crls().stream().collect(Collectors.toMap(ForecastCrls.Crl::name, Function.identity()));
    }

    private long onShelf(String file) throws IOException {
        return Files.size(made.folder().resolve("publish/crl").resolve(file));
    }

    /** The forecast has a signature of the greatest length; ECDSA's are up to some octets shorter. */
    private static void assertJustAbove(long actual, long forecast) {
        assertTrue(actual <= forecast && forecast <= actual + 8, forecast + " for " + actual);
    }

    @Test
    void todaysSizesAreThoseOfThePublishedFiles() throws IOException {
        revoke(issued(40, 0), RevocationReason.KEY_COMPROMISE);
        revoke(issued(5, 0), RevocationReason.UNSPECIFIED);
        shop.store()
                .revoke(
                        issued(0),
                        new Revocation(clock.instant(), RevocationReason.SUPERSEDED, Optional.of(clock.instant())));
        shop.publishCrl().run(new CrlOrder(Optional.empty(), false, List.of(), Optional.empty()));

        ForecastCrls.Forecast forecast = forecast(Optional.empty(), 5, "");

        assertEquals(46, crls(forecast).get(MAIN).today().entries());
        assertJustAbove(
                onShelf("issuing-ca.crl"), crls(forecast).get(MAIN).today().octets());
        assertJustAbove(
                onShelf("root-ca.crl"),
                forecast.cas().get(0).crls().get(0).today().octets());
        long all = onShelf("all.crl.pem");
        assertTrue(
                all <= forecast.today().octets() && forecast.today().octets() <= all + 24,
                forecast.today().octets() + " for " + all);
    }

    @Test
    void aBatchCountsAsRevokedOnceAndOnlyWhereItIsLive() throws IOException {
        List<IssuerAndSerialNumber> batch = issued(30, 0);
        revoke(batch.subList(0, 10), RevocationReason.KEY_COMPROMISE);

        ForecastCrls.Size withBatch =
                crls(forecast(Optional.of(BATCH), 5, "")).get(MAIN).withBatch().orElseThrow();
        revoke(batch.subList(10, 30), RevocationReason.KEY_COMPROMISE);
        shop.publishCrl().run(new CrlOrder(Optional.empty(), false, List.of(), Optional.empty()));

        assertEquals(30, withBatch.entries());
        Faults.assertFault(
                Fault.NOT_FOUND,
                "no certificate is in batch nobody",
                () -> forecast(Optional.of(new BatchId("nobody")), 5, ""));
        assertJustAbove(onShelf("issuing-ca.crl"), withBatch.octets());
    }

    @Test
    void theRateOfTheLastYearGoesOnAndWhatExpiresLeaves() {
        List<IssuerAndSerialNumber> fleet = issued(50, 0);
        revoke(fleet.subList(0, 20), RevocationReason.KEY_COMPROMISE);
        clock.advance(Duration.ofDays(366));
        revoke(fleet.subList(20, 22), RevocationReason.KEY_COMPROMISE);

        ForecastCrls.Ca soon = issuing(forecast(Optional.empty(), 3, ""));

        // 28 of the fleet, the model; the responder has expired
        assertEquals(29, soon.live());
        assertEquals(2, soon.revokedLastYear());
        assertEquals("6.45%", soon.perYear().toString());
        assertEquals(22, soon.crls().get(0).today().entries());
        assertEquals(22 + 6, soon.crls().get(0).later().entries()); // 3 times 6.45 % of 29

        clock.advance(Duration.ofDays(365));
        Duration life =
                Duration.between(clock.instant(), model.reservation().validity().notAfter());
        int years = (int) (life.toDays() / 365) + 1;
        assertTrue(years <= 50, "this test needs certificates that expire");
        assertEquals(
                0,
                crls(forecast(Optional.empty(), years, "0%")).get(MAIN).later().entries());
    }

    @Test
    void eachShardHasItsOwnAndTheMainCrlListsAll() {
        revoke(issued(3, 1), RevocationReason.KEY_COMPROMISE);
        revoke(issued(5, 2), RevocationReason.KEY_COMPROMISE);
        issued(40, 2);

        Map<CrlName, ForecastCrls.Crl> crls = crls(forecast(Optional.of(BATCH), 5, "5%"));

        ForecastCrls.Crl one = crls.get(CrlName.ofShard(CaName.ISSUING, 1));
        ForecastCrls.Crl two = crls.get(CrlName.ofShard(CaName.ISSUING, 2));
        assertEquals(
                List.of(3L, 5L, 8L),
                entries(one.today(), two.today(), crls.get(MAIN).today()));
        assertEquals(
                List.of(3L, 45L, 48L),
                entries(
                        one.withBatch().orElseThrow(),
                        two.withBatch().orElseThrow(),
                        crls.get(MAIN).withBatch().orElseThrow()));
        assertEquals(List.of(3L, 15L), entries(one.later(), two.later()));
        assertEquals(
                two.today().octets()
                        + 10L * issuing(forecast(Optional.empty(), 5, "5%")).entryOctets()
                        + 1,
                two.later().octets()); // the length of the list has an octet more
    }

    private static List<Long> entries(ForecastCrls.Size... sizes) {
        return java.util.Arrays.stream(sizes).map(ForecastCrls.Size::entries).toList();
    }

    @Test
    void noMoreThanTheFleetIsRevokedAndShardsThatKeepEachBelowTheLimitAreAdvised() {
        issued(60, 0);

        ForecastCrls.Forecast all = forecast(Optional.empty(), 50, "100%");
        int octets = issuing(all).entryOctets();

        assertEquals(62, crls(all).get(MAIN).later().entries()); // with the model and the responder
        assertEquals(OptionalInt.of(1), issuing(all).shards());
        assertEquals(OptionalInt.empty(), all.cas().get(0).shards());
        // 1024 octets hold the frame of some 400 and 16 entries or more, 12 entries are the room beyond
        int shards = shards(1024 + 12L * octets).orElseThrow();
        double mean = 62.0 / shards;
        assertTrue(mean + 4 * Math.sqrt(mean) < 32 && mean > 62.0 / 16, shards + " shards");
    }

    private OptionalInt shards(long limit) {
        return issuing(shop.forecastCrls()
                        .run(new ForecastCrls.Order(Optional.empty(), 1, Optional.of(Percentage.parse("100%")), limit)))
                .shards();
    }
}
