package org.devpki.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.devpki.app.DeviceOrder;
import org.devpki.app.IssuedDevice;
import org.devpki.app.RenewalOrder;
import org.devpki.model.DeviceId;
import org.devpki.model.KeySpec;
import org.devpki.model.NotAfter;
import org.devpki.model.Renewal;
import org.devpki.model.SerialReference;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A certificate that follows another one: of {@code device renew} and {@code device replace}. */
final class SuccessorOptions {
    @Option(
            names = "--serial",
            paramLabel = "HEX",
            description = "Serial of the certificate that is followed; else the device's newest.")
    Optional<String> serial = Optional.empty();

    @Option(names = "--profile", paramLabel = "NAME", description = "Another profile than before.")
    Optional<String> profile = Optional.empty();

    @Option(
            names = "--key",
            paramLabel = "KIND",
            description = "Kind of the new key, such as P-256 or RSA-2048; else as before.")
    Optional<String> key = Optional.empty();

    @Option(
            names = "--not-after",
            paramLabel = "TIME",
            description = "End of validity: 90d, 10y, an RFC 3339 instant, ca (the issuer's own end), 9999 (none).")
    Optional<String> notAfter = Optional.empty();

    @Mixin
    PackingOptions packing;

    DeviceOrder order(CommonOptions common, String name, Renewal.Kind kind) {
        DeviceId device = new DeviceId(name);
        boolean hasKey = kind != Renewal.Kind.RENEWED && packing.csr.isEmpty();
        return new DeviceOrder(
                device,
                profile,
                Optional.empty(),
                key.map(KeySpec::parse),
                packing.request(common),
                notAfter.map(NotAfter::parse),
                Optional.empty(),
                List.of(),
                packing.order(device, common, hasKey),
                Optional.of(new RenewalOrder(kind, serial.map(SerialReference::parse))));
    }

    /** What was done, in a line; and where the files are. */
    static List<String> lines(IssuedDevice issued) {
        Renewal renewal = issued.certificate().reservation().renewal().orElseThrow();
        String done = renewal.kind().text();
        List<String> lines = new ArrayList<>();
        lines.add((issued.hasChanged() ? done + " " : "nothing to do: " + done + " before: ")
                + issued.certificate().reservation().name() + ", serial "
                + issued.certificate().serial() + " after " + renewal.of() + ", valid until "
                + issued.certificate().reservation().validity().notAfter());
        lines.addAll(PackingOptions.places(issued));
        return lines;
    }

    /** Whoever means another renewal than the one before has to name the certificate. */
    static void sayHowToFollow(CommonOptions common, IssuedDevice issued) {
        if (!issued.hasChanged()) {
            common.say("--serial " + issued.certificate().serial() + " follows that one");
        }
    }
}
