package org.devpki.app;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.devpki.config.ManifestReader;
import org.devpki.files.WholeFiles;
import org.devpki.model.BatchOutcome;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.devpki.model.Fault;
import org.devpki.model.IssuerAndSerialNumber;
import org.devpki.model.LedgerBatch;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.ManifestDevice;
import org.devpki.model.ManifestTotals;
import org.devpki.model.OctetSource;
import org.devpki.model.SerialNumber;
import org.devpki.x509.Certificates;
import org.devpki.x509.CmsSignatures;
import org.devpki.x509.Names;
import org.devpki.x509.ParsedCertificate;
import org.devpki.x509.Pem;

/**
 * Looks whether a manifest is what was signed, by whom, and whether files and ledger are still as it says. With the
 * ledger the signer must be the one that devpki made for it; without, anybody whom the given root certified to sign.
 */
public final class VerifyManifest {
    private static final int MOST_SIGNATURE_OCTETS = 1 << 16;
    private static final int MOST_FILE_OCTETS = 1 << 24;

    /** Of those that are told; the rest is counted. */
    private static final int MOST_FAULTS = 20;

    /**
     * @param from the folder with the devices' folders, if the files are to be looked at
     */
    public record Order(Path manifest, Path signature, Optional<Path> from) {}

    /**
     * What was found.
     *
     * @param signer the signing certificate's subject
     * @param filesSeen how many files were looked at
     * @param faults the first of them, a sentence each
     * @param faultCount all of them
     */
    public record Verified(
            ManifestTotals content, String signer, long filesSeen, List<String> faults, long faultCount) {}

    private final Optional<Workshop> shop;
    private final List<ParsedCertificate> trusted;
    private final Instant now;
    private final List<String> faults = new ArrayList<>();
    private long faultCount;
    private long filesSeen;

    private VerifyManifest(Optional<Workshop> shop, List<ParsedCertificate> trusted, Instant now) {
        this.shop = shop;
        this.trusted = trusted;
        this.now = now;
    }

    static VerifyManifest byLedger(Workshop shop) {
        List<ParsedCertificate> cas = shop.store().cas().stream()
                .map(ca -> shop.certificate(ca.name()))
                .toList();
        return new VerifyManifest(Optional.of(shop), cas, shop.now());
    }

    /** @param root PEM or DER of the one certificate that is trusted */
    public static VerifyManifest byRoot(Bytes root, String origin, Clock clock) {
        return new VerifyManifest(
                Optional.empty(), List.of(Certificates.parse(Pem.readCertificate(root, origin))), clock.instant());
    }

    /** @throws DevpkiException INTEGRITY if the manifest or its signature does not hold at all */
    public Verified run(Order order) {
        OctetSource manifest = WholeFiles.source(order.manifest());
        Bytes signature = WholeFiles.read(order.signature(), MOST_SIGNATURE_OCTETS);
        CmsSignatures.Signed signed =
                CmsSignatures.verify(manifest, signature, order.signature().toString());
        refuseStranger(signed);
        Set<SerialNumber> serials = new HashSet<>();
        ManifestTotals content = ManifestReader.read(manifest, order.manifest().toString(), device -> {
            if (!serials.add(device.serial())) {
                fault("certificate " + device.serial() + " is there twice");
            }
            shop.ifPresent(known -> compareWithLedger(device, known));
            order.from().ifPresent(folder -> compareWithFiles(device, folder));
        });
        shop.ifPresent(known -> findMissing(content, serials, known));
        return new Verified(content, Names.text(signed.signer().tbs().subject()), filesSeen, faults, faultCount);
    }

