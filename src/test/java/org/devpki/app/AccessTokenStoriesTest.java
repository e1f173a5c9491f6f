package org.devpki.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.devpki.testing.Finished;
import org.devpki.testing.FixedClock;
import org.devpki.testing.InProcess;
import org.devpki.testing.TestStore;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Access tokens by hand: the life of their keys, and who gets one. */
class AccessTokenStoriesTest {
    private static final String START = "2026-03-01T12:00:00Z";

    @TempDir
    static Path made;

    private static TestStore original;

    @TempDir
    Path folder;

    private InProcess devpki;

    @BeforeAll
    static void makesAStoreWithADevice() {
        original = TestStore.in(made, FixedClock.at(START));
        try (Workshop shop = original.open()) {
            original.issue(shop, "plant-1");
        }
    }

    @BeforeEach
    void copiesIt() throws IOException {
        original.copyTo(folder, FixedClock.at(START));
        Files.writeString(folder.resolve("passphrase"), "correct horse\n");
        devpki = InProcess.in(folder);
    }

    private Finished at(String time, String... command) {
        return devpki.at(FixedClock.at("2026-03-01T" + time + "Z")).run(command);
    }

    private String file(String name) {
        return folder.resolve(name).toString();
    }

    private String issue(String time, String device, String... more) {
        String out = file(device + time.replace(":", "") + ".jwt");
        at(time, concat(List.of("token", "issue", device, "--out", out), more)).exiting(0);
        return out;
    }

    private static String[] concat(List<String> some, String... more) {
        return Stream.concat(some.stream(), Arrays.stream(more)).toArray(String[]::new);
    }

    private String jwks() throws IOException {
        return Files.readString(folder.resolve("pki/publish/token/jwks.json"));
    }

    /** The id that the line about a key names. */
    private static String keyId(Finished told) {
        return told.out().replaceAll("(?s).*signing key ([A-Za-z0-9_-]{43}).*", "$1");
    }

