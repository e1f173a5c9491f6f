package org.devpki.ca.lint;

import java.util.List;
import java.util.Set;
import org.devpki.model.KeySpec;
import org.devpki.model.KeyUsage;
import org.devpki.x509.Keys;

/** The key usage asks nothing of a key that its algorithm cannot do. */
public final class KeyUsageAlgorithmRule implements CertificateRule {
    private static final Set<KeyUsage> NOT_EC = Set.of(KeyUsage.KEY_ENCIPHERMENT, KeyUsage.DATA_ENCIPHERMENT);
    private static final Set<KeyUsage> SIGNING_ONLY = Set.of(
            KeyUsage.KEY_ENCIPHERMENT,
            KeyUsage.DATA_ENCIPHERMENT,
            KeyUsage.KEY_AGREEMENT,
            KeyUsage.ENCIPHER_ONLY,
            KeyUsage.DECIPHER_ONLY);

    @Override
    public String id() {
        return "key-usage-algorithm";
    }

    @Override
    public String clause() {
        return "RFC 5480 section 3 as of RFC 8813 section 3, RFC 8410 section 5, RFC 9881 section 5";
    }

    @Override
    public List<String> complaints(LintSubject subject) {
        Set<KeyUsage> usage = subject.tbs().keyUsage().orElse(Set.of());
        return Keys.spec(subject.tbs().publicKey()).stream()
                .flatMap(key -> barred(key).stream()
                        .filter(usage::contains)
                        .sorted()
                        .map(bit -> "keyUsage has " + bit.text() + ", which is not for a key of kind " + key.text()))
                .toList();
    }

    private static Set<KeyUsage> barred(KeySpec key) {
        return key.match(ec -> NOT_EC, rsa -> Set.of(), ed -> SIGNING_ONLY, ml -> SIGNING_ONLY);
    }
}
