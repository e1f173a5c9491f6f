package org.devpki.model;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordHashTest {
    /** Of the password "y", by mosquitto_passwd 2.0.11. */
    private static final String PBKDF2 = "$7$101$bzSQ/GbWjqq4gQzz$"
            + "8tU+IIW6reDQ6abex4IeifAQrJwKRWCf2kQubWYtSnhG99Jgj3w5d+jrkwzjQ+RshAFlCyDf06F+GkP0YMvoQQ==";

    /** The same, by mosquitto_passwd -H sha512. */
    private static final String SHA512 = "$6$z2kHeqAcc1DWuP+6$"
            + "pQG7kBv80043/qyEk//bcC077AiQpuVQIK/Bo9plUvksSFERGrNiSsss6YOK2W3fgQIo2oPp41OpV3PezoBGxQ==";

    @Test
    void whatMosquittoPasswdWritesIsReadAndWrittenTheSame() {
        PasswordHash pbkdf2 = PasswordHash.parse(PBKDF2);
        PasswordHash sha512 = PasswordHash.parse(SHA512);

        assertEquals(PasswordHash.Form.PBKDF2, pbkdf2.form());
        assertEquals(101, pbkdf2.iterations());
        assertEquals("6f3490fc66d68eaab8810cf3", pbkdf2.salt().hex());
        assertEquals(PasswordHash.Form.SHA512, sha512.form());
        assertEquals(PBKDF2, pbkdf2.text());
        assertEquals(SHA512, sha512.text());
    }

    @Test
    void aHashShowsNothingThatCouldBeTriedAgainst() {
        assertEquals(
                "PasswordHash[PBKDF2, 101 iterations]",
                PasswordHash.parse(PBKDF2).toString());
    }

    /** Salts of other lengths are what Mosquitto 2.0 drops a user for, without a word to the device. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "hunter2",
                "$5$bzSQ/GbWjqq4gQzz$8tU+",
                "$7$0$bzSQ/GbWjqq4gQzz$"
                        + "8tU+IIW6reDQ6abex4IeifAQrJwKRWCf2kQubWYtSnhG99Jgj3w5d+jrkwzjQ+RshAFlCyDf06F+GkP0YMvoQQ==",
                "$7$101$bzSQ/GbWjqq4gQ==$"
                        + "8tU+IIW6reDQ6abex4IeifAQrJwKRWCf2kQubWYtSnhG99Jgj3w5d+jrkwzjQ+RshAFlCyDf06F+GkP0YMvoQQ==",
                "$7$101$bzSQ/GbWjqq4gQzz$8tU+IIW6",
                "$7$999999999$bzSQ/GbWjqq4gQzz$"
                        + "8tU+IIW6reDQ6abex4IeifAQrJwKRWCf2kQubWYtSnhG99Jgj3w5d+jrkwzjQ+RshAFlCyDf06F+GkP0YMvoQQ==",
                "$7$101$bzSQ/GbWjqq4gQz=$"
                        + "8tU+IIW6reDQ6abex4IeifAQrJwKRWCf2kQubWYtSnhG99Jgj3w5d+jrkwzjQ+RshAFlCyDf06F+GkP0YMvoQQ=="
            })
    void whatIsNoHashIsRefusedWithoutBeingShown(String text) {
        DevpkiException refused = assertFault(Fault.INVALID_INPUT, "password hash", () -> PasswordHash.parse(text));

        assertFalse(!text.isEmpty() && refused.sentence().contains(text), refused.sentence());
    }
}
