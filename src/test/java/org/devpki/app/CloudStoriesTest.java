package org.devpki.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.devpki.model.Bytes;
import org.devpki.model.Checkpoint;
import org.devpki.model.KeyUsage;
import org.devpki.testing.Finished;
import org.devpki.testing.FixedClock;
import org.devpki.testing.InProcess;
import org.devpki.testing.TestStore;
import org.devpki.x509.Certificates;
import org.devpki.x509.ParsedTbs;
import org.devpki.x509.Pem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Kits for clouds and what certificates lack for them, by commands. */
@Tag("story")
class CloudStoriesTest {
    private static final String START = "2026-03-01T12:00:00Z";
    private static final String AWS_CODE = "4f".repeat(32);
    private static final String AZURE_CODE = "A901A843EFF75419AC1F0EB460E85DF153092A0547AA30F5";
    private static final String AWS = "cloud kit aws --region eu-central-1 --account 123456789012";

    @TempDir
    private Path folder;

    private final FixedClock clock = FixedClock.at(START);
    private InProcess devpki;

    @BeforeEach
    void aStore() throws IOException {
        TestStore.copied(folder, clock);
        devpki = InProcess.in(folder).at(clock);
    }

    private Finished run(String command, String... more) {
        List<String> words = new ArrayList<>(List.of(command.split(" ")));
        words.addAll(List.of(more));
        return devpki.run(words.toArray(String[]::new));
    }

    private Finished kit(String command, String... more) {
        List<String> words = new ArrayList<>(List.of("--out", kit().toString()));
        words.addAll(List.of(more));
        return run(command, words.toArray(String[]::new));
    }

    private Path kit() {
        return folder.resolve("kit");
    }

    private String text(String file) throws IOException {
        return Files.readString(kit().resolve(file));
    }

