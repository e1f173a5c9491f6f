package org.devpki.model;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Octets, secret and not, and what is made of them: quoted text and the audit's hashes. */
class BytesTest {
    @Test
    void bytesDoNotChangeWithTheArraysAroundThem() {
        byte[] given = {1, 2, 3};
        Bytes bytes = Bytes.of(given);

        given[0] = 9;
        bytes.toArray()[1] = 9;

        assertEquals("010203", bytes.hex());
    }

    @Test
    void bytesAreEqualByValue() {
        assertEquals(Bytes.fromHex("00ff"), Bytes.of(new byte[] {0, -1}));
        assertEquals(
                Bytes.fromHex("00ff").hashCode(), Bytes.of(new byte[] {0, -1}).hashCode());
        assertNotEquals(Bytes.fromHex("00ff"), Bytes.fromHex("00fe"));
    }

    @Test
    void hashesAreTheStandards() {
        assertEquals(
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                Bytes.utf8("abc").sha256().hex());
        assertEquals(
                "a9993e364706816aba3e25717850c26c9cd0d89d",
                Bytes.utf8("abc").digest("SHA-1").hex());
    }

    @Test
    void longOctetsArePrintedAsTheirHash() {
        assertEquals("616263", Bytes.utf8("abc").toString());
        assertTrue(Bytes.utf8("x".repeat(33)).toString().startsWith("33 octets, SHA-256 "));
    }

    @Test
    void whatIsNoHexIsRefusedInSafeWords() {
        assertFault(Fault.INVALID_INPUT, "is not hex", () -> Bytes.fromHex("abc"));
        assertTrue(assertFault(Fault.INVALID_INPUT, "is not hex", () -> Bytes.fromHex("\u001b[2J"))
                .sentence()
                .chars()
                .noneMatch(Character::isISOControl));
    }

    private static SecretBytes secret(String text) {
        return SecretBytes.taking(text.getBytes(UTF_8));
    }

    @Test
    void takingASecretWipesTheArrayGiven() {
        byte[] given = {1, 2, 3};

        SecretBytes secret = SecretBytes.taking(given);

        assertArrayEquals(new byte[3], given);
        assertEquals("010203", secret.lend(octets -> Bytes.of(octets).hex()));
    }

    @Test
    void aSecretIsNeverPrinted() {
        SecretBytes secret = secret("hunter2");

        assertEquals("SecretBytes[7 octets]", secret.toString());
        try (DeviceKey key =
                new DeviceKey(new KeySpec.Ed25519(), new PublicKeyDer(Bytes.utf8("p")), secret("hunter2"))) {
            assertFalse(key.toString().contains("hunter2"), key.toString());
            assertFalse(key.toString().contains("68756e74"), key.toString());
        }
    }

    @Test
    void closingASecretWipesItAndNotItsCopies() {
        SecretBytes secret = secret("abc");
        SecretBytes copy = secret.copy();

        secret.close();

        assertEquals("000000", secret.lend(octets -> Bytes.of(octets).hex()));
        assertEquals(secret("abc"), copy);
    }

    @Test
    void whatIsLentIsWipedAndCannotChangeTheSecret() {
        SecretBytes secret = secret("abc");
        byte[][] kept = new byte[1][];

        secret.lend(octets -> {
            kept[0] = octets;
            octets[0] = 'x';
            return octets.length;
        });

        assertArrayEquals(new byte[3], kept[0]);
        assertEquals(secret("abc"), secret);
    }

    @Test
    void secretsOfOneLengthHaveOneHashCode() {
        assertEquals(secret("abc").hashCode(), secret("xyz").hashCode());
        assertNotEquals(secret("abc"), secret("abd"));
    }

    @Test
    void foreignTextIsQuotedEscapedAndCut() {
        assertEquals("\"plain\"", Quoted.of("plain"));
        assertEquals("\"a\\\"b\\\\c\"", Quoted.of("a\"b\\c"));
        assertEquals("\"\\u001b[31m\\u000a\\u0000\\u007f\"", Quoted.of("\u001b[31m\n\u0000\u007f"));
        assertEquals("\"\\u00fc\\u202e\"", Quoted.of("ü\u202e"));
        assertEquals("\"" + "x".repeat(80) + "\"", Quoted.of("x".repeat(80)));
        assertEquals("\"" + "x".repeat(80) + "…\"", Quoted.of("x".repeat(81)));
    }

    // The audit's hashes.

    private static AuditEntry entry(String actor, String action, String subject, String detail) {
        return new AuditEntry(
                1, Instant.parse("2026-03-01T12:00:00Z"), actor, action, subject, detail, AuditEntry.GENESIS);
    }

    @Test
    void anEntrysHashIsTheOneItAlwaysHad() {
        // 1:1 13:1772366400000 1:a 1:b 1:c 1:d 64:000… by sha256sum
        assertEquals(
                Bytes.utf8("1:113:17723664000001:a1:b1:c1:d64:" + "0".repeat(64))
                        .sha256(),
                entry("a", "b", "c", "d").hash());
    }

    @Test
    void noTwoEntriesShareAHashWhereverTheirFieldsBegin() {
        Set<Bytes> hashes = new HashSet<>();
        String[][] entries = {
            {"ab", "", "c", "d"},
            {"a", "b", "c", "d"},
            {"", "ab", "c", "d"},
            {"a", "bc", "", "d"},
            {"a", "b", "cd", ""},
            {"a1:b", "", "c", "d"},
            {"a", "1:b", "c", "d"},
            {"a", "b1:c", "", "d"},
            {"a", "b", "c", "d64:"},
            {"a", "b", "c", "d "},
            {"a", "b", "c ", "d"},
            {"ü", "b", "c", "d"},
            {"u\u0308", "b", "c", "d"}
        };

        for (String[] e : entries) {
            hashes.add(entry(e[0], e[1], e[2], e[3]).hash());
        }

        assertEquals(entries.length, hashes.size());
    }

    @Test
    void everyFieldOfAnEntryIsInItsHash() {
        Instant at = Instant.parse("2026-03-01T12:00:00Z");
        Bytes other = Bytes.utf8("other").sha256();
        Set<Bytes> hashes = new HashSet<>();
        hashes.add(new AuditEntry(1, at, "a", "b", "c", "d", AuditEntry.GENESIS).hash());
        hashes.add(new AuditEntry(2, at, "a", "b", "c", "d", AuditEntry.GENESIS).hash());
        hashes.add(new AuditEntry(1, at.plusMillis(1), "a", "b", "c", "d", AuditEntry.GENESIS).hash());
        hashes.add(new AuditEntry(1, at, "x", "b", "c", "d", AuditEntry.GENESIS).hash());
        hashes.add(new AuditEntry(1, at, "a", "x", "c", "d", AuditEntry.GENESIS).hash());
        hashes.add(new AuditEntry(1, at, "a", "b", "x", "d", AuditEntry.GENESIS).hash());
        hashes.add(new AuditEntry(1, at, "a", "b", "c", "x", AuditEntry.GENESIS).hash());
        hashes.add(new AuditEntry(1, at, "a", "b", "c", "d", other).hash());

        assertEquals(8, hashes.size());
    }
}
