package org.devpki.cli;

import java.util.List;
import java.util.Optional;
import org.devpki.app.RewrapKeys;
import org.devpki.model.CaName;
import org.devpki.model.DevpkiException;
import picocli.CommandLine.Option;

/** Which key files a command is for. */
final class KeyScope {
    @Option(
            names = "--ca",
            paramLabel = "NAME",
            description =
                    "Only this CA's key and those of what signs for it; later commands need its passphrase for it.")
    Optional<String> name = Optional.empty();

    @Option(names = "--all", description = "All key files of the store (default).")
    boolean isAll;

    Optional<CaName> ca() {
        if (isAll && name.isPresent()) {
            throw DevpkiException.invalid("--all is every CA, and --ca " + name.get() + " is one: choose");
        }
        return name.map(CaName::new);
    }

    void tell(CommonOptions common, String schema, RewrapKeys.Done done, String how) {
        common.print(
                Fields.schema(schema)
                        .put("changed", done.changed() > 0)
                        .put("files", done.changed())
                        .put("kept", done.kept()),
                List.of(
                        done.changed() == 0
                                ? "nothing to do: " + done.kept() + " key files are as wanted"
                                : done.changed() + " key files are " + how
                                        + (done.kept() == 0 ? "" : "; " + done.kept() + " were as wanted")));
    }
}
