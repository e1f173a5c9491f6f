package org.devpki.ca.lint;

import java.util.List;

/** The mbedTLS on a chip verifies a chain of 8 intermediates at most. */
public final class TargetChainRule implements CertificateRule {
    private static final int MOST_INTERMEDIATES = 8;

    @Override
    public String id() {
        return "target-chain";
    }

    @Override
    public String clause() {
        return "mbedTLS x509_crt.h, MBEDTLS_X509_MAX_INTERMEDIATE_CA";
    }

    @Override
    public List<String> complaints(LintSubject subject) {
        long count = TargetMessageRule.intermediates(subject).count();
        return subject
                .target()
                .filter(chip -> count > MOST_INTERMEDIATES)
                .map(chip -> "there are " + count + " intermediates above it, and the mbedTLS of " + chip.title()
                        + " verifies " + MOST_INTERMEDIATES + " at most")
                .stream()
                .toList();
    }
}
