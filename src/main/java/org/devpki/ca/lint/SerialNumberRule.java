package org.devpki.ca.lint;

import java.util.ArrayList;
import java.util.List;

/** The serial is positive, at most 20 octets, and hard to guess. */
public final class SerialNumberRule implements CertificateRule {
    private static final int LEAST_BITS = 64;

    @Override
    public String id() {
        return "serial-number";
    }

    @Override
    public String clause() {
        return "RFC 5280 section 4.1.2.2";
    }

    @Override
    public List<String> complaints(LintSubject subject) {
        List<String> complaints = new ArrayList<>();
        int bits = subject.tbs().serial().bitLength();
        if (subject.tbs().serial().signum() <= 0) {
            complaints.add("the serial is not positive");
        } else if (bits > 159) {
            complaints.add("the serial has " + (bits / 8 + 1) + " octets; at most 20 are allowed");
        } else if (bits <= LEAST_BITS) {
            complaints.add("the serial has " + bits + " bits; under " + LEAST_BITS + " it can be guessed");
        }
        return complaints;
    }
}
