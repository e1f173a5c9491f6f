package org.devpki.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.devpki.app.IssuedDevice;
import org.devpki.app.ReplaceDevice;
import org.devpki.app.Workshop;
import org.devpki.model.DeviceId;
import org.devpki.model.Renewal;
import org.devpki.model.RevocationReason;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code devpki device replace}. */
@Command(
        name = "replace",
        description = {
            "Give a device's name to another device: a new key and certificate, and everything live that the name had is",
            "revoked; for key-compromise before, else after the new certificate is there."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  devpki device replace sensor-7 --reason superseded --out replaced/",
            "  devpki device replace sensor-8 --reason key-compromise --target esp32c3 --out replaced/"
        })
final class DeviceReplaceCommand implements Callable<Integer> {
    @Mixin
    CommonOptions common;

    @Parameters(paramLabel = "NAME", description = "The device's name.")
    String name;

    @Option(
            names = "--reason",
            required = true,
            paramLabel = "REASON",
            description =
                    "Why the old certificate is revoked: superseded for a broken device, key-compromise for a lost"
                            + " or stolen one, and so on.")
    String reason;

    @Mixin
    SuccessorOptions successor;

    @Override
    public Integer call() {
        try (Workshop shop = common.open()) {
            ReplaceDevice.Replaced replaced = shop.replaceDevice()
                    .run(successor.order(common, name, Renewal.Kind.REPLACED), RevocationReason.parse(reason));
            IssuedDevice issued = replaced.device();
            FlashOptions.tell(common, issued.warnings(), issued.budget());
            SuccessorOptions.sayHowToFollow(common, issued);
            List<String> lines = new ArrayList<>(SuccessorOptions.lines(issued));
            replaced.revoked().forEach(row -> lines.add("revoked " + name + ", serial " + row.serial()));
            if (shop.showPasswords().isSilenced(new DeviceId(name))) {
                common.say(name + " has a password that the device before knows: devpki password issue makes another");
            }
            lines.add("next: devpki crl publish");
            if (successor.packing.isStream()) {
                lines.forEach(common::say);
            } else {
                common.print(
                        PackingOptions.members(
                                        Certificates.fields(
                                                "device/1",
                                                issued.certificate(),
                                                common.streams().clock().instant()),
                                        issued,
                                        replaced.hasChanged())
                                .put(
                                        "revoked",
                                        replaced.revoked().stream()
                                                .map(row -> row.serial().hex())
                                                .toList()),
                        lines);
            }
        }
        return ExitCodes.DONE;
    }
}