    private void refuseStranger(CmsSignatures.Signed signed) {
        ParsedCertificate signer = signed.signer();
        String who = Names.text(signer.tbs().subject());
        if (!Delegates.signsFiles(signer)) {
            throw DevpkiException.integrity(
                    "the manifest is signed by " + who + ", whose certificate is for other things");
        }
        if (!isTrusted(signer, signed.others())) {
            throw DevpkiException.integrity("the manifest is signed by " + who + ", whom no trusted CA certified");
        }
        if (now.isBefore(signer.tbs().notBefore().at())
                || now.isAfter(signer.tbs().notAfter().at())) {
            throw DevpkiException.integrity(
                    "the manifest is signed by " + who + ", whose certificate is not valid now");
        }
        shop.ifPresent(known -> {
            Optional<LedgerCertificate> row = known.row(signer)
                    .filter(found -> found.reservation().profile().equals(Delegates.Task.MANIFEST.profile()));
            if (row.isEmpty()) {
                throw DevpkiException.integrity(
                        "the manifest is signed by " + who + ", whom this store never made to sign manifests");
            }
            if (row.get().revocation().isPresent()) {
                throw DevpkiException.integrity("the manifest is signed by " + who + ", whose certificate is revoked");
            }
        });
    }

    /** Whether signatures lead from the certificate to one that is trusted, over CAs that came with it. */
    private boolean isTrusted(ParsedCertificate certificate, List<ParsedCertificate> others) {
        if (trusted.stream().anyMatch(ca -> isIssuer(ca, certificate))) {
            return true;
        }
        return others.stream()
                .filter(other -> isIssuer(other, certificate))
                .anyMatch(other -> isTrusted(
                        other,
                        others.stream().filter(rest -> !rest.equals(other)).toList()));
    }

    /** Whether a CA's key made the certificate; octets that are no signature prove nothing. */
    static boolean isIssuer(ParsedCertificate ca, ParsedCertificate certificate) {
        try {
            return ca.tbs().isCa()
                    && ca.tbs().subject().equals(certificate.tbs().issuer())
                    && certificate.isSignedBy(ca);
        } catch (DevpkiException e) {
            if (e.fault() == Fault.INVALID_INPUT) {
                return false;
            }
            throw e;
        }
    }

    private void compareWithLedger(ManifestDevice device, Workshop known) {
        boolean isThere = known.store().certificatesWithSerial(device.serial()).stream()
                .filter(row -> row.reservation().name().equals(device.name()))
                .flatMap(row -> row.certificate().stream())
                .anyMatch(certificate -> certificate.octets().sha256().equals(device.sha256()));
        if (!isThere) {
            fault("certificate " + device.serial() + " of " + device.name()
                    + " is not in the ledger as the manifest says");
        }
    }

    private void compareWithFiles(ManifestDevice device, Path folder) {
        for (ManifestDevice.File file : device.files()) {
            Path path = folder.resolve(file.name()).normalize();
            if (!path.startsWith(folder.normalize())) {
                fault("file " + file.name() + " is not below " + folder);
                continue;
            }
            filesSeen++;
            boolean isSame = WholeFiles.readIfPresent(path, MOST_FILE_OCTETS)
                    .filter(content ->
                            content.size() == file.octets() && content.sha256().equals(file.sha256()))
                    .isPresent();
            if (!isSame) {
                fault("file " + path + " is missing, or not the one that the manifest names");
            }
        }
    }

    /** Rows that the ledger says are done and the manifest leaves out. */
    private void findMissing(ManifestTotals content, Set<SerialNumber> serials, Workshop known) {
        Optional<LedgerBatch> batch = known.store().batch(content.head().batch());
        if (batch.isEmpty()) {
            fault("batch " + content.head().batch() + " is not in the ledger");
            return;
        }
        known.showBatches()
                .eachRow(
                        batch.get().id(),
                        row -> row.outcome()
                                .flatMap(BatchOutcome::certificate)
                                .map(IssuerAndSerialNumber::serial)
                                .filter(serial -> !serials.contains(serial))
                                .ifPresent(serial -> fault("row " + row.row().id() + " got certificate " + serial
                                        + ", which the manifest does not name")));
    }

    private void fault(String sentence) {
        faultCount++;
        if (faults.size() < MOST_FAULTS) {
            faults.add(sentence);
        }
    }
}
