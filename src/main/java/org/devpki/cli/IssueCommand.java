package org.devpki.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.devpki.app.DeviceOrder;
import org.devpki.app.IssuedDevice;
import org.devpki.app.Workshop;
import org.devpki.model.BatchId;
import org.devpki.model.CaName;
import org.devpki.model.DeviceId;
import org.devpki.model.KeySpec;
import org.devpki.model.NotAfter;
import org.devpki.model.SubjectAltName;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code devpki issue}, also {@code device issue}. */
@Command(
        name = "issue",
        description = "Issue a certificate to one device or server, and write what it needs.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  devpki issue esp32-cert-client-01 --out out/",
            "  devpki issue sensor-7 --profile device-ds-rsa --target esp32c3 --format esp-secure-cert --out out/",
            "  devpki issue mqtt.acme.example --profile broker-server --san dns:mqtt.acme.example --san ip:192.0.2.7",
            "  devpki issue sensor-8 --csr - --out - < sensor-8.csr"
        })
final class IssueCommand implements Callable<Integer> {
    @Mixin
    CommonOptions common;

    @Parameters(
            paramLabel = "NAME",
            description = "The device's name, which becomes common name and MQTT client ID: 1 to 64 of"
                    + " A-Z a-z 0-9 . _ : -")
    String name;

    @Option(names = "--profile", paramLabel = "NAME", description = "Profile; else the store's default, device-mqtt.")
    Optional<String> profile = Optional.empty();

    @Option(names = "--ca", paramLabel = "NAME", description = "Issuing CA; else the store's default, issuing-ca.")
    Optional<String> ca = Optional.empty();

    @Option(
            names = "--key",
            paramLabel = "KIND",
            description =
                    "Kind of key to make, such as P-256 or RSA-2048; ML-DSA is experimental; else the profile's first.")
    Optional<String> key = Optional.empty();

    @Option(
            names = "--not-after",
            paramLabel = "TIME",
            description = "End of validity: 90d, 10y, an RFC 3339 instant, ca (the issuer's own end), 9999 (none).")
    Optional<String> notAfter = Optional.empty();

    @Option(names = "--batch", paramLabel = "ID", description = "Batch that the certificate is noted under.")
    Optional<String> batch = Optional.empty();

    @Option(
            names = "--san",
            paramLabel = "NAME",
            description =
                    "Alternative name: dns:NAME, ip:ADDRESS or uri:URI, as far as the profile allows. Repeatable.")
    List<String> sans = new ArrayList<>();

    @Mixin
    PackingOptions packing;

    @Override
    public Integer call() {
        DeviceOrder order = order();
        try (Workshop shop = common.open()) {
            IssuedDevice issued = shop.issueDevice().run(order);
            if (packing.isStream()) {
                FlashOptions.tell(common, issued.warnings(), issued.budget());
            } else {
                print(issued);
            }
        }
        return ExitCodes.DONE;
    }

    private DeviceOrder order() {
        DeviceId device = new DeviceId(name);
        return new DeviceOrder(
                device,
                profile,
                ca.map(CaName::new),
                key.map(KeySpec::parse),
                packing.request(common),
                notAfter.map(NotAfter::parse),
                batch.map(BatchId::new),
                sans.stream().map(SubjectAltName::parse).toList(),
                packing.order(device, common, packing.csr.isEmpty()),
                Optional.empty());
    }

    private void print(IssuedDevice issued) {
        String what = issued.hasChanged() ? "issued " : "nothing to do: issued before: ";
        List<String> lines = new ArrayList<>();
        lines.add(what + issued.certificate().reservation().name() + ", serial "
                + issued.certificate().serial() + ", valid until "
                + issued.certificate().reservation().validity().notAfter());
        lines.addAll(PackingOptions.places(issued));
        FlashOptions.tell(common, issued.warnings(), issued.budget());
        common.print(
                PackingOptions.members(
                        Certificates.fields(
                                "device/1",
                                issued.certificate(),
                                common.streams().clock().instant()),
                        issued,
                        issued.hasChanged()),
                lines);
    }
}
