package org.devpki.app;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.devpki.broker.AwsAccount;
import org.devpki.broker.CloudKit;
import org.devpki.broker.CloudPlan;
import org.devpki.ca.cloud.CloudRules;
import org.devpki.ca.cloud.CloudSubject;
import org.devpki.config.JsonText;
import org.devpki.files.Modes;
import org.devpki.files.WholeFiles;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.Cloud;
import org.devpki.model.CloudFinding;
import org.devpki.model.DevpkiException;
import org.devpki.model.VerificationCode;
import org.devpki.store.Store;
import org.devpki.x509.ParsedCertificate;
import org.devpki.x509.Pem;

/** Writes the folder by which a cloud takes devices of a CA. */
public final class WriteCloudKit {
    /**
     * What is wanted.
     *
     * @param ca the store's default where it is not named
     * @param code that the cloud wants the CA's key shown by; nothing is shown without one
     * @param region of AWS
     * @param account of AWS
     * @param isForced whether other files of these names may be replaced
     */
    public record Order(
            Cloud cloud,
            Optional<CaName> ca,
            Optional<VerificationCode> code,
            Optional<String> region,
            Optional<String> account,
            Path folder,
            boolean isForced) {
        public Order {
            code.ifPresent(given -> given.check(cloud));
        }

        private Optional<AwsAccount> aws() {
            return region.flatMap(where -> account.map(id -> new AwsAccount(where, id)));
        }
    }

    /**
     * What was written.
     *
     * @param files all names in the folder
     * @param changed those that were not there so before
     * @param findings what the CA's certificate lacks for the cloud
     */
    public record Written(CaName ca, List<String> files, List<String> changed, List<CloudFinding> findings) {}

    private final Workshop shop;

    WriteCloudKit(Workshop shop) {
        this.shop = shop;
    }

    /** @throws DevpkiException CONFLICT if files are there with other content; none is written then */
    public Written run(Order order) {
        CaName ca = CheckCloud.issuing(shop, order.ca());
        List<ParsedCertificate> above = shop.issuers(ca);
        CloudPlan plan = plan(order, ca, above.get(0), Optional.empty()); // which fails before anything is signed
        Optional<String> proof = order.code().map(code -> proof(order.cloud(), ca, code));
        Map<String, Bytes> contents = new TreeMap<>();
        CloudKit.of(proof.isPresent() ? plan(order, ca, above.get(0), proof) : plan, JsonText::of)
                .forEach((name, text) -> contents.put(name, Bytes.utf8(text)));
        CloudSubject subject = new CloudSubject(
                Optional.empty(), above.stream().map(ParsedCertificate::tbs).toList(), shop.now());
        return new Written(
                ca,
                List.copyOf(contents.keySet()),
                write(order, contents),
                CloudRules.findings(order.cloud(), subject));
    }

    private CloudPlan plan(Order order, CaName ca, ParsedCertificate own, Optional<String> proof) {
        return new CloudPlan(
                order.cloud(), ca, Pem.certificate(own.der()), own.tbs().isSelfIssued(), proof, order.aws());
    }

    private String proof(Cloud cloud, CaName ca, VerificationCode code) {
        ProvePossession prove = new ProvePossession(shop);
        return cloud == Cloud.CUMULOCITY ? prove.signature(ca, code) : Pem.certificate(prove.certificate(ca, code));
    }

    private List<String> write(Order order, Map<String, Bytes> contents) {
        Path folder = order.folder();
        String place = folder.toAbsolutePath().normalize().toString();
        try (Store.Held held = shop.store().lock("cloud folder " + place)) {
            List<String> others = contents.entrySet().stream()
                    .filter(entry -> InstalledFile.there(folder.resolve(entry.getKey()))
                            .filter(there -> !there.equals(entry.getValue()))
                            .isPresent())
                    .map(Map.Entry::getKey)
                    .toList();
            if (!others.isEmpty() && !order.isForced()) {
                throw DevpkiException.conflict("folder " + folder + " has another " + String.join(", ", others))
                        .hint("--force replaces them");
            }
            WholeFiles.makeFolder(folder, Modes.PUBLIC_FOLDER);
            return contents.entrySet().stream()
                    .filter(entry ->
                            InstalledFile.put(folder.resolve(entry.getKey()), entry.getValue(), Modes.PUBLIC_FILE))
                    .map(Map.Entry::getKey)
                    .toList();
        }
    }
}
