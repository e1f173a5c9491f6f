package org.devpki.cli;

import java.util.concurrent.Callable;
import org.devpki.app.IssuedDevice;
import org.devpki.app.Workshop;
import org.devpki.model.Renewal;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code devpki device renew}. */
@Command(
        name = "renew",
        description = {
            "Issue a new certificate for a device's name, profile and alternative names. The key stays, and the private key",
            "on the device, unless --rekey makes a new one or --csr brings one. The old certificate stays valid until it ends."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  devpki device renew sensor-7 --out renewed/",
            "  devpki device renew sensor-8 --rekey --out renewed/",
            "  devpki device renew sensor-9 --csr - --out - < sensor-9.csr"
        })
final class DeviceRenewCommand implements Callable<Integer> {
    @Mixin
    CommonOptions common;

    @Parameters(paramLabel = "NAME", description = "The device's name.")
    String name;

    @Option(names = "--rekey", description = "Make a new key for it, which goes into the device's folder.")
    boolean isNewKey;

    @Mixin
    SuccessorOptions successor;

    @Override
    public Integer call() {
        try (Workshop shop = common.open()) {
            IssuedDevice issued = shop.issueDevice()
                    .run(successor.order(common, name, isNewKey ? Renewal.Kind.REKEYED : Renewal.Kind.RENEWED));
            FlashOptions.tell(common, issued.warnings(), issued.budget());
            SuccessorOptions.sayHowToFollow(common, issued);
            if (!successor.packing.isStream()) {
                common.print(
                        PackingOptions.members(
                                Certificates.fields(
                                        "device/1",
                                        issued.certificate(),
                                        common.streams().clock().instant()),
                                issued,
                                issued.hasChanged()),
                        SuccessorOptions.lines(issued));
            }
        }
        return ExitCodes.DONE;
    }
}
