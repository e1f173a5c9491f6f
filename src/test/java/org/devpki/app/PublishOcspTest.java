package org.devpki.app;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.devpki.ca.CertificateOrder;
import org.devpki.files.WholeFiles;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.CertificateDer;
import org.devpki.model.Fault;
import org.devpki.model.IssuerAndSerialNumber;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.OcspAnswer;
import org.devpki.model.PublicKeyDer;
import org.devpki.model.RevocationReason;
import org.devpki.model.SerialReference;
import org.devpki.testing.FixedClock;
import org.devpki.testing.TestAuthority;
import org.devpki.testing.TestKeys;
import org.devpki.testing.TestStore;
import org.devpki.x509.Certificates;
import org.devpki.x509.Keys;
import org.devpki.x509.Ocsp;
import org.devpki.x509.OcspClient;
import org.devpki.x509.ParsedCertificate;
import org.devpki.x509.ParsedOcspResponse;
import org.devpki.x509.ParsedTbs;
import org.devpki.x509.SigningKey;
import org.devpki.x509.TestOcsp;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers as files, from a ledger with two devices and the responder, and what monitoring says of them. */
class PublishOcspTest {
    private static final String START = "2026-03-01T12:00:00Z";

    @TempDir
    static Path first;

    private static TestStore template;

    @TempDir
    Path folder;

    private final FixedClock clock = FixedClock.at(START);
    private TestStore store;
    private Workshop shop;
    private ParsedTbs issuer;
    private LedgerCertificate one;
    private LedgerCertificate two;

    @BeforeAll
    static void makesAStore() {
        template = TestStore.in(first, FixedClock.at(START));
        try (Workshop open = template.open()) {
            template.issue(open, "one");
            template.issue(open, "two");
        }
    }

    @BeforeEach
    void opensItsOwnCopy() {
        store = template.copyTo(folder, clock);
        shop = store.open();
        issuer = shop.certificate(CaName.ISSUING).tbs();
        one = shop.revokeCertificate().named("one");
        two = shop.revokeCertificate().named("two");
    }

    @AfterEach
    void closes() {
        shop.close();
    }

    private Path answers() {
        return folder.resolve("www/ocsp");
    }

    private void assertPublishes(long written, long kept, long removed) {
        PublishOcsp.Published expected = new PublishOcsp.Published(answers().toString(), written, kept, removed);
        assertEquals(expected, shop.publishOcsp().run(Optional.of(answers())));
        assertEquals(written + kept, files().size());
    }

