package org.devpki.app;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.devpki.ca.cloud.CloudRules;
import org.devpki.ca.cloud.CloudSubject;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.Cloud;
import org.devpki.model.CloudFinding;
import org.devpki.model.DeviceId;
import org.devpki.model.DevpkiException;
import org.devpki.model.LedgerCa;
import org.devpki.model.LedgerCertificate;
import org.devpki.x509.Certificates;
import org.devpki.x509.ForeignSeals;
import org.devpki.x509.Names;
import org.devpki.x509.ParsedCertificate;
import org.devpki.x509.Pem;

/** Says what a CA's certificate, and a device's, lack for clouds. */
public final class CheckCloud {
    /**
     * What was looked at, and what there is to say.
     *
     * @param device its subject, where there is one
     * @param ca the subject of the CA that the clouds would be told of
     * @param findings of each cloud, none where nothing is amiss
     */
    public record Checked(Optional<String> device, String ca, Map<Cloud, List<CloudFinding>> findings) {
        public boolean hasLacks() {
            return findings.values().stream().flatMap(List::stream).anyMatch(CloudFinding::isLack);
        }
    }

    /**
     * What is to be looked at: a device of the store, or a certificate from anywhere, or a CA alone.
     *
     * @param file the certificate, with its CAs behind it where no CA of the store issued it
     * @param ca the store's default where nothing is named
     */
    public record Order(List<Cloud> clouds, Optional<DeviceId> device, Optional<Bytes> file, Optional<CaName> ca) {
        public Order {
            clouds = List.copyOf(clouds);
            if (Stream.of(device, file, ca).filter(Optional::isPresent).count() > 1) {
                throw DevpkiException.invalid(
                        "a device, --cert and --ca exclude each other: each says what to look at");
            }
        }
    }

    private static final String CERTIFICATE = "the file of --cert";

    private final Workshop shop;

    CheckCloud(Workshop shop) {
        this.shop = shop;
    }

    /** @throws DevpkiException NOT_FOUND if the device has no certificate; INVALID_INPUT if a file's CA is not known */
    public Checked run(Order order) {
        if (order.device().isPresent()) {
            return device(order.clouds(), order.device().get());
        }
        return order.file().isPresent()
                ? file(order.clouds(), order.file().get())
                : check(order.clouds(), Optional.empty(), shop.issuers(issuing(shop, order.ca())));
    }

    /** The CA that issues where no other is named. */
    static CaName issuing(Workshop shop, Optional<CaName> named) {
        return named.orElseGet(() -> shop.issuing(shop.settings().defaultCa()));
    }

    /** The newest certificate that is not revoked. */
    private Checked device(List<Cloud> clouds, DeviceId device) {
        LedgerCertificate row = shop.store().certificatesNamed(device.value()).stream()
                .filter(each ->
                        each.certificate().isPresent() && each.revocation().isEmpty())
                .reduce((older, newer) -> newer)
                .orElseThrow(() -> DevpkiException.notFound("there is no certificate of " + device + " in force")
                        .hint("devpki issue " + device + " --out out/"));
        ParsedCertificate leaf = Certificates.parse(row.certificate().orElseThrow());
        return check(
                clouds,
                Optional.of(leaf),
                shop.caCertificates().above(leaf.der(), row.reservation().ca()));
    }

    private Checked file(List<Cloud> clouds, Bytes file) {
        ParsedCertificate leaf = Certificates.parse(Pem.readCertificate(file, CERTIFICATE));
        Optional<CaName> own = shop.store().cas().stream()
                .map(LedgerCa::name)
                .filter(ca -> ForeignSeals.isIssuer(shop.certificate(ca), leaf))
                .findFirst();
        List<ParsedCertificate> above =
                own.isPresent() ? shop.caCertificates().above(leaf.der(), own.get()) : behind(leaf, file);
        if (above.isEmpty()) {
            throw DevpkiException.invalid("no CA of this store issued "
                    + Names.text(leaf.tbs().subject()) + ", and its file has no certificate of its CA behind it");
        }
        return check(clouds, Optional.of(leaf), above);
    }

    /** Those above it in the file, each proven by its signature. */
    private static List<ParsedCertificate> behind(ParsedCertificate leaf, Bytes file) {
        List<ParsedCertificate> all = Pem.readCertificates(file, CERTIFICATE).stream()
                .map(Certificates::parse)
                .toList();
        List<ParsedCertificate> above = new ArrayList<>();
        Optional<ParsedCertificate> next = issuer(leaf, all);
        while (next.isPresent() && !above.contains(next.get())) {
            above.add(next.get());
            next = issuer(next.get(), all);
        }
        return above;
    }

    private static Optional<ParsedCertificate> issuer(ParsedCertificate of, List<ParsedCertificate> all) {
        return all.stream().filter(ca -> ForeignSeals.isIssuer(ca, of)).findFirst();
    }

    private Checked check(List<Cloud> clouds, Optional<ParsedCertificate> device, List<ParsedCertificate> above) {
        CloudSubject subject = new CloudSubject(
                device.map(ParsedCertificate::tbs),
                above.stream().map(ParsedCertificate::tbs).toList(),
                shop.now());
        Map<Cloud, List<CloudFinding>> findings = new LinkedHashMap<>();
        clouds.forEach(cloud -> findings.put(cloud, CloudRules.findings(cloud, subject)));
        return new Checked(
                device.map(leaf -> Names.text(leaf.tbs().subject())),
                Names.text(above.get(0).tbs().subject()),
                findings);
    }
}
