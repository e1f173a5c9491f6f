package org.devpki.model;

import java.time.Instant;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What is to be said of the algorithms of a certificate or a CRL. */
public enum AlgorithmMark {
    /** It may be broken while it is still believed. */
    WEAK,
    /** Few can read it yet. */
    EXPERIMENTAL,
    /** A large quantum computer, if there ever is one, breaks the key or the signature by Shor's algorithm. */
    QUANTUM_VULNERABLE;

    /** After this, 112 bits of strength no longer do (NIST SP 800-57 part 1 revision 5, table 4). */
    private static final Instant END_OF_112_BITS = Instant.parse("2030-12-31T23:59:59Z");

    private static final int RSA_BITS_OF_112 = 2048;
    private static final int RSA_BITS_OF_128 = 3072;

    /** One word for people and JSON, such as {@code quantum-vulnerable}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * @param key that is certified; empty for a CRL, and for a kind that devpki does not know
     * @param signatureOid of what signs it
     * @param end how long it is to be believed
     */
    public static Set<AlgorithmMark> of(Optional<KeySpec> key, String signatureOid, Instant end) {
        Set<AlgorithmMark> marks = EnumSet.noneOf(AlgorithmMark.class);
        boolean isNewSignature = SignatureAlgorithm.ofOid(signatureOid)
                .filter(SignatureAlgorithm::isExperimental)
                .isPresent();
        if (SignatureAlgorithm.whyBroken(signatureOid).isPresent()
                || key.filter(spec -> isWeak(spec, end)).isPresent()) {
            marks.add(WEAK);
        }
        if (isNewSignature || key.filter(KeySpec::isExperimental).isPresent()) {
            marks.add(EXPERIMENTAL);
        }
        if (!isNewSignature || key.filter(spec -> !spec.isExperimental()).isPresent()) {
            marks.add(QUANTUM_VULNERABLE);
        }
        return marks;
    }

    private static boolean isWeak(KeySpec key, Instant end) {
        return key.match(
                ec -> false,
                rsa -> rsa.bits() < (end.isAfter(END_OF_112_BITS) ? RSA_BITS_OF_128 : RSA_BITS_OF_112),
                ed -> false,
                ml -> false);
    }
}
