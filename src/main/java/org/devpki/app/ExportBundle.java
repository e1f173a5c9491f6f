package org.devpki.app;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.devpki.esp.HmacKey;
import org.devpki.model.Alarm;
import org.devpki.model.Budget;
import org.devpki.model.CertificateDer;
import org.devpki.model.Credential;
import org.devpki.model.CredentialChain;
import org.devpki.model.DeviceId;
import org.devpki.model.DeviceKey;
import org.devpki.model.DevpkiException;
import org.devpki.model.ExportedFile;
import org.devpki.model.Finding;
import org.devpki.model.Flashed;
import org.devpki.model.KeyHome;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.Profile;
import org.devpki.model.SecretBytes;
import org.devpki.x509.Certificates;
import org.devpki.x509.Keys;

/** Packs a certificate that was issued before, with its private key from a file, into other formats. */
public final class ExportBundle {
    /**
     * @param row the certificate
     * @param keyFile the private key, PEM or DER; absent where the formats need none
     */
    public record Order(LedgerCertificate row, Optional<SecretBytes> keyFile, PackingOrder packing) {}

    /**
     * What an export brings back.
     *
     * @param folder the bundle, if it went to one
     * @param toBurn the folder of what is to be burned into eFuse, if there is something
     * @param warnings of lint, a sentence each
     * @param budget what the chain costs on the chip, where there is one
     * @param alarm that was raised, for the private key was exported before
     */
    public record Exported(
            Optional<Path> folder,
            Optional<Path> toBurn,
            List<String> warnings,
            Optional<Budget> budget,
            Optional<Alarm> alarm) {}

    private final Workshop shop;

    ExportBundle(Workshop shop) {
        this.shop = shop;
    }

    /** @throws DevpkiException CONFLICT if the key is not the certificate's, or the device's folder is there already */
    public Exported run(Order order) {
        LedgerCertificate row = order.row();
        CertificateDer certificate = row.certificate()
                .orElseThrow(() -> DevpkiException.conflict("serial " + row.serial() + " has no certificate yet"));
        if (row.revocation().isPresent()) {
            throw DevpkiException.refused("certificate " + row.serial() + " is revoked; no broker would accept it");
        }
        DeviceId device = new DeviceId(row.reservation().name());
        Profile profile = shop.profile(row.reservation().profile());
        Optional<DeviceKey> key = order.keyFile().map(file -> read(file, row, certificate));
        Packing packing = Packing.settle(
                order.packing(),
                profile,
                Keys.spec(Certificates.parse(certificate).tbs().publicKey())
                        .orElseThrow(() -> new IllegalStateException("devpki certified a key that it does not know")),
                key.isPresent(),
                "which --private-key gives",
                shop.exporters());
        if (packing.home() instanceof KeyHome.HmacDerived) {
            throw DevpkiException.invalid("a key that is derived from an HMAC key is made with its certificate")
                    .hint("devpki issue NAME --key-home hmac");
        }
        CredentialChain chain = shop.chain(certificate, row.reservation().ca());
        List<Finding> findings = shop.lint(certificate, row.reservation().ca(), profile, packing.flashed());
        refuseForChip(findings);
        List<String> warnings = packing.warnings(findings);
        Optional<HmacKey> hmacKey = hmacKey(packing);
        hmacKey.ifPresent(found -> MadeKey.claim(found, device, shop.store()));
        packing.claimForNvs(device, shop.store());
        Optional<Flashed> flashed = packing.flashed()
                .map(made -> row.flashed()
                        .map(before -> made.after(before, key.isPresent()))
                        .orElse(made));
        Optional<Bundle> bundle = packing.bundle(device, shop);
        bundle.ifPresent(folder -> folder.prepare(packing.fileNames(), List.of()));
        Credential credential = new Credential(device, chain, key);
        List<ExportedFile> files = packing.files(credential, hmacKey, Optional.empty(), warnings, shop);
        String how = packing.write(device, row.serial(), files, shop);
        Optional<Alarm> alarm = shop.store().export(row.issuerAndSerial(), how, flashed, key.isPresent());
        key.ifPresent(DeviceKey::close);
        hmacKey.ifPresent(HmacKey::close);
        return new Exported(
                bundle.map(Bundle::folder), bundle.flatMap(Bundle::toBurn), warnings, packing.budget(chain), alarm);
    }

    /** The certificate is signed already, so only the rules about the chip count. */
    private static void refuseForChip(List<Finding> findings) {
        List<String> faults = findings.stream()
                .filter(finding -> finding.isError() && finding.isOfTarget())
                .map(Finding::text)
                .toList();
        if (!faults.isEmpty()) {
            throw DevpkiException.refused("lint refuses the certificate for this chip: " + String.join("; ", faults));
        }
    }

    private Optional<HmacKey> hmacKey(Packing packing) {
        if (!(packing.home() instanceof KeyHome.DigitalSignature)) {
            return Optional.empty();
        }
        return Optional.of(packing.order()
                .flash()
                .flatMap(FlashOrder::hmacKey)
                .map(octets -> new HmacKey(octets.copy()))
                .orElseGet(() -> HmacKey.generate(shop.surroundings().random())));
    }

    private static DeviceKey read(SecretBytes file, LedgerCertificate row, CertificateDer certificate) {
        DeviceKey key = Keys.read(file, "the key file");
        if (!key.publicKey().equals(Certificates.parse(certificate).tbs().publicKey())) {
            throw DevpkiException.conflict("the private key is not that of certificate " + row.serial() + " of "
                    + row.reservation().name());
        }
        return key;
    }
}