    private List<Path> files() {
        try (Stream<Path> all = Files.walk(answers())) {
            return all.filter(Files::isRegularFile).toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Where a client's request leads to, by another code than the publisher's. */
    private Path file(LedgerCertificate row) {
        Bytes request = TestOcsp.request(issuer, "SHA-1", row.serial(), Optional.empty());
        return Path.of(answers() + "/" + Base64.getEncoder().encodeToString(request.toArray()));
    }

    private byte[] answer(LedgerCertificate row) {
        return WholeFiles.read(file(row), 10_000).toArray();
    }

    private String status(LedgerCertificate row) {
        return TestOcsp.read(answer(row)).certStatus();
    }

    private void sql(String statement) {
        try (Connection ledger = DriverManager.getConnection(
                        "jdbc:sqlite:" + store.folder().resolve("ledger.db"));
                Statement sql = ledger.createStatement()) {
            sql.execute(statement);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    // What is written.

    @Test
    void everyCertificateHasItsAnswerUnderThePathOfItsRequest() {
        assertPublishes(3, 0, 0);

        assertEquals("good", status(one));
        assertTrue(TestOcsp.isSigned(answer(one)));
        ParsedOcspResponse.Single single =
                OcspClient.parse(Bytes.of(answer(two))).singles().get(0);
        assertEquals(two.serial().value(), single.serial());
        assertEquals(Instant.parse(START), single.thisUpdate());
        assertEquals(Optional.of(Instant.parse("2026-03-08T12:00:00Z")), single.nextUpdate());
        assertEquals("644", WholeFiles.mode(file(one)));
        for (Path above = file(one).getParent(); !folder.equals(above); above = above.getParent()) {
            assertEquals("755", WholeFiles.mode(above), above::toString);
        }
    }

    @Test
    void onlyWhatChangedIsWrittenAgain() {
        assertPublishes(3, 0, 0);
        assertPublishes(0, 3, 0);

        shop.revokeCertificate().run(one, RevocationReason.CERTIFICATE_HOLD);
        assertPublishes(1, 2, 0);
        assertEquals("revoked 6", status(one));

        shop.revokeCertificate().run(shop.revokeCertificate().named("one"), RevocationReason.REMOVE_FROM_CRL);
        store.issue(shop, "three");
        assertPublishes(2, 2, 0);
        assertEquals("good", status(one));
    }

    @Test
    void anAnswerIsRenewedWhenHalfItsLifeIsOver() {
        assertPublishes(3, 0, 0);
        clock.advance(Duration.ofHours(83)); // of 168
        assertPublishes(0, 3, 0);

        clock.advance(Duration.ofHours(1));
        assertPublishes(3, 0, 0);

        clock.advance(Duration.ofMinutes(-1)); // it was ahead
        assertPublishes(3, 0, 0);
    }

    @Test
    void anAnswerNeverOutlivesAResponderThatCannotBeRenewed() throws IOException {
        Files.delete(store.folder().resolve("keys/issuing-ca.key.pem"));
        clock.advance(Duration.ofDays(13)); // of 14

        assertPublishes(3, 0, 0);

        Instant end = OcspClient.parse(Bytes.of(answer(one)))
                .singles()
                .get(0)
                .nextUpdate()
                .orElseThrow();
        ParsedTbs responder = Certificates.parse(
                        TestOcsp.read(answer(one)).responder().orElseThrow())
                .tbs();
        assertEquals(responder.notAfter().at(), end);
    }

    @Test
    void theAnswerAboutAnExpiredCertificateGoesWithItsFolder() throws IOException {
        assertPublishes(3, 0, 0);
        sql("UPDATE certificate SET not_after = " + Instant.parse(START).toEpochMilli() + " WHERE name = 'one'");
        Files.createFile(answers().resolve("index.html"));

        clock.advance(Duration.ofSeconds(1));

        PublishOcsp.Published published = shop.publishOcsp().run(Optional.of(answers()));
        assertEquals(1, published.removed());
        assertFalse(Files.exists(file(one)));
        assertTrue(Files.exists(answers().resolve("index.html")));
        try (Stream<Path> all = Files.walk(answers())) {
            List<Path> empty = all.filter(path ->
                            Files.isDirectory(path) && WholeFiles.list(path).isEmpty())
                    .toList();
            assertEquals(List.of(), empty);
        }
        assertEquals(0, shop.publishOcsp().run(Optional.of(answers())).removed());
    }

    @Test
    void aReservedSerialHasNoAnswerUntilItIsRevoked() {
        sql("UPDATE certificate SET state = 'reserved', der = NULL WHERE name = 'one'");
        assertPublishes(2, 0, 0);
        assertFalse(Files.exists(file(one)));

        shop.revokeCertificate()
                .run(
                        shop.revokeCertificate()
                                .withSerial(SerialReference.parse(
                                        one.issuerAndSerial().toString())),
                        RevocationReason.SUPERSEDED);

        assertPublishes(1, 2, 0);
        assertEquals("revoked 4", status(one));
    }

    @Test
    void aDamagedAMissingAndAStrangersAnswerAreWrittenAnew() throws IOException {
        assertPublishes(3, 0, 0);
        byte[] whole = answer(one);
        Files.write(file(one), java.util.Arrays.copyOf(whole, whole.length - 1));
        assertPublishes(1, 2, 0);

        Files.write(file(one), answer(two));
        assertPublishes(1, 2, 0);
        assertEquals("good", status(one));

        Files.delete(file(two));
        assertPublishes(1, 2, 0);
    }

    @Test
    void answersOfAResponderThatIsRevokedAreSignedByTheNextOne() {
        assertPublishes(3, 0, 0);
        var before = TestOcsp.read(answer(two)).responder();

        shop.revokeCertificate()
                .run(shop.revokeCertificate().named("issuing-ca-ocsp"), RevocationReason.KEY_COMPROMISE);
        shop.publishOcsp().run(Optional.of(answers()));

        assertNotEquals(before, TestOcsp.read(answer(two)).responder());
        assertTrue(TestOcsp.isSigned(answer(two)));
    }

    @Test
    void whatAKilledPublisherLeftIsSwept() throws IOException {
        assertPublishes(3, 0, 0);
        Path left = Files.createFile(file(one).resolveSibling("." + file(one).getFileName() + ".devpki-tmp-1-2"));

        assertPublishes(0, 3, 0);

        assertFalse(Files.exists(left));
    }

    @Test
    void aFolderWhosePublisherWasKilledBeforeItHadItsModeIsOpenToAll() throws IOException {
        Path above = Files.createDirectories(file(one).getParent());
        Files.setPosixFilePermissions(above, PosixFilePermissions.fromString("rwx------"));

        assertPublishes(3, 0, 0);

        assertEquals("755", WholeFiles.mode(above));
    }

    @Test
    void publishingIsInTheAuditIfItChangedSomething() {
        long before = shop.store().auditHead().entries();
        assertPublishes(3, 0, 0);
        assertPublishes(0, 3, 0);

        assertEquals(before + 1, shop.store().auditHead().entries());
    }

    // What monitoring says of it.

    private List<CheckOcsp.Checked> check(String... minRemaining) {
        return shop.checkOcsp()
                .run(
                        shop.checkOcsp().folder(answers()),
                        Stream.of(minRemaining).map(Duration::parse).findFirst());
    }

    private static Urgency urgency(List<CheckOcsp.Checked> checked) {
        return checked.stream().map(CheckOcsp.Checked::urgency).reduce(Urgency.NONE, Urgency::or);
    }

    private static List<String> expected(List<CheckOcsp.Checked> checked) {
        return checked.stream().map(one -> one.expected().word()).toList();
    }

    @Test
    void monitoringLooksAtOneLiveAndOneRevokedCertificate() {
        shop.revokeCertificate().run(one, RevocationReason.KEY_COMPROMISE);
        assertEquals(Urgency.TOO_LATE, urgency(check()));
        assertPublishes(3, 0, 0);

        assertEquals(List.of("good", "revoked"), expected(check()));
        assertEquals(Urgency.NONE, urgency(check()));
        assertEquals(Urgency.NONE, urgency(check("PT167H")));
        assertEquals(Urgency.SOON, urgency(check("PT169H")));

        clock.advance(Duration.ofHours(85));
        assertEquals(Urgency.SOON, urgency(check()));
        clock.advance(Duration.ofHours(83));
        assertEquals(Urgency.TOO_LATE, urgency(check()));
    }

    @Test
    void monitoringSeesThatARevocationOrAReleaseIsNotPublishedYet() {
        assertPublishes(3, 0, 0);
        clock.advance(Duration.ofMinutes(1));
        shop.revokeCertificate().run(one, RevocationReason.CERTIFICATE_HOLD);
        assertEquals(Urgency.SOON, urgency(check()));

        shop.revokeCertificate().run(two, RevocationReason.CERTIFICATE_HOLD);
        assertPublishes(2, 1, 0);
        assertEquals(Urgency.NONE, urgency(check()));
        shop.revokeCertificate().run(shop.revokeCertificate().named("two"), RevocationReason.REMOVE_FROM_CRL);
        shop.revokeCertificate().run(shop.revokeCertificate().named("one"), RevocationReason.REMOVE_FROM_CRL);
        assertEquals(Urgency.SOON, urgency(check()));
    }

    private List<String> dueAnswers() {
        return shop.tellStatus().run().due().stream()
                .filter(line -> line.startsWith("OCSP answers in "))
                .map(line -> line.replaceFirst("OCSP answers in [^ ]+ ", ""))
                .toList();
    }

    private long wrongAnswers() {
        return shop.examineStore().run(false).findings().stream()
                .filter(finding -> finding.rule().equals("ocsp"))
                .count();
    }

    @Test
    void statusAndDoctorTellOfTheStoresOwnAnswersIfItHasAny() {
        clock.advance(Duration.ofHours(1));
        assertEquals(List.of(), dueAnswers());
        shop.publishOcsp().run(Optional.empty());
        assertEquals(List.of(), dueAnswers());

        clock.advance(Duration.ofHours(85));
        assertEquals(
                List.of("lack what the ledger knows or are past half of their life: devpki ocsp publish"),
                dueAnswers());
        assertEquals(0, wrongAnswers());

        clock.advance(Duration.ofHours(83));
        assertEquals(List.of("are missing or expired: devpki ocsp publish"), dueAnswers());
        assertEquals(1, wrongAnswers());
    }

    @Test
    void monitoringRefusesAnAnswerThatIsWrongOrNotTheRespondersOwn() throws IOException {
        CertificateDer device = device(TestKeys.publicKey("forger"));
        assertPublishes(4, 0, 0);
        LedgerCertificate asked = shop.store()
                .certificate(
                        new IssuerAndSerialNumber(CaName.ISSUING, check().get(0).serial()))
                .orElseThrow();
        byte[] right = answer(asked);

        Files.write(file(asked), new byte[100]);
        assertFault(Fault.INTEGRITY, "is damaged", this::check);
        Files.write(file(asked), answer(asked.serial().equals(one.serial()) ? two : one));
        assertFault(Fault.INTEGRITY, "is about another certificate", this::check);
        for (byte[] forged : forgeries(asked, device)) {
            Files.write(file(asked), forged);
            assertFault(Fault.INTEGRITY, "is not signed by a delegated responder of the CA", this::check);
        }

        Files.write(file(asked), right);
        assertEquals(Urgency.NONE, urgency(check()));
        sql("UPDATE certificate SET revoked_at = " + Instant.parse(START).toEpochMilli()
                + ", reason = 1, status_sequence = 1000 WHERE name = '"
                + asked.reservation().name() + "'");
        assertFault(Fault.INTEGRITY, "says good, but it is revoked", this::check);
    }

    /**
     * By another key than the responder's, by a stranger, by a device of the CA, which may not answer for it, and with the
     * responder's certificate after another key was put into it.
     */
    private List<byte[]> forgeries(LedgerCertificate asked, CertificateDer device) {
        Bytes request = OcspClient.request(asked.serial().value(), issuer);
        Instant now = clock.instant();
        List<OcspAnswer.Single> singles = List.of(new OcspAnswer.Single(
                Ocsp.parseRequest(request).certIds().get(0), asked.status(), now, now.plusSeconds(3600)));
        try (SigningKey key = TestKeys.signing(TestKeys.P_256, "forger")) {
            return Stream.of(
                            new Responders(shop).of(CaName.ISSUING).certificate(),
                            Certificates.parse(TestAuthority.root("stranger").device("forger")),
                            Certificates.parse(device),
                            withKey(new Responders(shop).of(CaName.ISSUING).certificate(), key.publicKey()))
                    .map(certificate -> Ocsp.seal(
                                    Ocsp.tbs(new OcspAnswer(
                                            Keys.bitsHash(certificate.tbs().publicKey(), "SHA-1"),
                                            now,
                                            singles,
                                            Optional.empty())),
                                    key,
                                    certificate.der())
                            .toArray())
                    .toList();
        }
    }

    private static ParsedCertificate withKey(ParsedCertificate certificate, PublicKeyDer key) {
        String old = certificate.tbs().publicKey().octets().hex();
        String hex = certificate.der().octets().hex().replace(old, key.octets().hex());
        return Certificates.parse(new CertificateDer(Bytes.fromHex(hex)));
    }

    private CertificateDer device(PublicKeyDer key) {
        return new Issuing(shop)
                .issue(
                        new Issuing.Wanted(
                                "forger",
                                shop.profile("device-mqtt"),
                                CaName.ISSUING,
                                new CertificateOrder("forger", key, List.of(), Optional.empty()),
                                Bytes.utf8("order").sha256(),
                                Optional.empty(),
                                false,
                                Set.of(),
                                List.of(),
                                Optional.empty(),
                                certificate -> {}),
                        shop.authority(CaName.ISSUING))
                .certificate();
    }
}
