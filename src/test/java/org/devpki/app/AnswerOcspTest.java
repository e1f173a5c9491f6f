package org.devpki.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.devpki.ca.CertificateOrder;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.CertificateStatus;
import org.devpki.model.DevpkiException;
import org.devpki.model.IssuerAndSerialNumber;
import org.devpki.model.LedgerCa;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.OcspCertId;
import org.devpki.model.OcspResponse;
import org.devpki.model.RevocationReason;
import org.devpki.model.SerialNumber;
import org.devpki.testing.FixedClock;
import org.devpki.testing.TestKeys;
import org.devpki.testing.TestStore;
import org.devpki.x509.Certificates;
import org.devpki.x509.Engine;
import org.devpki.x509.ParsedTbs;
import org.devpki.x509.SigningKey;
import org.devpki.x509.TestOcsp;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers, new and kept ones, from a real ledger. */
class AnswerOcspTest {
    private static final int MUTATIONS = 10_000;

    @TempDir
    static Path folder;

    private static TestStore store;
    private static Workshop shop;
    private static AnswerOcsp answers;
    private static ParsedTbs issuer;

    @BeforeAll
    static void makesAStore() {
        store = TestStore.in(folder, FixedClock.at("2026-03-01T12:00:00Z"));
        shop = store.open();
        answers = shop.answerOcsp();
        issuer = shop.certificate(CaName.ISSUING).tbs();
    }

    @AfterAll
    static void closes() {
        shop.close();
    }

    private static Bytes request(ParsedTbs ca, SerialNumber serial) {
        return TestOcsp.request(ca, "SHA-1", serial, Optional.empty());
    }

    private static String status(ParsedTbs ca, LedgerCertificate row) {
        return TestOcsp.read(answers.run(request(ca, row.serial())).der().toArray())
                .certStatus();
    }

