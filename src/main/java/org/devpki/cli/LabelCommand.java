package org.devpki.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.devpki.app.LabelOrder;
import org.devpki.app.MakeLabels;
import org.devpki.app.Workshop;
import org.devpki.model.BatchId;
import org.devpki.model.DevpkiException;
import org.devpki.model.SerialReference;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code devpki device label}. */
@Command(
        name = "label",
        description = {
            "Make labels: a QR code with the name and the fingerprint of the certificate, and text under or beside it. A label",
            "holds no secret. The same again changes nothing."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  devpki device label esp32-cert-client-01 --out labels/",
            "  devpki device label --batch L3W47 --format zpl --size 50x25 --dpi 300 --out - > labels.zpl"
        })
final class LabelCommand implements Callable<Integer> {
    @Mixin
    CommonOptions common;

    @Parameters(paramLabel = "NAME", arity = "0..*", description = "Names of devices.")
    List<String> names = new ArrayList<>();

    @Option(names = "--serial", paramLabel = "SERIAL", description = "This certificate; may be given more than once.")
    List<String> serials = new ArrayList<>();

    @Option(
            names = "--batch",
            paramLabel = "ID",
            description = "All devices of this batch that have a live certificate.")
    Optional<String> batch = Optional.empty();

    @Option(
            names = "--format",
            paramLabel = "WORD",
            description = "svg (default); zpl for label printers; png, which is the code alone.")
    String format = "svg";

    @Option(names = "--size", paramLabel = "MM", description = "Width and height in mm (default: 50x25).")
    String size = "50x25";

    @Option(names = "--dpi", paramLabel = "N", description = "Dots per inch of the printer: 203 (default), 300 or 600.")
    int dpi = 203;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "FOLDER",
            description = "Where a file a device is made; - prints zpl of all, or a single label.")
    String out;

    @Option(names = "--force", description = "Replace labels that are there and say something else.")
    boolean isForced;

    @Override
    public Integer call() {
        if (names.isEmpty() && serials.isEmpty() && batch.isEmpty()) {
            throw DevpkiException.invalid("whose labels? name devices, or give --serial or --batch");
        }
        if (out.equals("-") && common.isJson) {
            throw DevpkiException.invalid(
                    "--out - prints the labels, which --json would be mixed with; give --out a folder");
        }
        LabelOrder order = new LabelOrder(
                names,
                serials.stream().map(SerialReference::parse).toList(),
                batch.map(BatchId::new),
                format,
                size,
                dpi);
        try (Workshop shop = common.open()) {
            if (out.equals("-")) {
                common.toStandardOutput(
                        stream -> shop.makeLabels().run(order, octets -> stream.writeBytes(octets.toArray())));
            } else {
                print(shop.makeLabels(), order);
            }
        }
        return ExitCodes.DONE;
    }

    private void print(MakeLabels deed, LabelOrder order) {
        List<Map<String, Object>> labels = new ArrayList<>();
        deed.run(order, Path.of(out), isForced, made -> labels.add(members(made).map()));
        long written = labels.stream()
                .filter(label -> Boolean.TRUE.equals(label.get("changed")))
                .count();
        common.print(
                Fields.schema("device-label/1")
                        .put("folder", out)
                        .put("format", format)
                        .put("written", written)
                        .put("unchanged", labels.size() - written)
                        .put("labels", labels),
                List.of("labels in " + out + ": " + written + " written, " + (labels.size() - written)
                        + " there before"));
    }

    private static Fields members(MakeLabels.Made made) {
        return Fields.plain()
                .put("name", made.certificate().reservation().name())
                .put("serial", made.certificate().serial().hex())
                .put(
                        "sha256",
                        made.certificate()
                                .certificate()
                                .map(der -> der.octets().sha256().hex()))
                .put("file", made.file().toString())
                .put("changed", made.hasChanged());
    }
}
