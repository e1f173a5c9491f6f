package org.devpki.cli;

import java.util.Optional;
import org.devpki.app.CaOrder;
import org.devpki.model.CaName;
import picocli.CommandLine.Option;

/** Which profile a CA's certificate follows, and what it is called. */
final class CaSubjectOptions {
    @Option(
            names = "--profile",
            paramLabel = "NAME",
            description = "A profile for CAs (default: root-ca for a root, else issuing-ca).")
    Optional<String> profile = Optional.empty();

    @Option(
            names = "--cn",
            paramLabel = "TEXT",
            description =
                    "Common name of its subject (default: the profile's, followed by NAME; of a request, the request's).")
    Optional<String> commonName = Optional.empty();

    /** @param parent absent for a root */
    String profile(CaName name, Optional<CaName> parent) {
        return profile.orElse(CaOrder.usual(name, parent).profile());
    }
}
