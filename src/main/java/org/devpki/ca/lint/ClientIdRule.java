package org.devpki.ca.lint;

import java.util.List;
import java.util.Optional;
import org.devpki.model.DeviceId;
import org.devpki.model.DevpkiException;
import org.devpki.model.ExtendedKeyUsage;
import org.devpki.x509.ParsedTbs;

/** Whoever may be a TLS client has one common name, and it is fit to be an MQTT client ID. */
public final class ClientIdRule implements CertificateRule {
    @Override
    public String id() {
        return "client-id";
    }

    @Override
    public String clause() {
        return "docs/laws.md law 6";
    }

    @Override
    public List<String> complaints(LintSubject subject) {
        ParsedTbs tbs = subject.tbs();
        if (tbs.isCa() || !tbs.extendedKeyUsage().orElse(List.of()).contains(ExtendedKeyUsage.CLIENT_AUTH.oid())) {
            return List.of();
        }
        List<String> names = tbs.commonNames();
        if (names.size() != 1) {
            return List.of("there are " + names.size() + " common names; with clientAuth exactly one is the client ID");
        }
        return fault(names.get(0)).map(List::of).orElse(List.of());
    }

    private static Optional<String> fault(String name) {
        try {
            new DeviceId(name);
            return Optional.empty();
        } catch (DevpkiException e) {
            return Optional.of(e.sentence());
        }
    }
}
