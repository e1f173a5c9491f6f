package org.devpki.x509;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import org.devpki.model.PasswordHash;
import org.devpki.model.SecretBytes;
import org.junit.jupiter.api.Test;

class PasswordsTest {
    private static SecretBytes password(String text) {
        return SecretBytes.taking(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The first by Python's hashlib.pbkdf2_hmac, the others by mosquitto_passwd 2.0.11. */
    @Test
    void aHashThatOtherProgramsMadeKnowsItsPasswordAndNoOther() {
        PasswordHash ofSecret = PasswordHash.parse("$7$20000$YWJjZGVmZ2gwMTIz$"
                + "B7aldaS22vLeYFSPgaGH+mly7K13TjoEvQj2l9X9c6f6gNR30Zn06KJOLH6ZW70UkCUJdUa2614Fz7NLNQjX5A==");
        List<PasswordHash> ofY = List.of(
                PasswordHash.parse("$7$101$bzSQ/GbWjqq4gQzz$"
                        + "8tU+IIW6reDQ6abex4IeifAQrJwKRWCf2kQubWYtSnhG99Jgj3w5d+jrkwzjQ+RshAFlCyDf06F+GkP0YMvoQQ=="),
                PasswordHash.parse("$6$z2kHeqAcc1DWuP+6$"
                        + "pQG7kBv80043/qyEk//bcC077AiQpuVQIK/Bo9plUvksSFERGrNiSsss6YOK2W3fgQIo2oPp41OpV3PezoBGxQ=="));

        assertTrue(Passwords.isOf(ofSecret, password("secret")));
        ofY.forEach(hash -> assertTrue(Passwords.isOf(hash, password("y"))));
        ofY.forEach(hash -> assertFalse(Passwords.isOf(hash, password("Y"))));
    }

    @Test
    void aPasswordIs24LettersAndDigitsAndNeverTheSame() {
        SecureRandom random = new SecureRandom();

        SecretBytes one = Passwords.make(random);
        SecretBytes other = Passwords.make(random);

        String text = one.lend(octets -> new String(octets, StandardCharsets.US_ASCII));
        assertTrue(text.matches("[A-HJ-NP-Za-km-z2-9]{24}"));
        assertNotEquals(one, other);
    }

    @Test
    void whatIsMadeIsKnownAgainAndSaltedWithText() {
        SecureRandom random = new SecureRandom();
        SecretBytes password = Passwords.make(random);

        PasswordHash hash = Passwords.hash(password, random);
        PasswordHash again = Passwords.hash(password, random);

        assertTrue(Passwords.isOf(hash, password));
        assertFalse(Passwords.isOf(hash, Passwords.make(random)));
        assertNotEquals(hash.salt(), again.salt());
        assertTrue(new String(hash.salt().toArray(), StandardCharsets.US_ASCII).matches("[A-Za-z0-9]{12}"));
        assertEquals(1000, hash.iterations());
    }
}
