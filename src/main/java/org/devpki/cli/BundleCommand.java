package org.devpki.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.devpki.app.ExportBundle;
import org.devpki.app.HmacKeyFiles;
import org.devpki.app.ImageReport;
import org.devpki.app.PackingOrder;
import org.devpki.app.ShowImage;
import org.devpki.app.Workshop;
import org.devpki.model.Alarm;
import org.devpki.model.Chip;
import org.devpki.model.DeviceId;
import org.devpki.model.LedgerCertificate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code devpki bundle}. */
@Command(
        name = "bundle",
        description = "What devices are given: packed, shown and verified.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            BundleCommand.ExportCommand.class,
            BundleOpenCommand.class,
            BundleCommand.ShowCommand.class,
            BundleCommand.VerifyCommand.class
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  devpki bundle show out/sensor-7/esp_secure_cert.bin",
            "  devpki bundle verify out/sensor-7/esp_secure_cert.bin --target esp32c3"
        })
final class BundleCommand extends NounCommand {

    /** {@code devpki bundle export}. */
    @Command(
            name = "export",
            description = "Pack a certificate that was issued before, with its private key from a file, once more.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  devpki bundle export esp32-cert-client-01 --private-key out/esp32-cert-client-01/client_key.pem"
                        + " --target esp32c3 --format esp-secure-cert --out flash/",
                "  devpki bundle export esp32-cert-client-01 --format pem --out pem/"
            })
    static final class ExportCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Mixin
        FlashOptions flash;

        @Mixin
        NvsImageOptions nvs;

        @Mixin
        SealOption seal;

        @Parameters(paramLabel = "NAME", description = "The device's name.")
        String name;

        @Option(
                names = "--private-key",
                paramLabel = "FILE",
                description =
                        "Its private key, unencrypted: PEM or DER; PKCS #8, SEC 1 or PKCS #1; - is standard input.")
        Optional<String> privateKey = Optional.empty();

        @Option(
                names = "--format",
                paramLabel = "LIST",
                split = ",",
                description = "Of embed, pem, der, esp-secure-cert, nvs; else what suits profile and --target.")
        List<String> formats = new ArrayList<>();

        @Option(
                names = "--out",
                paramLabel = "FOLDER",
                required = true,
                description = "Where the device's folder is made; - prints PEM to standard output.")
        String out;

        @Option(names = "--force", description = "Replace the device's folder if it is there.")
        boolean isForced;

        @Override
        public Integer call() {
            try (Workshop shop = common.open()) {
                LedgerCertificate row = shop.revokeCertificate().named(name);
                ExportBundle.Exported exported = shop.exportBundle()
                        .run(new ExportBundle.Order(
                                row,
                                privateKey.map(common::secretInput),
                                new PackingOrder(
                                        formats,
                                        Optional.empty(),
                                        flash.home,
                                        flash.order(new DeviceId(name)),
                                        nvs.order(new DeviceId(name), common),
                                        seal.recipient(common),
                                        PemOutput.destination(
                                                common, out, isForced, formats, privateKey.isPresent()))));
                FlashOptions.tell(common, exported.warnings(), exported.budget());
                exported.alarm().ifPresent(alarm -> common.say("alarm " + alarm.id() + ": " + alarm.sentence()));
                exported.folder().ifPresent(folder -> print(row, exported, folder));
            }
            return ExitCodes.DONE;
        }

        private void print(LedgerCertificate row, ExportBundle.Exported exported, Path folder) {
            List<String> lines = new ArrayList<>();
            lines.add("exported " + name + ", serial " + row.serial());
            lines.add("files in " + folder);
            exported.toBurn().ifPresent(burned -> lines.add(FlashOptions.toBurn(burned)));
            common.print(
                    Fields.schema("bundle/1")
                            .put("name", name)
                            .put("serial", row.serial().hex())
                            .put("folder", folder.toString())
                            .put("efuseFolder", exported.toBurn().map(Path::toString))
                            .put("warnings", exported.warnings())
                            .put("alarm", exported.alarm().map(Alarm::sentence))
                            .put("budget", exported.budget().map(FlashOptions::members)),
                    lines);
        }
    }

    /** {@code devpki bundle show}. */
    @Command(
            name = "show",
            description =
                    "Show what is in an esp_secure_cert image, made by whatever tool. Exit 8 if it does not hold.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  devpki bundle show out/sensor-7/esp_secure_cert.bin",
                "  devpki bundle show out/sensor-7/esp_secure_cert.bin --json"
            })
    static final class ShowCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Parameters(paramLabel = "IMAGE", description = "The image; - is standard input.")
        String image;

        @Override
        public Integer call() {
            ImageReport report = ShowImage.run(common.input(image), CommonOptions.origin(image));
            List<String> lines = new ArrayList<>();
            report.lines()
                    .forEach(line -> lines.add(String.format(
                            Locale.ROOT,
                            "0x%04x  %-22s %5d octets  %s",
                            line.offset(),
                            line.subtype() == 0 ? line.name() : line.name() + "/" + line.subtype(),
                            line.sizeOctets(),
                            line.what())));
            lines.add(report.flavour() + " image, " + report.usedOctets() + " of " + report.sizeOctets()
                    + " octets used");
            report.faults().forEach(fault -> lines.add("BAD   " + fault));
            List<Map<String, Object>> entries = report.lines().stream()
                    .map(line -> Fields.plain()
                            .put("offset", line.offset())
                            .put("type", line.name())
                            .put("subtype", line.subtype())
                            .put("octets", line.sizeOctets())
                            .put("what", line.what())
                            .map())
                    .toList();
            common.print(
                    Fields.schema("bundle-image/1")
                            .put("flavour", report.flavour())
                            .put("used", report.usedOctets())
                            .put("size", report.sizeOctets())
                            .put("entries", entries)
                            .put("faults", report.faults()),
                    lines);
            return report.faults().isEmpty() ? ExitCodes.DONE : ExitCodes.INTEGRITY;
        }
    }

    /** {@code devpki bundle verify}. */
    @Command(
            name = "verify",
            description =
                    "Verify an esp_secure_cert image: as firmware reads it, against the ledger and the published CRL."
                            + " Exit 8 if anything does not hold, 11 if the certificate is expired.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  devpki bundle verify out/sensor-7/esp_secure_cert.bin --target esp32c3",
                "  devpki bundle verify out/sensor-7/esp_secure_cert.bin --hmac-key out/sensor-7+efuse/hmac_key.bin"
            })
    static final class VerifyCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Parameters(paramLabel = "IMAGE", description = "The image; - is standard input.")
        String image;

        @Option(names = "--target", paramLabel = "CHIP", description = "The chip that it is for, such as esp32c3.")
        Optional<String> target = Optional.empty();

        @Option(
                names = "--hmac-key",
                paramLabel = "FILE",
                description = "The HMAC key in the chip's eFuse: the key is then opened or derived, and tried.")
        Optional<Path> hmacKey = Optional.empty();

        @Override
        public Integer call() {
            try (Workshop shop = common.open()) {
                return org.devpki.cli.VerifyCommand.tell(
                        common,
                        shop.verifyImage()
                                .run(
                                        common.input(image),
                                        CommonOptions.origin(image),
                                        target.map(Chip::parse),
                                        hmacKey.map(HmacKeyFiles::read)));
            }
        }
    }
}
