package org.devpki.app;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.devpki.app.VerifyCertificate.Line;
import org.devpki.app.VerifyCertificate.Verdict;
import org.devpki.app.VerifyCertificate.Verified;
import org.devpki.ca.lint.LintSubject;
import org.devpki.esp.DsBlob;
import org.devpki.esp.FlashedCredential;
import org.devpki.esp.HmacKey;
import org.devpki.esp.TlvEntry;
import org.devpki.model.Bytes;
import org.devpki.model.CertificateDer;
import org.devpki.model.Chip;
import org.devpki.model.CredentialChain;
import org.devpki.model.DeviceKey;
import org.devpki.model.DevpkiException;
import org.devpki.model.Finding;
import org.devpki.model.Flashed;
import org.devpki.model.KeyHome;
import org.devpki.model.KeySpec;
import org.devpki.model.LedgerCa;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.PublicKeyDer;
import org.devpki.model.SecretBytes;
import org.devpki.x509.Certificates;
import org.devpki.x509.Keys;
import org.devpki.x509.Pem;

/** Looks at an esp_secure_cert image as firmware would, and at its certificate as a broker and the ledger would. */
public final class VerifyImage {
    private final Workshop shop;

    VerifyImage(Workshop shop) {
        this.shop = shop;
    }

    /**
     * @param target the chip that it is for, where that is known
     * @param hmacKey what the chip has in eFuse, where that is known: then the key is tried
     * @throws DevpkiException INVALID_INPUT if the octets are no image
     */
    public Verified run(Bytes octets, String origin, Optional<Chip> target, Optional<SecretBytes> hmacKey) {
        ShowImage.refuseSealed(octets, origin);
        FlashedCredential parts = FlashedCredential.read(octets);
        List<Line> lines = new ArrayList<>();
        parts.faults().forEach(fault -> lines.add(new Line(false, fault)));
        if (parts.faults().isEmpty()) {
            lines.add(new Line(true, "every entry is whole, and so is the image"));
        }
        Verified certificate = shop.verifyCertificate().run(parts.certificate(), origin);
        lines.addAll(certificate.lines());
        CertificateDer leaf = Pem.readCertificate(parts.certificate(), origin);
        PublicKeyDer publicKey = Certificates.parse(leaf).tbs().publicKey();
        parts.ca().ifPresent(ca -> lines.add(look("the CA certificate is this store's root", () -> isRoot(ca))));
        Optional<LedgerCertificate> row = row(leaf);
        Optional<Chip> chip =
                target.or(() -> row.flatMap(LedgerCertificate::flashed).map(Flashed::chip));
        row.ifPresent(known -> lines.addAll(ledgerLines(parts, known, leaf, chip)));
        lines.addAll(
                keyLines(parts, publicKey, chip, hmacKey.map(SecretBytes::copy).map(HmacKey::new)));
        boolean hasFailed = lines.stream().anyMatch(line -> !line.holds());
        boolean isOnlyExpired = certificate.verdict() == Verdict.EXPIRED
                && lines.stream().filter(line -> !line.holds()).count() == 1;
        Verdict verdict = !hasFailed ? Verdict.VALID : isOnlyExpired ? Verdict.EXPIRED : Verdict.NOT_VALID;
        return new Verified(verdict, certificate.subject(), certificate.serial(), lines);
    }

    /** The certificate's row, if the ledger has it octet for octet. */
    private Optional<LedgerCertificate> row(CertificateDer leaf) {
        return shop.row(Certificates.parse(leaf));
    }

    /** What the ledger knows of the device's files, and what lint says of its chain on the chip. */
    private List<Line> ledgerLines(
            FlashedCredential parts, LedgerCertificate row, CertificateDer leaf, Optional<Chip> chip) {
        List<Line> lines = new ArrayList<>();
        CredentialChain chain = shop.chain(leaf, row.reservation().ca());
        lines.add(look(
                "behind it are the certificates of its issuers, as a broker needs them",
                () -> certificates(parts).equals(chain.sent())));
        row.flashed().ifPresent(made -> {
            chip.ifPresent(told -> lines.add(look(
                    "it was made for " + made.chip().title() + ", as the ledger has it", () -> told == made.chip())));
            lines.add(look(
                    "it is of flavour " + made.flavour().word() + ", as the ledger has it",
                    () -> parts.flavour() == made.flavour()));
            Optional<String> fault = parts.faultOf(made.home());
            lines.add(new Line(
                    fault.isEmpty(),
                    "the private key is "
                            + (fault.isEmpty() ? "" : "not ")
                            + "where the ledger has it (key home " + made.home().word()
                            + made.home().efuseKeyId().stream()
                                    .mapToObj(id -> ", KEY" + id)
                                    .collect(Collectors.joining())
                            + ")" + fault.map(sentence -> ": " + sentence).orElse("")));
        });
        LintSubject subject = LintSubject.of(Certificates.parse(leaf).tbs())
                .below(chain.issuers().stream().map(Certificates::parse).toList());
        chip.map(subject::on)
                .map(onChip ->
                        row.flashed().map(made -> onChip.keptIn(made.home())).orElse(onChip))
                .ifPresent(wanted -> shop.linter().certificate(wanted).stream()
                        .filter(Finding::isOfTarget)
                        .map(finding -> new Line(!finding.isError(), !finding.isError(), finding.text()))
                        .forEach(lines::add));
        return lines;
    }

