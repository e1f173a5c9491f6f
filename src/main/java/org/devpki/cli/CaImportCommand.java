package org.devpki.cli;

import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.devpki.app.AdoptCa;
import org.devpki.app.CertificateFiles;
import org.devpki.app.OldKey;
import org.devpki.app.Workshop;
import org.devpki.model.CaName;
import org.devpki.model.DevpkiException;
import org.devpki.model.Quoted;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code devpki ca import}. */
@Command(
        name = "import",
        description = {
            "Take over a CA of another program, with its key from a file or in a token, or without; a root before the CAs",
            "under it. Its CRLs go on from the last one. Without an option that tells of a key: bring the certificate that",
            "ca sign made elsewhere to the key that ca csr made here, or a later one, for the same key, of a CA that was reissued."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  devpki ca import old-ca --cert ca.crt --private-key private/ca.key --crl crl.pem",
            "  devpki ca import old-ca --p12 ca.p12 --key-passphrase-file old-passphrase --crl-number 0x1003",
            "  devpki ca import old-root --cert root.pem --without-key",
            "  devpki ca import plant-1 --cert plant-1.pem"
        })
final class CaImportCommand implements Callable<Integer> {
    @Mixin
    CommonOptions common;

    @Parameters(paramLabel = "NAME", description = "The CA's name here; the one that ca csr was told, if it was.")
    String name = "";

    @Option(
            names = "--cert",
            paramLabel = "FILE",
            description = "Its certificate, PEM or DER, first in the file; - for standard input.")
    Optional<String> file = Optional.empty();

    @Mixin
    OldKeyOptions oldKey;

    @Option(
            names = "--crl",
            paramLabel = "FILE",
            description = "The last CRL that it published: what that lists stays listed, and numbers go on from there.")
    Optional<String> crl = Optional.empty();

    @Option(
            names = "--crl-number",
            paramLabel = "N",
            description = "The last CRL number that it gave, decimal or 0x…; numbers go on from there.")
    Optional<String> crlNumber = Optional.empty();

    @Override
    public Integer call() {
        CaName ca = new CaName(name);
        return oldKey.isEmpty() ? bring(ca) : adopt(ca);
    }

    private int bring(CaName ca) {
        if (crl.isPresent() || crlNumber.isPresent()) {
            throw DevpkiException.invalid("--crl and --crl-number go with a CA of another program, and its key")
                    .hint("--private-key, --p12 or --key-uri tells where that is");
        }
        String certificate = file.orElseThrow(() -> DevpkiException.invalid("--cert FILE has the CA's certificate"));
        try (Workshop shop = common.open()) {
            boolean hasChanged = shop.importCa().run(ca, common.input(certificate), CommonOptions.origin(certificate));
            print(shop, ca, hasChanged, new ArrayList<>());
        }
        return ExitCodes.DONE;
    }

    private int adopt(CaName ca) {
        Optional<OldKey> key = oldKey.open(common);
        try (Workshop shop = common.open()) {
            AdoptCa.Adopted adopted = shop.adoptCa()
                    .run(new AdoptCa.Order(
                            ca,
                            certificate(key),
                            key.map(OldKey::key),
                            oldKey.uri,
                            crl.map(this::given),
                            crlNumber.map(CaImportCommand::number)));
            List<String> lines = new ArrayList<>();
            if (adopted.hasChanged()) {
                adopted.warnings()
                        .forEach(warning -> common.say("warning, devpki would not have issued it so: " + warning));
                say(ca, adopted, lines);
            }
            print(shop, ca, adopted.hasChanged(), lines);
        } finally {
            key.ifPresent(OldKey::close);
        }
        return ExitCodes.DONE;
    }

    private void say(CaName ca, AdoptCa.Adopted adopted, List<String> lines) {
        oldKey.source()
                .ifPresent(source -> lines.add("its key is in the store now, under the store's passphrase; destroy "
                        + source + " and every copy of it"));
        if (crl.isPresent()) {
            lines.add("revoked by its CRL: " + adopted.revoked());
        } else if (!oldKey.isElsewhere) {
            lines.add("no --crl was given: what it revoked is on no CRL before devpki device import has brought it");
        }
        if (!oldKey.isElsewhere) {
            lines.add("next: devpki device import PATH --ca " + ca
                    + " --from openssl, easy-rsa, cfssl, step-ca or folder");
        }
    }

    private void print(Workshop shop, CaName ca, boolean hasChanged, List<String> lines) {
        String done = oldKey.isElsewhere ? "CA " + ca + " is known from now on" : "CA " + ca + " issues from now on";
        lines.add(0, hasChanged ? done : "nothing to do: CA " + ca + " is there");
        lines.add("next: devpki ca export --bundle --out ca.pem, for brokers");
        common.print(
                CaCommand.members(
                                Fields.schema("ca-import/1"), shop.showLedger().ca(ca))
                        .put("changed", hasChanged),
                lines);
    }

    private AdoptCa.Given certificate(Optional<OldKey> key) {
        Optional<AdoptCa.Given> inside = key.filter(old -> !old.chain().isEmpty())
                .map(old -> new AdoptCa.Given(
                        CertificateFiles.pem(old.chain().subList(0, 1)),
                        oldKey.pkcs12.map(Path::toString).orElse("")));
        return file.map(this::given)
                .or(() -> inside)
                .orElseThrow(() -> DevpkiException.invalid("--cert FILE has the CA's certificate"));
    }

    private AdoptCa.Given given(String input) {
        return new AdoptCa.Given(common.input(input), CommonOptions.origin(input));
    }

    private static BigInteger number(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        try {
            return lower.startsWith("0x") ? new BigInteger(lower.substring(2), 16) : new BigInteger(lower);
        } catch (NumberFormatException e) {
            throw DevpkiException.invalid("CRL number " + Quoted.of(text) + " is no number such as 4099 or 0x1003")
                    .causedBy(e);
        }
    }
}
