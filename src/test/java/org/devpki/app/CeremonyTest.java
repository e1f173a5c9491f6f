package org.devpki.app;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.devpki.model.Actor;
import org.devpki.model.Bytes;
import org.devpki.model.Checkpoint;
import org.devpki.model.Crypto;
import org.devpki.model.Curve;
import org.devpki.model.DevpkiException;
import org.devpki.model.Fault;
import org.devpki.model.KeySpec;
import org.devpki.model.PassphraseShare;
import org.devpki.model.SecretBytes;
import org.devpki.model.Settings;
import org.devpki.model.UrlKind;
import org.devpki.testing.Finished;
import org.devpki.testing.FixedClock;
import org.devpki.testing.InProcess;
import org.devpki.testing.StoreProof;
import org.devpki.x509.SecretSharing;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A root that is made in front of witnesses, under a passphrase that nobody has alone. */
@Tag("story")
class CeremonyTest {
    @TempDir
    private Path folder;

    private final FixedClock clock = FixedClock.at("2026-11-27T12:00:00Z");

    private InProcess devpki() {
        return InProcess.in(folder).at(clock);
    }

    private String file(String name) {
        return folder.resolve(name).toString();
    }

    private Finished hold(String... more) {
        List<String> words = new ArrayList<>(List.of("ca", "ceremony", "--org", "Acme", "--root-key", "P-256"));
        words.addAll(
                List.of("--crl-url", "http://crl.acme.example", "--threshold", "2", "--witness", "J. Doe, auditor"));
        for (String holder : List.of("ann", "bob", "eve")) {
            words.addAll(List.of("--holder", holder + "=" + file(holder + ".share")));
        }
        words.addAll(List.of("--transcript", file("transcript.txt"), "--json"));
        words.addAll(List.of(more));
        return devpki().run(words.toArray(String[]::new));
    }

    private Finished combine(String... names) {
        List<String> words = new ArrayList<>(List.of("key", "shares", "combine"));
        Arrays.stream(names).map(this::file).forEach(words::add);
        return devpki().run(words.toArray(String[]::new));
    }

    private static String member(Finished finished, String name) {
        return StoreProof.member(finished.exiting(0).out(), name).strip();
    }

