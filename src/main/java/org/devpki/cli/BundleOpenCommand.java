package org.devpki.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.devpki.app.OpenBundle;
import org.devpki.model.DevpkiException;
import org.devpki.model.SecretBytes;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code devpki bundle open}. */
@Command(
        name = "open",
        description = {
            "Open what --seal-to sealed, with the recipient's private key: a .cms file, a device's folder, a folder of",
            "many, or an archive of batch archive. All of it is checked first, exit 8 if it is not as it was written; a",
            "key that it is not sealed to is exit 9. It needs no store."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  devpki bundle open L3W47.tar.zst --key recipient.key --out clear/",
            "  devpki bundle open out/sensor-7/esp_secure_cert.bin.cms --key recipient.key --out - | devpki bundle show -"
        })
final class BundleOpenCommand implements Callable<Integer> {
    @Mixin
    CommonOptions common;

    @Parameters(paramLabel = "PLACE", description = "The sealed file, folder or archive.")
    Path place;

    @Option(
            names = "--key",
            required = true,
            paramLabel = "FILE",
            description = "The recipient's private key, RSA or EC: PEM or DER; PKCS #8, SEC 1 or PKCS #1.")
    Path key;

    @Option(
            names = "--key-passphrase-file",
            paramLabel = "FILE",
            description = "File with the passphrase that the key is under.")
    Optional<Path> passphraseFile = Optional.empty();

    @Option(
            names = "--out",
            paramLabel = "FOLDER",
            description =
                    "Where the clear files or folders go; for one file beside it by default, - is standard output.")
    Optional<String> out = Optional.empty();

    @Option(names = "--force", description = "Replace clear files that are there and say something else.")
    boolean isForced;

    @Override
    public Integer call() {
        try (OpenBundle deed = RecipientKey.open(common, key, passphraseFile)) {
            if (out.filter("-"::equals).isPresent()) {
                toStandardOutput(deed);
            } else {
                print(deed.run(place, out.map(Path::of), isForced));
            }
        }
        return ExitCodes.DONE;
    }

    private void toStandardOutput(OpenBundle deed) {
        if (common.isJson) {
            throw DevpkiException.invalid("--out - prints the file, which --json would be mixed with");
        }
        if (common.streams().isOutTerminal()) {
            throw DevpkiException.invalid("a secret never goes to a terminal; give --out a folder");
        }
        try (SecretBytes clear = deed.file(place)) {
            common.toStandardOutput(stream -> clear.lend(octets -> {
                stream.writeBytes(octets);
                return octets.length;
            }));
        }
    }

    private void print(OpenBundle.Opened opened) {
        String what = opened.files()
                + (opened.files() == 1 ? " sealed file" : " sealed files")
                + (opened.folders() == 0
                        ? ""
                        : " of " + opened.folders() + (opened.folders() == 1 ? " folder" : " folders"));
        common.print(
                Fields.schema("bundle-open/1")
                        .put("place", place.toString())
                        .put("out", opened.out().toString())
                        .put("folders", opened.folders())
                        .put("files", opened.files())
                        .put("changed", opened.changed() > 0),
                List.of(
                        opened.changed() > 0
                                ? "opened " + what + " into " + opened.out()
                                : "nothing to do: opened " + what + " into " + opened.out() + " before"));
    }
}