    private static void sql(String statement) {
        try (Connection ledger = DriverManager.getConnection(
                        "jdbc:sqlite:" + store.folder().resolve("ledger.db"));
                Statement sql = ledger.createStatement()) {
            sql.execute(statement);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    // Kept answers.

    @Test
    void aHoldCountsAtOnceAndSoDoesItsReleaseThoughAnswersAreKept() {
        LedgerCertificate row = store.issue(shop, "held");
        assertEquals("good", status(issuer, row));

        shop.revokeCertificate().run(row, RevocationReason.CERTIFICATE_HOLD);
        assertEquals("revoked 6", status(issuer, row));
        assertEquals("revoked 6", status(issuer, row));

        shop.revokeCertificate().run(shop.revokeCertificate().named("held"), RevocationReason.REMOVE_FROM_CRL);
        assertEquals("good", status(issuer, row));
    }

    @Test
    void anotherCertificatesRevocationCostsNoNewSignature() {
        LedgerCertificate row = store.issue(shop, "kept");
        OcspResponse first = answers.run(request(issuer, row.serial()));

        shop.revokeCertificate().run(store.issue(shop, "unlucky"), RevocationReason.KEY_COMPROMISE);

        assertEquals(first, answers.run(request(issuer, row.serial())));
        assertEquals(first, answers.run(request(issuer, row.serial())));
    }

    @Test
    void anAnswerByAResponderThatWasRevokedIsNotSaidAgain() {
        LedgerCertificate row = store.issue(shop, "signed-anew");
        Bytes request = request(issuer, row.serial());
        OcspResponse first = answers.run(request);

        shop.revokeCertificate()
                .run(shop.revokeCertificate().named("issuing-ca-ocsp"), RevocationReason.KEY_COMPROMISE);

        OcspResponse second = answers.run(request);
        assertNotEquals(
                TestOcsp.read(first.der().toArray()).responder(),
                TestOcsp.read(second.der().toArray()).responder());
        assertTrue(TestOcsp.isSigned(second.der().toArray()));
    }

    @Test
    void anUnknownSerialIsGoodAsSoonAsItIsIssued() {
        LedgerCertificate row = store.issue(shop, "late");
        sql("CREATE TABLE put_aside AS SELECT state, der FROM certificate WHERE name = 'late'");
        sql("UPDATE certificate SET state = 'reserved', der = NULL WHERE name = 'late'");
        assertEquals("unknown", status(issuer, row));

        sql("UPDATE certificate SET (state, der) = (SELECT state, der FROM put_aside) WHERE name = 'late'");

        assertEquals("good", status(issuer, row));
    }

    @Test
    void anAnswerThatWouldBeSaidAgainIsNotWhereItsSignatureDoesNotVerify() {
        SigningKey another = TestKeys.signing(TestKeys.P_256, "owner");
        Responders.Responder faulty = new Responders.Responder(
                shop.certificate(CaName.ISSUING), another, Instant.parse("2026-04-01T00:00:00Z"));

        for (Engine engine : List.of(Engine.PLAIN, Engine.forMany())) {
            assertNotSaid(faulty, Optional.empty(), engine);
        }
    }

    @Test
    void anAnswerToANonceIsNotSaidEitherWherePlainJavaSignedItWrongly() {
        SigningKey another = TestKeys.signing(TestKeys.P_256, "owner");
        Responders.Responder faulty = new Responders.Responder(
                shop.certificate(CaName.ISSUING), another, Instant.parse("2026-04-01T00:00:00Z"));

        assertNotSaid(faulty, Optional.of(Bytes.utf8("nonce")), Engine.PLAIN);
    }

    private static void assertNotSaid(Responders.Responder faulty, Optional<Bytes> nonce, Engine engine) {
        DevpkiException told = assertThrows(
                DevpkiException.class,
                () -> faulty.sign(Instant.parse("2026-03-01T12:00:00Z"), List.of(), nonce, engine));
        assertEquals("the signature just made does not verify; nothing was answered", told.sentence());
    }

    // Answers to a nonce, each signed anew; what they say is kept like other answers.

    private static String freshStatus(LedgerCertificate row) {
        Bytes request = TestOcsp.request(issuer, "SHA-1", row.serial(), Optional.of(Bytes.utf8("nonce")));
        return TestOcsp.read(answers.run(request).der().toArray()).certStatus();
    }

    @Test
    void aHoldAndItsReleaseCountAtOnceForANonceToo() {
        LedgerCertificate row = store.issue(shop, "held-nonce");
        assertEquals("good", freshStatus(row));
        assertEquals("good", freshStatus(row));

        shop.revokeCertificate().run(row, RevocationReason.CERTIFICATE_HOLD);
        assertEquals("revoked 6", freshStatus(row));
        assertEquals("revoked 6", freshStatus(row));

        shop.revokeCertificate().run(shop.revokeCertificate().named("held-nonce"), RevocationReason.REMOVE_FROM_CRL);
        assertEquals("good", freshStatus(row));
    }

    @Test
    void anUnknownSerialIsGoodForANonceAsSoonAsItIsIssued() {
        LedgerCertificate row = store.issue(shop, "late-nonce");
        sql("CREATE TABLE put_aside_too AS SELECT state, der FROM certificate WHERE name = 'late-nonce'");
        sql("UPDATE certificate SET state = 'reserved', der = NULL WHERE name = 'late-nonce'");
        assertEquals("unknown", freshStatus(row));

        sql("UPDATE certificate SET (state, der) = (SELECT state, der FROM put_aside_too) WHERE name = 'late-nonce'");

        assertEquals("good", freshStatus(row));
    }

    @Test
    void aResponderThatWasRevokedAnswersNoNonceEither() {
        LedgerCertificate row = store.issue(shop, "signed-anew-nonce");
        Bytes request = TestOcsp.request(issuer, "SHA-1", row.serial(), Optional.of(Bytes.utf8("nonce")));
        OcspResponse first = answers.run(request);

        shop.revokeCertificate()
                .run(shop.revokeCertificate().named("issuing-ca-ocsp"), RevocationReason.KEY_COMPROMISE);

        OcspResponse second = answers.run(request);
        assertNotEquals(
                TestOcsp.read(first.der().toArray()).responder(),
                TestOcsp.read(second.der().toArray()).responder());
        assertTrue(TestOcsp.isSigned(second.der().toArray()));
    }

    @Test
    void theAnswersThatWereNotAskedForLongestAreForgottenFirst() {
        SignedAnswers two = new SignedAnswers(2);
        two.keep(id("01"), signed());
        two.keep(id("02"), signed());
        assertTrue(two.about(id("01")).isPresent());

        two.keep(id("03"), signed());

        assertTrue(two.about(id("01")).isPresent());
        assertEquals(Optional.empty(), two.about(id("02")));
    }

    @Test
    void aCertIdThatIsBlownUpIsNotKept() {
        SignedAnswers two = new SignedAnswers(2);
        OcspCertId blownUp = id("00".repeat(257));

        two.keep(blownUp, signed());

        assertEquals(Optional.empty(), two.about(blownUp));
    }

    private static OcspCertId id(String der) {
        return new OcspCertId(Bytes.fromHex(der), "SHA-1", Bytes.utf8(""), Bytes.utf8(""), BigInteger.ONE);
    }

    private static SignedAnswers.Signed signed() {
        return new SignedAnswers.Signed(
                new OcspResponse(Bytes.utf8("answer"), Optional.empty()),
                new CertificateStatus.Good(),
                SerialNumber.parse("4f01"),
                1);
    }

    // Several CAs.

    @Test
    void aCaThatIsAddedWhileTheResponderRunsHasItsOwnAnswers() {
        LedgerCertificate ours = store.issue(shop, "ours");
        assertEquals("good", status(issuer, ours));
        CaName line = new CaName("line-2-ca");
        ParsedTbs lineIssuer = addCa(line); // with the same subject, so that its key alone tells it apart
        LedgerCertificate theirs = store.issue(shop, "theirs", line);

        assertEquals("good", status(lineIssuer, theirs));
        assertEquals("unknown", status(issuer, theirs));
        assertEquals("unknown", status(lineIssuer, ours));
        assertEquals("good", status(issuer, ours));
        ParsedTbs responder = Certificates.parse(TestOcsp.read(answers.run(request(lineIssuer, theirs.serial()))
                                .der()
                                .toArray())
                        .responder()
                        .orElseThrow())
                .tbs();
        assertEquals(lineIssuer.subjectKeyId(), responder.authorityKeyId());

        shop.revokeCertificate().run(theirs, RevocationReason.SUPERSEDED);

        assertEquals("revoked 4", status(lineIssuer, theirs));
        assertEquals("good", status(issuer, ours));
    }

    private static ParsedTbs addCa(CaName name) {
        String uri = "file:" + name + ".key.pem";
        try (SigningKey key = shop.keyRing().create(uri, TestKeys.P_256)) {
            IssuerAndSerialNumber own = new Issuing(shop)
                    .issue(
                            new Issuing.Wanted(
                                    name.value(),
                                    shop.profile("issuing-ca"),
                                    CaName.ROOT,
                                    new CertificateOrder(name.value(), key.publicKey(), List.of(), Optional.empty()),
                                    Bytes.utf8("order").sha256(),
                                    Optional.empty(),
                                    false,
                                    Set.of(),
                                    List.of(),
                                    Optional.empty(),
                                    certificate -> {}),
                            shop.authority(CaName.ROOT))
                    .of();
            shop.store().addCa(new LedgerCa(name, Optional.of(CaName.ROOT), own.serial(), uri));
            shop.store().deliver(own, "ca");
        }
        new Responders(shop).renew(name);
        return shop.certificate(name).tbs();
    }

    @Test
    void theRootHasNoResponderAndItsCertificatesAreOnItsCrl() {
        ParsedTbs root = shop.certificate(CaName.ROOT).tbs();

        for (CaName ca : List.of(CaName.ROOT, CaName.ISSUING)) {
            Bytes request = request(root, shop.ca(ca).serial());
            assertEquals(6, TestOcsp.read(answers.run(request).der().toArray()).responseStatus());
        }
    }

    // Broken requests.

    @Test
    void mutatedRequestsGetNoExceptionAndNeverAWrongAnswer() {
        LedgerCertificate good = store.issue(shop, "good");
        LedgerCertificate revoked = store.issue(shop, "revoked");
        shop.revokeCertificate().run(revoked, RevocationReason.KEY_COMPROMISE);
        List<Bytes> valid = List.of(
                request(issuer, good.serial()),
                request(issuer, revoked.serial()),
                TestOcsp.request(issuer, "SHA-256", good.serial(), Optional.empty()),
                TestOcsp.request(issuer, "SHA-256", good.serial(), Optional.of(Bytes.utf8("nonce"))),
                TestOcsp.request(issuer, List.of(good.serial(), revoked.serial(), SerialNumber.parse("4f00"))));
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        TreeMap<String, Integer> seen = new TreeMap<>();

        for (int i = 0; i < MUTATIONS; i++) {
            Bytes request = mutated(valid.get(i % valid.size()), random);
            String what = "seed " + seed + ", request " + i + ": " + request.hex();
            byte[] answer;
            try {
                answer = answers.run(request).der().toArray();
            } catch (RuntimeException | StackOverflowError e) {
                throw new AssertionError(what, e);
            }
            List<TestOcsp.Told> all = TestOcsp.told(answer, issuer);
            seen.merge(all.isEmpty() ? "error" : "answer", 1, Integer::sum);
            for (TestOcsp.Told told : all) {
                seen.merge(told.status(), 1, Integer::sum);
                assertEquals(expected(told), told.status(), what);
            }
        }

        assertTrue(
                seen.keySet().containsAll(Set.of("error", "answer", "good", "revoked 1", "unknown")),
                () -> "the mutations reach every kind of answer: " + seen);
    }

    /** What the ledger knows of the certificate that the answer itself names; nothing but that may be said. */
    private static String expected(TestOcsp.Told told) {
        if (!told.isOfIssuer() || told.serial().signum() <= 0 || told.serial().bitLength() > 159) {
            return "unknown";
        }
        return shop.store()
                .certificate(new IssuerAndSerialNumber(CaName.ISSUING, new SerialNumber(told.serial())))
                .map(row -> row.revocation()
                        .map(revocation -> "revoked " + revocation.reason().code())
                        .orElse("good"))
                .orElse("unknown");
    }

    /** One to four changes: an octet set, a bit flipped, a piece cut out, doubled or copied over another. */
    private static Bytes mutated(Bytes valid, Random random) {
        List<Byte> octets = new ArrayList<>();
        for (byte octet : valid.toArray()) {
            octets.add(octet);
        }
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes && !octets.isEmpty(); i++) {
            int at = random.nextInt(octets.size());
            int end = Math.min(octets.size(), at + 1 + random.nextInt(8));
            switch (random.nextInt(6)) {
                case 0 -> octets.set(at, (byte) random.nextInt(256));
                case 1, 2 -> octets.set(at, (byte) (octets.get(at) ^ (1 << random.nextInt(8))));
                case 3 -> octets.subList(at, end).clear();
                case 4 -> octets.addAll(at, List.copyOf(octets.subList(at, end)));
                default -> {
                    int from = random.nextInt(octets.size());
                    for (int j = 0; j < end - at && from + j < octets.size(); j++) {
                        octets.set(at + j, octets.get(from + j));
                    }
                }
            }
        }
        byte[] all = new byte[octets.size()];
        for (int i = 0; i < all.length; i++) {
            all[i] = octets.get(i);
        }
        return Bytes.of(all);
    }
}