    @Test
    void anyTwoOfThreeHoldersOpenTheKeysAndTheTranscriptTellsWhatWasMade() throws IOException {
        // when
        Finished held = hold("--yes");
        Finished again = hold("--yes");
        String transcript = Files.readString(folder.resolve("transcript.txt"));

        // then
        assertEquals("true", member(held, "changed"));
        assertEquals("false", member(again, "changed"));
        for (List<String> two : List.of(List.of("ann", "bob"), List.of("bob", "eve"), List.of("eve", "ann"))) {
            String passphrase = combine(two.get(0) + ".share", two.get(1) + ".share")
                    .exiting(0)
                    .out();
            Files.writeString(folder.resolve("passphrase"), passphrase);
            devpki().run("issue", "d-" + two.get(0), "--out", file("out")).exiting(0);
        }
        for (String ca : List.of("root-ca", "issuing-ca")) {
            String sha = member(devpki().run("ca", "show", ca, "--json"), "sha256");
            assertTrue(transcript.contains("certificate  SHA-256 " + sha), transcript);
        }
        for (String told : List.of("J. Doe, auditor", "holder     eve", "2026-11-27T12:00:00Z  ended", "devpki")) {
            assertTrue(transcript.contains(told), told);
        }
        assertEquals(
                "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("ann.share"))));
        assertTrue(devpki().run("audit", "list")
                .out()
                .contains(Bytes.utf8(transcript).sha256().hex()));
        devpki().run("doctor").exiting(0);
        assertTrue(hold("--yes", "--witness", "Another").exiting(4).err().contains("is not of this ceremony"));
    }

    @Test
    void withoutTerminalAndYesNothingIsMade() {
        assertTrue(hold().exiting(2).err().contains("there is no terminal to go on from step 1 of 4"));
        assertFalse(Files.exists(folder.resolve("ann.share")));
        assertFalse(Files.exists(folder.resolve("pki")));
    }

    @Test
    void aCeremonyThatWasCutShortGoesOnWithItsShares() throws IOException {
        // given one that ended before the CAs, and one with a store and no transcript
        assertThrows(
                IllegalStateException.class,
                () -> hold(step -> {
                    if (step.startsWith("step 3")) {
                        throw new IllegalStateException("stopped");
                    }
                }));
        String share = Files.readString(folder.resolve("ann.share"));
        assertThrows(
                IllegalStateException.class,
                () -> hold(step -> {
                    if (step.startsWith("step 4")) {
                        throw new IllegalStateException("stopped");
                    }
                }));

        // when
        HoldCeremony.Held held = hold(step -> {});

        // then
        assertTrue(held.hasChanged());
        assertEquals(share, Files.readString(folder.resolve("ann.share")));
        assertTrue(Files.readString(folder.resolve("transcript.txt")).contains("found the shares of this ceremony"));
    }

    @Test
    void aShareThatCannotBeReadBackEndsItBeforeAnythingIsMadeUnderIt() {
        DevpkiException refused = assertThrows(
                DevpkiException.class,
                () -> hold(step -> {
                    if (step.startsWith("step 2")) {
                        damage(folder.resolve("eve.share"));
                    }
                }));
        assertEquals(Fault.KEY_UNAVAILABLE, refused.fault());
        assertTrue(
                refused.sentence().contains("eve.share holds a share that is damaged or mistyped"), refused::sentence);
        assertFalse(Files.exists(folder.resolve("pki")));
    }

    private static void damage(Path share) {
        try {
            String text = Files.readString(share);
            int at = text.length() - 20;
            Files.writeString(
                    share, text.substring(0, at) + (text.charAt(at) == 'a' ? 'b' : 'a') + text.substring(at + 1));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private HoldCeremony.Held hold(Consumer<String> goOn) {
        TreeMap<String, Path> holders = new TreeMap<>();
        List.of("ann", "bob", "eve").forEach(name -> holders.put(name, folder.resolve(name + ".share")));
        InitOrder store = new InitOrder(
                Optional.of("Acme"),
                Map.of(UrlKind.CRL, "http://crl.acme.example"),
                new KeySpec.Ec(Curve.P_256),
                new KeySpec.Ec(Curve.P_256),
                Settings.defaults().crl(),
                Optional.empty());
        Surroundings surroundings = new Surroundings(
                folder.resolve("pki"),
                Duration.ofSeconds(10),
                clock,
                new SecureRandom(),
                new Actor("tester@bench"),
                purpose -> {
                    throw new AssertionError("the ceremony asks nobody for a passphrase");
                },
                Checkpoint.NONE,
                sentence -> {},
                Crypto.NATIVE);
        return new HoldCeremony(surroundings)
                .run(
                        new HoldCeremony.Order(
                                store, holders, List.of(), 2, folder.resolve("transcript.txt"), Map.of()),
                        goOn);
    }

    @Test
    void sharesThatDoNotOpenAPassphraseSayWhyAndAreLeftAsTheyAre() throws IOException {
        // given
        make("a1", "a2", "a3");
        make("b1", "b2", "b3");
        String first = Files.readString(folder.resolve("a1"));

        // then
        assertRefused("opens with 2 shares, and 1 is given", combine("a1"));
        assertRefused("opens with 2 shares, and 1 is given", combine("a1", "a1"));
        assertRefused("they are of two passphrases", combine("a1", "b2"));
        assertRefused("there is no share", combine("a1", "a9"));
        assertTrue(devpki().run("key", "shares", "make", "--threshold", "2", file("a1"), file("a4"))
                .exiting(4)
                .err()
                .contains("may be a share that is needed"));
        assertFalse(Files.exists(folder.resolve("a4")));
        damage(folder.resolve("a2"));
        assertRefused("its check digits do not fit", combine("a1", "a2"));
        Files.writeString(folder.resolve("a2"), "hello\n");
        assertRefused("holds no share", combine("a1", "a2"));
        Files.writeString(folder.resolve("a2"), first.substring(0, first.length() - 30));
        assertRefused("is cut or damaged", combine("a1", "a2"));
        assertEquals(first, Files.readString(folder.resolve("a1")));
        assertTrue(devpki().run("key", "shares", "combine", "--check", file("a1"), file("a3"))
                .exiting(0)
                .out()
                .contains("open a passphrase"));
    }

    private void make(String... names) {
        List<String> words = new ArrayList<>(List.of("key", "shares", "make", "--threshold", "2"));
        Arrays.stream(names).map(this::file).forEach(words::add);
        devpki().run(words.toArray(String[]::new)).exiting(0);
    }

    private static void assertRefused(String why, Finished finished) {
        assertTrue(finished.exiting(9).err().contains(why), finished::err);
    }

    @Test
    void anyEnoughSharesGiveThePassphraseAndAForgedOneIsTold() {
        // given
        List<PassphraseShare> shares = SecretSharing.make(3, 5, new SecureRandom());
        SecretBytes passphrase = SecretSharing.combine(shares);

        // then
        for (int picked = 0; picked < 32; picked++) {
            List<PassphraseShare> some = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                if ((picked >> i & 1) == 1) {
                    some.add(shares.get(i));
                }
            }
            if (some.size() >= 3) {
                assertEquals(passphrase, SecretSharing.combine(some));
            } else {
                assertThrows(DevpkiException.class, () -> SecretSharing.combine(some));
            }
        }
        assertNotEquals(passphrase, SecretSharing.combine(SecretSharing.make(3, 5, new SecureRandom())));
        PassphraseShare own = shares.get(1);
        PassphraseShare forged = new PassphraseShare(
                own.set(), 3, 5, 2, SecretBytes.taking(new byte[own.octets().length()]));
        DevpkiException refused = assertThrows(
                DevpkiException.class, () -> SecretSharing.combine(List.of(shares.get(0), forged, shares.get(2))));
        assertTrue(refused.sentence().contains("do not fit together"), refused::sentence);
        assertThrows(DevpkiException.class, () -> SecretSharing.make(4, 3, new SecureRandom()));
    }

    @Test
    void aShareThatIsCutOrFlippedAnywhereIsNoShare() {
        // given
        PassphraseShare share = SecretSharing.make(2, 3, new SecureRandom()).get(2);
        byte[] text = share.text().lend(byte[]::clone);

        // then
        for (int i = 0; i < text.length; i++) {
            byte[] cut = Arrays.copyOf(text, i);
            byte[] flipped = text.clone();
            flipped[i] ^= 1;
            for (byte[] broken : List.of(cut, flipped)) {
                try {
                    PassphraseShare read = PassphraseShare.parse(SecretBytes.taking(broken.clone()), "it");
                    assertEquals(share, read, new String(broken, US_ASCII)); // in the remark, or the last line's end
                } catch (DevpkiException e) {
                    assertEquals(Fault.KEY_UNAVAILABLE, e.fault());
                }
            }
        }
    }

    @Test
    void sharesThatSomebodyLaidThereAreNotTaken() {
        // given
        make("ann.share", "bob.share", "eve.share");

        // then
        assertTrue(
                hold("--yes").exiting(4).err().contains("ann.share exists already, and may be a share that is needed"));
        assertFalse(Files.exists(folder.resolve("pki")));
    }

    @Test
    void aCeremonyThatWasCutWhileSharesWereWrittenMakesThemAnew() throws IOException {
        // given a run that ended before the third share
        assertThrows(
                IllegalStateException.class,
                () -> hold(step -> {
                    if (step.startsWith("step 2")) {
                        throw new IllegalStateException("stopped");
                    }
                }));
        String old = Files.readString(folder.resolve("ann.share"));
        Files.delete(folder.resolve("eve.share"));

        // when
        HoldCeremony.Held held = hold(step -> {});

        // then
        assertTrue(held.hasChanged());
        assertNotEquals(old, Files.readString(folder.resolve("ann.share")));
    }

    @Test
    void aStoreWhoseShareIsGoneKeepsTheOthers() throws IOException {
        // given
        assertThrows(
                IllegalStateException.class,
                () -> hold(step -> {
                    if (step.startsWith("step 4")) {
                        throw new IllegalStateException("stopped");
                    }
                }));
        String old = Files.readString(folder.resolve("ann.share"));
        Files.delete(folder.resolve("eve.share"));

        // then
        DevpkiException refused = assertThrows(DevpkiException.class, () -> hold(step -> {}));
        assertTrue(refused.sentence().contains("there is no share"), refused::sentence);
        assertEquals(old, Files.readString(folder.resolve("ann.share")));
    }

    @Test
    void aThresholdThatNobodyCanMeetIsRefusedFirst() {
        Finished refused = hold("--yes", "--threshold", "4");
        refused.exiting(2);
        assertFalse(Files.exists(folder.resolve("ann.share")));
    }
}
