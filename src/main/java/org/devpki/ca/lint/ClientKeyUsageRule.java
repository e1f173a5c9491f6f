package org.devpki.ca.lint;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.devpki.model.ExtendedKeyUsage;
import org.devpki.model.KeyUsage;
import org.devpki.x509.ParsedTbs;

/** A certificate for clientAuth alone has a key for digitalSignature alone, with RSA too: TLS clients only sign. */
public final class ClientKeyUsageRule implements CertificateRule {
    private static final List<String> ONLY_CLIENT = List.of(ExtendedKeyUsage.CLIENT_AUTH.oid());

    @Override
    public String id() {
        return "client-key-usage";
    }

    @Override
    public String clause() {
        return "RFC 5280 sections 4.2.1.3 and 4.2.1.12";
    }

    @Override
    public List<String> complaints(LintSubject subject) {
        ParsedTbs tbs = subject.tbs();
        Set<KeyUsage> usage = tbs.keyUsage().orElse(Set.of());
        if (tbs.isCa()
                || !tbs.extendedKeyUsage().orElse(List.of()).equals(ONLY_CLIENT)
                || usage.equals(Set.of(KeyUsage.DIGITAL_SIGNATURE))) {
            return List.of();
        }
        return List.of("keyUsage is " + text(usage) + "; with clientAuth alone it is digitalSignature alone");
    }

    /** For messages: the bits in their order, or {@code nothing}. */
    static String text(Set<KeyUsage> usage) {
        return usage.isEmpty()
                ? "nothing"
                : usage.stream().sorted().map(KeyUsage::text).collect(Collectors.joining(", "));
    }
}