    private static Set<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
        }
    }

    private ParsedTbs verification() throws IOException {
        return Certificates.parse(Pem.readCertificate(Bytes.utf8(text("verification.pem")), "verification.pem"))
                .tbs();
    }

    private int certificatesNamed(String name) {
        return run("device list --json").exiting(0).out().split("\"" + name + "\"", -1).length - 1;
    }

    // Kits.

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "aws --region eu-central-1 --account 123456789012;policy.json registration-config.json role-trust.json",
                "azure;enrollment-group.json",
                "thingsboard;device-profile.json thingsboard.conf",
                "cumulocity;trusted-certificate.json"
            })
    void eachCloudHasItsFolderAndTheSameCommandAgainChangesNothing(String cloud, String own) throws IOException {
        Finished first = kit("cloud kit " + cloud, "--json").exiting(0);

        Set<String> wanted = new HashSet<>(Set.of("README.txt", "apply.sh", "ca.pem"));
        wanted.addAll(List.of(own.split(" ")));
        assertEquals(wanted, names(kit()));
        assertTrue(first.out().contains("\"changed\" : true"), first::out);
        assertEquals(run("ca export issuing-ca").exiting(0).out(), text("ca.pem"), "not the root");
        assertTrue(text("README.txt").contains("Nobody ran it against the"), "which has to be said");

        Finished again = kit("cloud kit " + cloud, "--json").exiting(0);
        assertTrue(again.out().contains("\"changed\" : false"), again::out);
    }

    @Test
    void anotherFileIsAConflictThatForceEnds() throws IOException {
        kit("cloud kit azure").exiting(0);
        Files.writeString(kit().resolve("apply.sh"), "#!/bin/sh\n");
        Files.delete(kit().resolve("ca.pem"));

        Finished refused = kit("cloud kit azure").exiting(4);
        assertTrue(refused.err().contains("has another apply.sh"), refused::err);
        assertFalse(Files.exists(kit().resolve("ca.pem")), "nothing is written then");

        kit("cloud kit azure", "--force").exiting(0);
        assertTrue(text("apply.sh").contains("az iot dps"));
    }

    @Test
    void aDeviceMayDoAtAwsWhatBrokersLetItDo() throws IOException {
        kit(AWS).exiting(0);

        assertTrue(text("policy.json")
                .contains("\"arn:aws:iot:eu-central-1:123456789012:client/${iot:Certificate.Subject.CommonName}\""));
        assertTrue(
                text("policy.json")
                        .contains(
                                "\"arn:aws:iot:eu-central-1:123456789012:topicfilter/devices/${iot:Certificate.Subject.CommonName}/*\""));
        assertFalse(text("policy.json").contains("\"*\""), "nobody may do anything everywhere");
    }

    @Test
    void theCodeComesLaterIntoTheSameFolder() throws IOException {
        kit("cloud kit azure").exiting(0);

        Finished second =
                kit("cloud kit azure", "--verification-code", AZURE_CODE).exiting(0);

        assertTrue(names(kit()).contains("verification.pem"), second::all);
        assertEquals(List.of(AZURE_CODE), verification().commonNames());
    }

    // What shows that the key is here.

    @Test
    void theVerificationCertificateIsInTheLedgerAndForNoTls() throws IOException {
        kit(AWS, "--registration-code", AWS_CODE).exiting(0);

        ParsedTbs tbs = verification();
        assertEquals(List.of(AWS_CODE), tbs.commonNames());
        assertFalse(tbs.isCa());
        assertEquals(Set.of(KeyUsage.CONTENT_COMMITMENT), tbs.keyUsage().orElseThrow());
        assertEquals("2026-03-08T12:00:00Z", tbs.notAfter().at().toString());
        run("device show " + AWS_CODE, "--json").exiting(0);
        run("verify " + kit().resolve("verification.pem")).exiting(0);
        run("audit verify").exiting(0);
        try (Stream<Path> all = Files.walk(folder)) {
            List<Path> keys =
                    all.filter(file -> file.toString().contains(AWS_CODE)).toList();
            assertEquals(List.of(), keys, "its key is kept nowhere");
        }
    }

    @Test
    void oneCodeHasOneCertificateUntilThatEnds() throws IOException {
        kit(AWS, "--registration-code", AWS_CODE).exiting(0);
        String first = text("verification.pem");
        assertTrue(kit(AWS, "--registration-code", AWS_CODE, "--json").out().contains("\"changed\" : false"));
        assertEquals(1, certificatesNamed(AWS_CODE));

        clock.advance(Duration.ofDays(8));
        kit(AWS, "--registration-code", AWS_CODE).exiting(4);
        kit(AWS, "--registration-code", AWS_CODE, "--force").exiting(0);

        assertFalse(first.equals(text("verification.pem")));
        assertEquals(2, certificatesNamed(AWS_CODE));
    }

    /** Whatever is cut short: the same command again makes it whole, and what was lost counts no more. */
    @ParameterizedTest
    @EnumSource(
            value = Checkpoint.Step.class,
            names = {"ISSUE_2_PLANNED", "ISSUE_3_RESERVED", "ISSUE_4_SIGNED", "ISSUE_5_RECORDED"})
    void whatWasCutShortIsMadeWholeByTheSameCommand(Checkpoint.Step step) throws IOException {
        InProcess cut = devpki.at(step, () -> {
            throw new IllegalStateException("cut");
        });
        List<String> words = new ArrayList<>(List.of(AWS.split(" ")));
        words.addAll(List.of("--out", kit().toString(), "--registration-code", AWS_CODE));
        cut.run(words.toArray(String[]::new)).exiting(1);

        kit(AWS, "--registration-code", AWS_CODE).exiting(0);

        run("crl publish").exiting(0);
        run("verify " + kit().resolve("verification.pem")).exiting(0);
        run("doctor").exiting(0);
    }

    @Test
    void cumulocitysCodeIsSignedOnceAndTheAuditKnows() throws IOException {
        kit("cloud kit cumulocity", "--verification-code", "abc-DEF_123").exiting(0);
        String proof = text("proof-of-possession.json");

        assertTrue(kit("cloud kit cumulocity", "--verification-code", "abc-DEF_123", "--json")
                .out()
                .contains("\"changed\" : false"));
        assertEquals(proof, text("proof-of-possession.json"));
        String audit = run("audit list").exiting(0).out();
        assertEquals(2, audit.split("cloud.prove", -1).length, audit);
        assertTrue(audit.contains("issuing-ca code=abc-DEF_123"), audit);
    }

    @Test
    void cumulocityAsksForSha256AndAP384KeySignsByAnother() {
        run("ca create line-3 --parent root-ca --key P-384").exiting(0);

        Finished refused = kit("cloud kit cumulocity --ca line-3", "--verification-code", "abc-DEF_123")
                .exiting(5);

        assertTrue(refused.err().contains("signs by ecdsa-with-SHA384, and Cumulocity asks for SHA-256"), refused::err);
        kit("cloud kit cumulocity --ca line-3").exiting(0);
    }

    @Test
    void aCodeThatIsADevicesNameIsAConflict() {
        run("issue " + AZURE_CODE, "--out", folder.resolve("out").toString()).exiting(0);

        Finished refused =
                kit("cloud kit azure", "--verification-code", AZURE_CODE).exiting(4);

        assertTrue(refused.err().contains("is the name of certificate"), refused::err);
    }

    @Test
    void noOrderNamesTheProfileOfVerificationCertificates() {
        Finished refused = run("issue d1 --profile cloud-proof", "--out", folder.toString())
                .exiting(2);

        assertTrue(refused.err().contains("is not for devices or servers"), refused::err);
    }

    /** It ends within days, and nobody has to be told. */
    @Test
    void aVerificationCertificateIsNoDeviceThatEndsSoon() {
        kit(AWS, "--registration-code", AWS_CODE).exiting(0);

        run("device expiring --within 30d").exiting(0);
        run("status").exiting(0);
    }

    @Test
    void aRetiredCaIsShownToNobody() {
        run("ca create line-3 --parent root-ca").exiting(0);
        run("ca retire line-3 --yes").exiting(0);

        kit("cloud kit azure --ca line-3", "--verification-code", AZURE_CODE).exiting(5);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "aws;2;AWS names everything by region and account",
                "aws --region eu-central-1;2;AWS names everything by region and account",
                "azure --region eu-central-1 --account 123456789012;2;a region and an account are of AWS, not of Azure DPS",
                "thingsboard --verification-code 4f4f4f4f4f4f4f4f;2;ThingsBoard asks for no proof of a CA's key",
                "google;2;cloud \"google\" is not one of aws, azure, thingsboard, cumulocity",
                "azure --ca nobody;3;there is no CA nobody",
            })
    void wrongOrdersAreToldWhatWouldBeRight(String order, int exit, String part) {
        Finished refused = kit("cloud kit " + order).exiting(exit);

        assertTrue(refused.err().contains(part), refused::err);
        assertFalse(Files.exists(kit()));
    }

    // What lacks.

    @Test
    void aUsualDeviceLacksNothingButACertaintyAboutTheEndOfItsCa() {
        run("issue d1", "--out", folder.resolve("out").toString()).exiting(0);

        Finished checked = run("cloud check all d1").exiting(0);

        assertEquals(4, checked.out().split(": nothing is missing\n", -1).length - 1, checked::out);
        assertEquals(4, checked.out().split("warning: the certificate of CA cn=Acme Issuing CA", -1).length - 1);
        assertEquals(4, checked.out().split("  to revoke there: ", -1).length - 1);
    }

    @Test
    void whatADeviceLacksIsToldWithAFixAndEndsWith5() {
        run("issue plant.7 --key Ed25519", "--out", folder.resolve("out").toString())
                .exiting(0);

        Finished aws = run("cloud check aws plant.7").exiting(5);
        Finished json = run("cloud check aws plant.7 --json").exiting(5);

        assertTrue(aws.out().contains("AWS IoT Core: lacks: the device's key is Ed25519"), aws::out);
        assertTrue(aws.out().contains("AWS IoT Core: lacks: the common name is \"plant.7\""), aws::out);
        assertTrue(aws.out().contains("  fix: devpki issue NAME --key P-256"), aws::out);
        assertTrue(json.out().contains("\"schema\" : \"devpki/cloud-check/1\""), json::out);
        assertTrue(json.out().contains("\"rule\" : \"common-name\""), json::out);
        run("cloud check azure plant.7").exiting(0);
    }

    @Test
    void aRevokedDeviceHasNothingToLookAt() {
        run("issue d1", "--out", folder.resolve("out").toString()).exiting(0);
        run("revoke d1 --reason superseded").exiting(0);

        assertTrue(run("cloud check aws d1").exiting(3).err().contains("there is no certificate of d1 in force"));
    }

    @Test
    void aCertificateFromElsewhereIsLookedAtWithTheChainBehindIt() throws IOException {
        String out = folder.resolve("out").toString();
        run("issue d1 --format pem", "--out", out).exiting(0);
        Path chain = folder.resolve("out/d1/chain.pem");
        run("cloud check all --cert " + chain).exiting(0);

        // in a store that knows nothing of it
        Path other = Files.createDirectory(folder.resolve("other"));
        Files.writeString(other.resolve("passphrase"), "correct horse");
        InProcess elsewhere = InProcess.in(other).at(clock);
        elsewhere.run("init", "--root-key", "P-256", "--quiet").exiting(0);

        elsewhere.run("cloud", "check", "aws", "--cert", chain.toString()).exiting(0);
        Finished alone = elsewhere
                .run(
                        "cloud",
                        "check",
                        "aws",
                        "--cert",
                        folder.resolve("out/d1/cert.pem").toString())
                .exiting(2);
        assertTrue(alone.err().contains("its file has no certificate of its CA behind it"), alone::err);
    }

    @Test
    void oneThingIsLookedAtAtATime() {
        assertTrue(run("cloud check aws d1 --ca issuing-ca").exiting(2).err().contains("exclude each other"));
    }
}