    private static List<CertificateDer> certificates(FlashedCredential parts) {
        return Stream.concat(Stream.of(parts.certificate()), parts.above().stream())
                .flatMap(octets -> Pem.readCertificates(octets, "DEV_CERT").stream())
                .toList();
    }

    private boolean isRoot(Bytes octets) {
        CertificateDer certificate = Pem.readCertificate(octets, "CA_CERT");
        return shop.store().cas().stream()
                .filter(ca -> ca.parent().isEmpty())
                .map(LedgerCa::name)
                .anyMatch(name -> shop.certificate(name).der().equals(certificate));
    }

    private static List<Line> keyLines(
            FlashedCredential parts, PublicKeyDer publicKey, Optional<Chip> target, Optional<HmacKey> hmacKey) {
        List<Line> lines = new ArrayList<>();
        KeySpec spec = Keys.spec(publicKey)
                .orElseThrow(() -> DevpkiException.invalid("the certificate's key is of an unknown kind"));
        if (parts.ds().isPresent()) {
            DsBlob blob = parts.ds().get();
            target.ifPresent(chip -> {
                int keyId = parts.keyId().orElse(0);
                lines.add(home(new KeyHome.DigitalSignature(keyId), chip, spec));
                lines.add(look(
                        "DS_DATA has the operand width of " + chip.title(),
                        () -> chip.dsBits().orElse(0) == blob.operandBits()));
            });
            lines.add(look(
                    "DS_DATA is of an RSA key as long as the certificate's",
                    () -> spec.equals(new KeySpec.Rsa(blob.rsaBits()))));
            lines.add(hmacKey.map(key -> look(
                            "what DS_DATA signs under the HMAC key verifies with the certificate",
                            () -> Keys.signFor(blob.decrypt(key), publicKey)))
                    .orElse(new Line(true, "DS_DATA was not opened: that takes --hmac-key")));
        }
        parts.key().ifPresent(entry -> lines.addAll(entryLines(entry, parts, publicKey, target, hmacKey)));
        if (parts.key().isEmpty() && parts.ds().isEmpty()) {
            lines.add(new Line(false, "the image has no private key: neither PRIV_KEY nor DS_DATA"));
        }
        return lines;
    }

    private static List<Line> entryLines(
            TlvEntry entry,
            FlashedCredential parts,
            PublicKeyDer publicKey,
            Optional<Chip> target,
            Optional<HmacKey> hmacKey) {
        Optional<KeySpec> spec = Keys.spec(publicKey);
        return switch (entry.keyFlag()) {
            case PLAIN ->
                List.of(look("the private key is the certificate's", () -> {
                    try (DeviceKey key = Keys.read(entry.value(), "PRIV_KEY")) {
                        return key.publicKey().equals(publicKey);
                    }
                }));
            case ECDSA_PERIPHERAL -> {
                List<Line> lines = new ArrayList<>();
                lines.add(look(
                        "no private key is in the image, which the ECDSA peripheral has",
                        () -> entry.value().length() == 0));
                int keyId = parts.block().orElse(0) - Chip.blockOf(0);
                lines.add(look(
                        "SEC_CFG names the eFuse block of its key"
                                + parts.block().map(block -> ", " + block).orElse(""),
                        () -> parts.block().isPresent() && keyId >= 0));
                target.ifPresent(chip -> lines.add(home(new KeyHome.EcdsaPeripheral(keyId), chip, spec.orElseThrow())));
                yield lines;
            }
            case HMAC_DERIVED -> {
                List<Line> lines = new ArrayList<>();
                target.ifPresent(chip ->
                        lines.add(home(new KeyHome.HmacDerived(KeyHome.DEFAULT_KEY_ID), chip, spec.orElseThrow())));
                lines.add(look("the salt is there", () -> parts.salt().isPresent()));
                lines.add(hmacKey.map(key -> look(
                                "the key derived from HMAC key and salt is the certificate's",
                                () -> isDerived(key, parts.salt(), publicKey)))
                        .orElse(new Line(true, "the key was not derived: that takes --hmac-key")));
                yield lines;
            }
            case HMAC_ENCRYPTED ->
                List.of(new Line(
                        false, "the private key is AES-GCM encrypted, which current firmware" + " does not read"));
        };
    }

    private static boolean isDerived(HmacKey key, Optional<SecretBytes> salt, PublicKeyDer publicKey) {
        try (SecretBytes scalar = key.derive(salt.orElse(SecretBytes.taking(new byte[0])))) {
            return Keys.ofScalar(scalar).map(DeviceKey::publicKey).equals(Optional.of(publicKey));
        }
    }

    private static Line home(KeyHome home, Chip chip, KeySpec spec) {
        return look(chip.title() + " can hold this key so (key home " + home.word() + ")", () -> {
            home.check(chip, spec);
            return true;
        });
    }

    /** What cannot be looked at does not hold, and says why. */
    private static Line look(String sentence, Supplier<Boolean> holds) {
        try {
            return holds.get() ? new Line(true, sentence) : new Line(false, "not so: " + sentence);
        } catch (DevpkiException e) {
            return new Line(false, "not so: " + sentence + ": " + e.sentence());
        }
    }
}
