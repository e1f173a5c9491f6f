package org.devpki.cli;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.devpki.app.RevokeCertificate;
import org.devpki.app.Workshop;
import org.devpki.model.DevpkiException;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.RevocationReason;
import org.devpki.model.SerialNumber;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code devpki revoke}, also {@code device revoke}. */
@Command(
        name = "revoke",
        description = {
            "Revoke a certificate, hold it, or release it from a hold. It counts at once for OCSP, and for brokers once",
            "`devpki crl publish` has run.",
            "Reasons: unspecified, key-compromise, ca-compromise, affiliation-changed, superseded,",
            "cessation-of-operation, certificate-hold, remove-from-crl (releases a hold), privilege-withdrawn,",
            "aa-compromise."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  devpki revoke sensor-7 --reason key-compromise",
            "  devpki revoke --serial 4F:0A:11:90 --reason certificate-hold",
            "  devpki revoke --cert out/sensor-7/client_crt.pem --reason superseded"
        })
final class RevokeCommand implements Callable<Integer> {
    @Mixin
    CommonOptions common;

    @Parameters(arity = "0..1", paramLabel = "NAME", description = "The device's name.")
    Optional<String> name = Optional.empty();

    @Option(names = "--serial", paramLabel = "HEX", description = "The certificate's serial, in any common spelling.")
    Optional<String> serial = Optional.empty();

    @Option(
            names = "--cert",
            paramLabel = "FILE",
            description = "The certificate itself, PEM or DER; - is standard input.")
    Optional<String> certificate = Optional.empty();

    @Option(names = "--reason", paramLabel = "REASON", description = "Why (default: unspecified).")
    String reason = "unspecified";

    @Override
    public Integer call() {
        RevocationReason why = RevocationReason.parse(reason);
        try (Workshop shop = common.open()) {
            RevokeCertificate deed = shop.revokeCertificate();
            LedgerCertificate row = find(deed);
            if (deed.isCa(row)) {
                common.confirm("this is the certificate of CA "
                        + row.reservation().name() + ", and everything below it goes with it; revoke it");
            }
            print(deed.run(row, why), why);
        }
        return ExitCodes.DONE;
    }

    private LedgerCertificate find(RevokeCertificate deed) {
        long given = List.of(name, serial, certificate).stream()
                .filter(Optional::isPresent)
                .count();
        if (given != 1) {
            throw DevpkiException.invalid("name one certificate: by NAME, --serial or --cert")
                    .hint("devpki revoke --help");
        }
        if (serial.isPresent()) {
            return deed.withSerial(SerialNumber.parse(serial.get()));
        }
        if (certificate.isPresent()) {
            return deed.inFile(common.input(certificate.get()), CommonOptions.origin(certificate.get()));
        }
        return deed.named(name.orElseThrow());
    }

    private void print(RevokeCertificate.Done done, RevocationReason why) {
        LedgerCertificate row = done.certificate();
        String deed = why == RevocationReason.REMOVE_FROM_CRL ? "released " : "revoked ";
        common.print(
                Certificates.fields("device/1", row, common.streams().clock().instant())
                        .put("changed", done.hasChanged()),
                List.of(
                        (done.hasChanged() ? deed : "nothing to do: " + deed + "before: ")
                                + row.reservation().name() + ", serial " + row.serial(),
                        "next: devpki crl publish"));
    }
}
