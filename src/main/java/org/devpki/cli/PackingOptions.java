package org.devpki.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.devpki.app.CertificateFiles;
import org.devpki.app.IssuedDevice;
import org.devpki.app.PackingOrder;
import org.devpki.model.CsrDer;
import org.devpki.model.DeviceId;
import org.devpki.model.DevpkiException;
import org.devpki.model.SecretBytes;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where a device's own key comes from, and what becomes of its credential: of {@code issue} and what follows it. */
final class PackingOptions {
    @Option(
            names = "--csr",
            paramLabel = "FILE",
            description =
                    "Certification request (PKCS #10, PEM or DER) with the device's own key; - is standard input.")
    Optional<String> csr = Optional.empty();

    @Option(
            names = "--format",
            paramLabel = "LIST",
            split = ",",
            description = "Of embed, pem, der, p12, esp-secure-cert, nvs; else what suits profile and --target.")
    List<String> formats = new ArrayList<>();

    @Option(
            names = "--export-passphrase-file",
            paramLabel = "FILE",
            description = "File with the passphrase that the p12 file is put under.")
    Optional<Path> exportPassphraseFile = Optional.empty();

    @Mixin
    FlashOptions flash;

    @Mixin
    NvsImageOptions nvs;

    @Mixin
    SealOption seal;

    @Option(
            names = "--out",
            paramLabel = "FOLDER",
            description = "Where the device's folder is made (default: here); - prints PEM to standard output.")
    String out = ".";

    @Option(names = "--force", description = "Replace the device's folder if it is there.")
    boolean isForced;

    Optional<CsrDer> request(CommonOptions common) {
        return csr.map(file -> CertificateFiles.request(common.input(file), CommonOptions.origin(file)));
    }

    /** @param hasKey whether a private key will be in it */
    PackingOrder order(DeviceId device, CommonOptions common, boolean hasKey) {
        return new PackingOrder(
                formats,
                exportPassphraseFile.map(PackingOptions::readPassphrase),
                flash.home,
                flash.order(device),
                nvs.order(device, common),
                seal.recipient(common),
                PemOutput.destination(common, out, isForced, formats, hasKey));
    }

    private static SecretBytes readPassphrase(Path file) {
        SecretBytes passphrase = Passphrase.fromFile(file);
        if (passphrase.length() == 0) {
            throw DevpkiException.keyUnavailable("the passphrase in " + file + " is empty");
        }
        return passphrase;
    }

    /** Whether the certificate itself is the output, so that nothing else may be. */
    boolean isStream() {
        return out.equals("-");
    }

    /** Where the files are. */
    static List<String> places(IssuedDevice issued) {
        List<String> lines = new ArrayList<>();
        lines.add("files in " + issued.folder().map(Path::toString).orElse("-"));
        issued.toBurn().ifPresent(folder -> lines.add(FlashOptions.toBurn(folder)));
        return lines;
    }

    static Fields members(Fields fields, IssuedDevice issued, boolean hasChanged) {
        return fields.put("changed", hasChanged)
                .put("folder", issued.folder().map(Path::toString))
                .put("efuseFolder", issued.toBurn().map(Path::toString))
                .put("warnings", issued.warnings())
                .put("budget", issued.budget().map(FlashOptions::members));
    }
}
