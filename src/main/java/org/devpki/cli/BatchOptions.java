package org.devpki.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.devpki.app.BatchList;
import org.devpki.app.BatchOrder;
import org.devpki.app.Destination;
import org.devpki.app.PackingOrder;
import org.devpki.model.BatchId;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.CertificateDer;
import org.devpki.model.DevpkiException;
import org.devpki.model.KeySpec;
import org.devpki.model.NotAfter;
import org.devpki.model.Renewal;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What holds for all devices of a batch, wherever it is made. */
final class BatchOptions {
    @Option(names = "--batch", required = true, paramLabel = "ID", description = "What the batch is known by.")
    String id;

    @Option(
            names = "--name",
            paramLabel = "TEMPLATE",
            description = "How devices are named, such as sensor-{mac}; a column's name in braces is its value.")
    Optional<String> nameTemplate = Optional.empty();

    @Option(names = "--profile", paramLabel = "NAME", description = "Profile, where a row has none.")
    Optional<String> profile = Optional.empty();

    @Option(names = "--ca", paramLabel = "NAME", description = "Issuing CA, where a row has none.")
    Optional<String> ca = Optional.empty();

    @Option(names = "--key", paramLabel = "KIND", description = "Kind of key to make, where a row has none.")
    Optional<String> key = Optional.empty();

    @Option(names = "--not-after", paramLabel = "TIME", description = "End of validity, where a row has none.")
    Optional<String> notAfter = Optional.empty();

    @Option(
            names = "--format",
            paramLabel = "LIST",
            split = ",",
            description = "Of embed, pem, der, esp-secure-cert, nvs; else what suits profile and chip.")
    List<String> formats = new ArrayList<>();

    @Mixin
    FlashOptions flash;

    @Mixin
    NvsImageOptions nvs;

    @Mixin
    SealOption seal;

    /** @param out where a folder for each device is made */
    BatchOrder order(CommonOptions common, BatchList list, Path out, int jobs) {
        return order(common, list, out, Optional.empty(), jobs);
    }

    /** The same, for certificates that follow those that the devices have. */
    BatchOrder order(CommonOptions common, BatchList list, Path out, Optional<Renewal.Kind> renewal, int jobs) {
        if (flash.hmacKey.isPresent()) {
            throw DevpkiException.invalid("--hmac-key is one chip's; each device of a batch has its own")
                    .hint("--hmac-keys LIST, or none to have them made");
        }
        if (nvs.hmacKey.isPresent()) {
            throw DevpkiException.invalid("--nvs-hmac-key is one chip's; each device of a batch has its own");
        }
        Optional<CertificateDer> recipient = seal.recipient(common);
        return new BatchOrder(
                new BatchId(id),
                settings(recipient, renewal),
                list,
                profile,
                ca.map(CaName::new),
                key.map(KeySpec::parse),
                notAfter.map(NotAfter::parse),
                entry -> packing(common, entry, recipient, out),
                renewal,
                jobs);
    }

    /** Devices of a list, named as the template says. */
    BatchList list(Bytes octets, String origin) {
        return BatchList.read(octets, origin, nameTemplate);
    }

    private PackingOrder packing(
            CommonOptions common, BatchList.Entry entry, Optional<CertificateDer> recipient, Path out) {
        return new PackingOrder(
                formats,
                Optional.empty(),
                flash.home,
                flash.order(entry.device(), entry.chip().or(() -> flash.target)),
                nvs.order(entry.device(), entry.nvs(), common),
                recipient,
                new Destination.Folder(out, false));
    }

    /** The options that make another certificate or another file; where the files go makes none. */
    private String settings(Optional<CertificateDer> recipient, Optional<Renewal.Kind> renewal) {
        List<String> said = new ArrayList<>();
        renewal.ifPresent(kind -> said.add("renewals, " + kind.text()));
        nameTemplate.ifPresent(value -> said.add("--name " + value));
        profile.ifPresent(value -> said.add("--profile " + value));
        ca.ifPresent(value -> said.add("--ca " + value));
        key.ifPresent(value -> said.add("--key " + value));
        notAfter.ifPresent(value -> said.add("--not-after " + value));
        if (!formats.isEmpty()) {
            said.add("--format " + String.join(",", formats));
        }
        flash.target.ifPresent(value -> said.add("--target " + value));
        flash.home.ifPresent(value -> said.add("--key-home " + value));
        recipient.ifPresent(der -> said.add(
                "--seal-to a certificate with SHA-256 " + der.octets().sha256().hex()));
        return said.isEmpty() ? "no options" : String.join(" ", said);
    }
}
