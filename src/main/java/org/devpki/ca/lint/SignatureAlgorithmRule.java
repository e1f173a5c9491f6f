package org.devpki.ca.lint;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.devpki.model.KeySpec;
import org.devpki.model.PublicKeyDer;
import org.devpki.model.SignatureAlgorithm;
import org.devpki.x509.Keys;
import org.devpki.x509.ParsedTbs;

/** The signature algorithm is one that devpki signs with, and the one that belongs to the issuer's key. */
public final class SignatureAlgorithmRule implements CertificateRule {
    @Override
    public String id() {
        return "signature-algorithm";
    }

    @Override
    public String clause() {
        return "RFC 5280 sections 4.1.1.2 and 4.1.2.3, RFC 4055 section 5, RFC 5758 section 3.2, RFC 8410 section 3,"
                + " RFC 9881 section 3";
    }

    @Override
    public List<String> complaints(LintSubject subject) {
        Optional<String> foreign = foreign(subject.tbs().signatureOid());
        return foreign.or(() -> unfit(subject)).map(List::of).orElse(List.of());
    }

    /** What is wrong with an algorithm whatever the key; CRLs are signed with the same ones. */
    static Optional<String> foreign(String oid) {
        if (SignatureAlgorithm.ofOid(oid).isPresent()) {
            return Optional.empty();
        }
        String right = Arrays.stream(SignatureAlgorithm.values())
                .map(SignatureAlgorithm::text)
                .collect(Collectors.joining(", "));
        return Optional.of(
                "signature algorithm " + SignatureAlgorithm.whyBroken(oid).orElse(oid + " is not one that devpki uses")
                        + "; use one of " + right);
    }

    private static Optional<String> unfit(LintSubject subject) {
        ParsedTbs tbs = subject.tbs();
        Optional<PublicKeyDer> signer = subject.issuer()
                .or(() -> Optional.of(tbs).filter(ParsedTbs::isSelfIssued))
                .map(ParsedTbs::publicKey);
        Optional<KeySpec> key = signer.flatMap(Keys::spec);
        return key.filter(spec -> !SignatureAlgorithm.of(spec).oid().equals(tbs.signatureOid()))
                .map(spec -> "signature algorithm " + tbs.signatureOid() + " does not belong to the issuer's "
                        + spec.text() + " key; " + SignatureAlgorithm.of(spec).text() + " does");
    }
}
