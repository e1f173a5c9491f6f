package org.devpki.cli;

import java.lang.reflect.Field;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.devpki.app.InitOrder;
import org.devpki.app.InitStore;
import org.devpki.app.InitTrusting;
import org.devpki.model.DevpkiException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/** {@code devpki init}. */
@Command(
        name = "init",
        description = "Make a store: root CA, issuing CA, ledger, first CRLs, OCSP responder.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  devpki init --org Acme --crl-url http://crl.acme.example --ocsp-url http://ocsp.acme.example",
            "  devpki init --store lab/pki --key P-384 --not-after 20y --passphrase-file ca.pass",
            "  devpki init --pkcs11-module /usr/lib/softhsm/libsofthsm2.so --root-key-uri 'pkcs11:token=acme;object=root-ca'",
            "  devpki init --store line3/pki --trust office.trust"
        })
final class InitCommand implements Callable<Integer> {
    @Mixin
    CommonOptions common;

    @Mixin
    InitOptions options;

    @Option(
            names = "--trust",
            paramLabel = "FILE",
            description = "Make a store without CA keys, which asks the office for certificates, from what ca export"
                    + " --trust wrote there; no other of these options goes with it.")
    Optional<String> trust = Optional.empty();

    @Override
    public Integer call() {
        if (trust.isPresent()) {
            return trusting(trust.get());
        }
        InitOrder order = options.order();
        boolean hasChanged = new InitStore(common.surroundings(true)).run(order);
        options.warnings(order).forEach(common::say);
        String next = "devpki issue esp32-cert-client-01 --out out/";
        common.print(
                Fields.schema("init/1")
                        .put("store", common.storePath())
                        .put("changed", hasChanged)
                        .put("next", next),
                List.of(
                        (hasChanged ? "made store " : "nothing to do: same store in ") + common.storePath(),
                        "next: " + next));
        return ExitCodes.DONE;
    }

    private int trusting(String file) {
        List<String> given = common.spec.commandLine().getParseResult().matchedOptions().stream()
                .filter(option -> option.userObject() instanceof Field field
                        && field.getDeclaringClass().equals(InitOptions.class))
                .map(OptionSpec::longestName)
                .toList();
        if (!given.isEmpty()) {
            throw DevpkiException.invalid(
                    "--trust brings the office's settings, and " + String.join(", ", given) + " would make others");
        }
        InitTrusting.Made made =
                new InitTrusting(common.surroundings(true)).run(common.input(file), CommonOptions.origin(file));
        String next = "devpki batch export-csr line3.csv --batch L3W47 --to office.crt --out L3W47.requests";
        common.print(
                Fields.schema("init/1")
                        .put("store", common.storePath())
                        .put("changed", made.hasChanged())
                        .put("rootSha256", made.root().hex())
                        .put("next", next),
                List.of(
                        (made.hasChanged() ? "made store " : "nothing to do: same store in ") + common.storePath()
                                + ", without CA keys",
                        "its root has SHA-256 " + made.root().hex()
                                + "; at the office devpki ca show root-ca must say the same",
                        "next: " + next));
        return ExitCodes.DONE;
    }
}
