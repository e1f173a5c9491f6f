package org.devpki.ca.lint;

import java.util.List;

/** The version is v3 wherever there are extensions. */
public final class VersionRule implements CertificateRule {
    @Override
    public String id() {
        return "version";
    }

    @Override
    public String clause() {
        return "RFC 5280 section 4.1.2.1";
    }

    @Override
    public List<String> complaints(LintSubject subject) {
        int version = subject.tbs().version();
        if (version < 1 || version > 3) {
            return List.of("the version is v" + version + "; there are only v1, v2 and v3");
        }
        if (version != 3 && !subject.tbs().extensions().isEmpty()) {
            return List.of("the version is v" + version + "; with extensions it must be v3");
        }
        return List.of();
    }
}
