package org.devpki.ca.lint;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.devpki.model.KeyUsage;
import org.devpki.x509.Oids;
import org.devpki.x509.ParsedExtension;
import org.devpki.x509.ParsedTbs;

/** The key usage is critical, says something, and gives keyCertSign to CAs and to nobody else. */
public final class KeyUsageRule implements CertificateRule {
    @Override
    public String id() {
        return "key-usage";
    }

    @Override
    public String clause() {
        return "RFC 5280 sections 4.2.1.3 and 4.2.1.9";
    }

    @Override
    public List<String> complaints(LintSubject subject) {
        ParsedTbs tbs = subject.tbs();
        Optional<ParsedExtension> extension = tbs.extension(Oids.KEY_USAGE);
        if (extension.isEmpty()) {
            return tbs.isCa() ? List.of("there is no keyUsage; a CA must have it") : List.of();
        }
        List<String> complaints = new ArrayList<>();
        Set<KeyUsage> usage = tbs.keyUsage().orElse(Set.of());
        if (!extension.get().isCritical()) {
            complaints.add("keyUsage is not critical; it should be");
        }
        if (usage.isEmpty()) {
            complaints.add("keyUsage has no bit set; at least one must be");
        }
        if (usage.contains(KeyUsage.KEY_CERT_SIGN) && !tbs.isCa()) {
            complaints.add("keyUsage has keyCertSign, but this is not a CA");
        }
        if (!usage.isEmpty() && !usage.contains(KeyUsage.KEY_CERT_SIGN) && tbs.isCa()) {
            complaints.add("keyUsage lacks keyCertSign, but this is a CA");
        }
        if ((usage.contains(KeyUsage.ENCIPHER_ONLY) || usage.contains(KeyUsage.DECIPHER_ONLY))
                && !usage.contains(KeyUsage.KEY_AGREEMENT)) {
            complaints.add("keyUsage has encipherOnly or decipherOnly, which mean nothing without keyAgreement");
        }
        return complaints;
    }
}