    @Test
    void aTokenIsGoodUntilItExpiresAndHasASecretsMode() throws IOException {
        at("12:00:00", "token", "key", "create").exiting(0);
        String token = issue("12:00:00", "plant-1");
        String set = file("pki/publish/token/jwks.json");

        at("12:59:59", "token", "verify", token, "--jwks", set).exiting(0);
        Finished late = at("13:00:00", "token", "verify", token, "--jwks", set).exiting(11);

        assertTrue(late.out().contains("it expired at 2026-03-01T13:00:00Z"), late.out());
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(Path.of(token))));
        assertFalse(jwks().contains("\"d\""), jwks());
    }

    @Test
    void theAuditNamesTheTokenAndNotWhatItIs() throws IOException {
        at("12:00:00", "token", "key", "create").exiting(0);
        String token = Files.readString(Path.of(issue("12:00:00", "plant-1")));

        String audit = at("12:00:01", "audit", "list").exiting(0).out();

        assertTrue(audit.contains("jwt.issue"), audit);
        assertTrue(audit.contains("exp=2026-03-01T13:00:00Z"), audit);
        assertFalse(audit.contains(token.split("\\.", -1)[2]), audit);
        at("12:00:01", "audit", "verify").exiting(0);
    }

    @Test
    void aRevokedDeviceGetsNoneAndItsOldOneIsTold() {
        at("12:00:00", "token", "key", "create").exiting(0);
        String token = issue("12:00:00", "plant-1");
        at("12:01:00", "revoke", "plant-1", "--reason", "key-compromise").exiting(0);

        at("12:02:00", "token", "issue", "plant-1").exiting(5);
        at("12:02:00", "token", "issue", "other", "--client-id", "plant-1").exiting(5);
        Finished told = at("12:02:00", "token", "verify", token).exiting(8);

        assertTrue(told.out().contains("BAD   plant-1 is locked out by a revocation"), told.out());
    }

    @Test
    void aDeviceWithoutCertificateGetsOneAndTheOperatorIsTold() {
        at("12:00:00", "token", "key", "create").exiting(0);

        Finished told = at("12:00:00", "token", "issue", "guest").exiting(0);

        assertTrue(told.err().contains("no certificate of guest is on the ledger"), told.err());
    }

    @Test
    void aKeyIsPublishedAheadSignsInItsTurnAndLeavesWithItsLastToken() throws IOException {
        String first = keyId(at("12:00:00", "token", "key", "create").exiting(0));
        String second = keyId(at("12:10:00", "token", "key", "rotate").exiting(0)); // signs from 13:10 on
        assertTrue(jwks().contains(first) && jwks().contains(second), jwks());

        String old = issue("13:09:59", "plant-1");
        String young = issue("13:10:00", "plant-1");

        String oldsKey = at("13:10:00", "token", "show", old).exiting(0).out();
        String youngsKey = at("13:10:00", "token", "show", young).exiting(0).out();
        assertTrue(oldsKey.contains("kid        " + first), oldsKey);
        assertTrue(youngsKey.contains("kid        " + second), youngsKey);
        at("14:09:58", "token", "jwks").exiting(0);
        assertTrue(jwks().contains(first), jwks());
        at("14:09:58", "token", "verify", old).exiting(0);
        at("14:09:59", "token", "jwks").exiting(0);
        assertFalse(jwks().contains(first), jwks());
        assertTrue(jwks().contains(second), jwks());
    }

    @Test
    void aKeyStaysForTheTokenThatEndsLastAndNotForTheOneThatWasSignedLast() throws IOException {
        String first = keyId(at("12:00:00", "token", "key", "create").exiting(0));
        issue("12:00:00", "plant-1");
        issue("12:01:00", "plant-1", "--validity", "1m");

        at("12:02:00", "token", "key", "rotate", "--from", "1m").exiting(0);

        at("12:59:59", "token", "jwks").exiting(0);
        assertTrue(jwks().contains(first), jwks());
    }

    @Test
    void aKeyThatIsMadeBetweenTwoMillisecondsSignsAtOnce() {
        Finished made = at("12:00:00.123456789", "token", "key", "create").exiting(0);

        assertTrue(made.out().endsWith("ES256, signs\n"), made.out());
    }

    @Test
    void theSameOrderTwiceMakesOneKey() throws IOException {
        at("12:00:00", "token", "key", "create").exiting(0);
        Finished again = at("12:01:00", "token", "key", "create", "--json").exiting(0);
        at("12:01:00", "token", "key", "create", "--key", "Ed25519").exiting(4);
        at("12:02:00", "token", "key", "rotate").exiting(0);
        Finished rotated = at("12:03:00", "token", "key", "rotate", "--json").exiting(0);

        assertTrue(again.out().contains("\"changed\" : false"), again.out());
        assertTrue(rotated.out().contains("\"changed\" : false"), rotated.out());
        assertEquals(2, at("12:04:00", "token", "key", "list").out().lines().count());
    }

    @Test
    void aKeyInUseIsWithdrawnByForceAloneAndItsTokensCountNoLonger() throws IOException {
        String id = keyId(at("12:00:00", "token", "key", "create").exiting(0));
        String token = issue("12:00:00", "plant-1");

        at("12:01:00", "token", "key", "retire", id).exiting(5);
        at("12:01:00", "token", "verify", token).exiting(0);
        at("12:02:00", "token", "key", "retire", id, "--force").exiting(0);

        at("12:03:00", "token", "verify", token).exiting(8);
        at("12:03:00", "token", "issue", "plant-1").exiting(3);
        assertFalse(jwks().contains(id), jwks());
        try (var keys = Files.list(folder.resolve("pki/keys"))) {
            assertFalse(keys.anyMatch(key -> key.getFileName().toString().startsWith("access-token-")));
        }
        at("12:03:00", "doctor").exiting(0);
    }

    @Test
    void aKeyThatIsGoneIsFoundByTheDoctor() throws IOException {
        at("12:00:00", "token", "key", "create").exiting(0);
        at("12:00:00", "doctor").exiting(0);
        try (var keys = Files.list(folder.resolve("pki/keys"))) {
            Files.delete(keys.filter(key -> key.getFileName().toString().startsWith("access-token-"))
                    .findFirst()
                    .orElseThrow());
        }

        Finished told = at("12:00:00", "doctor").exiting(8);

        assertTrue(told.out().contains("token signing key "), told.out());
    }

    @Test
    void nobodyHasATokenForLongerThanTheSettingsAllow() {
        at("12:00:00", "token", "key", "create").exiting(0);

        Finished told =
                at("12:00:00", "token", "issue", "plant-1", "--validity", "25h").exiting(5);

        assertTrue(told.err().contains("tokens.max-validity"), told.err());
    }

    @Test
    void forgeriesAreToldApart() throws IOException {
        at("12:00:00", "token", "key", "create").exiting(0);
        String[] parts = Files.readString(Path.of(issue("12:00:00", "plant-1"))).split("\\.", -1);
        String header = new String(Base64.getUrlDecoder().decode(parts[0]), StandardCharsets.UTF_8);

        assertTrue(told(header.replace("ES256", "none"), parts[1], "").contains("BAD   it is not signed"));
        assertTrue(told(header.replace("ES256", "HS256"), parts[1], parts[2]).contains("signs by ES256"));
        assertTrue(told(header.replaceAll("kid\":\"....", "kid\":\"AAAA"), parts[1], parts[2])
                .contains("is not in the key set"));
        assertTrue(told(header, parts[1].substring(4), parts[2]).contains("no signed JSON Web Token"));
        String critical = header.replace("{", "{\"crit\":[\"x\"],\"x\":1,");
        assertTrue(told(critical, parts[1], parts[2]).contains("demands that \"x\" is understood"), critical);
    }

    private String told(String header, String claims, String signature) throws IOException {
        Path forged = folder.resolve("forged.jwt");
        String text = Base64.getUrlEncoder().withoutPadding().encodeToString(header.getBytes(StandardCharsets.UTF_8));
        Files.writeString(forged, text + "." + claims + "." + signature);
        Finished told = at("12:00:00", "token", "verify", forged.toString());
        assertTrue(told.exit() == 8 || told.exit() == 2, told::all);
        return told.all();
    }
}
