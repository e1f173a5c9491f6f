package org.devpki.ca.lint;

import java.util.List;
import java.util.Optional;
import org.devpki.model.KeySpec;
import org.devpki.model.PublicKeyDer;
import org.devpki.x509.Keys;

/** The key is of a kind that devices and brokers read, of a good size, and sound in itself. */
public final class PublicKeyRule implements CertificateRule {
    private static final int LEAST_RSA_BITS = 2048;
    private static final int MOST_RSA_BITS = 4096;

    @Override
    public String id() {
        return "public-key";
    }

    @Override
    public String clause() {
        return "RFC 5480 sections 2.1.1.1 and 2.2, RFC 8017 section 3.1, RFC 8410 section 4, RFC 9881 section 4";
    }

    @Override
    public List<String> complaints(LintSubject subject) {
        PublicKeyDer key = subject.tbs().publicKey();
        Optional<KeySpec> spec = Keys.spec(key);
        if (spec.isEmpty()) {
            return List.of("the public key is of an unknown kind; use P-256, P-384, P-521, RSA, Ed25519 or ML-DSA");
        }
        return size(spec.get())
                .or(() -> Keys.fault(key).map(fault -> "the " + spec.get().text() + " key is not sound: " + fault))
                .map(List::of)
                .orElse(List.of());
    }

    private static Optional<String> size(KeySpec spec) {
        return spec.match(
                ec -> Optional.empty(),
                rsa -> rsa.bits() < LEAST_RSA_BITS || rsa.bits() > MOST_RSA_BITS
                        ? Optional.of("the RSA key has " + rsa.bits() + " bits; " + LEAST_RSA_BITS + " to "
                                + MOST_RSA_BITS + " are right")
                        : Optional.empty(),
                ed -> Optional.empty(),
                ml -> Optional.empty());
    }
}
