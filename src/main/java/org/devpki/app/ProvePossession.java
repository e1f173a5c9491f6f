package org.devpki.app;

import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.devpki.ca.Authority;
import org.devpki.ca.CertificateOrder;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.CertificateDer;
import org.devpki.model.CertificateState;
import org.devpki.model.DeviceKey;
import org.devpki.model.DevpkiException;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.Profile;
import org.devpki.model.SignatureAlgorithm;
import org.devpki.model.VerificationCode;
import org.devpki.store.Store;

/** Shows a cloud that the key of a CA is here: by a certificate with the cloud's code as common name, or by a signature. */
final class ProvePossession {
    /** Which no order of a user may name. */
    static final String PROFILE = "cloud-proof";

    private final Workshop shop;

    ProvePossession(Workshop shop) {
        this.shop = shop;
    }

    /**
     * The CA's certificate for a code; the one of before as long as that holds. The key in it is forgotten at once, so that
     * nobody can log in with it anywhere.
     */
    CertificateDer certificate(CaName ca, VerificationCode code) {
        refuse(ca);
        try (Store.Held held = shop.store().lock(Workshop.nameLock(ca, code.value()))) {
            List<LedgerCertificate> live = shop.store().certificatesNamed(code.value()).stream()
                    .filter(row -> row.isLive(shop.now()))
                    .toList();
            live.stream()
                    .filter(row -> !row.reservation().profile().equals(PROFILE))
                    .findFirst()
                    .ifPresent(other -> {
                        throw DevpkiException.conflict(
                                "verification code " + code.value() + " is the name of certificate "
                                        + other.serial() + " of profile \""
                                        + other.reservation().profile() + "\"");
                    });
            List<LedgerCertificate> own = live.stream()
                    .filter(row -> row.reservation().ca().equals(ca))
                    .toList();
            return own.stream()
                    .filter(row -> row.isGood(shop.now()) && row.deliveredAt().isPresent())
                    .reduce((older, newer) -> newer)
                    .flatMap(LedgerCertificate::certificate)
                    .orElseGet(() -> make(ca, code, own));
        }
    }

    private CertificateDer make(CaName ca, VerificationCode code, List<LedgerCertificate> live) {
        Profile profile = shop.profile(PROFILE);
        try (DeviceKey key =
                shop.engine().generate(profile.defaultKey(), shop.surroundings().random())) {
            Issuing.Issued issued = new Issuing(shop)
                    .issue(
                            new Issuing.Wanted(
                                    code.value(),
                                    profile,
                                    ca,
                                    new CertificateOrder(code.value(), key.publicKey(), List.of(), Optional.empty()),
                                    Bytes.utf8(PROFILE + " " + code.value()).sha256(),
                                    Optional.empty(),
                                    false,
                                    live.stream().map(LedgerCertificate::serial).collect(Collectors.toSet()),
                                    live.stream()
                                            .filter(row -> row.state() == CertificateState.RESERVED
                                                    || row.deliveredAt().isEmpty())
                                            .map(LedgerCertificate::issuerAndSerial)
                                            .toList(),
                                    Optional.empty(),
                                    made -> {}),
                            shop.authority(ca));
            shop.store().deliver(issued.of(), PROFILE);
            return issued.certificate();
        }
    }

    /**
     * The CA's signature over a code, Base64; the one of before if there is one, for a token's is another each time.
     *
     * @throws DevpkiException REFUSED if the CA's key signs with another digest than SHA-256, which alone is asked for
     */
    String signature(CaName ca, VerificationCode code) {
        refuse(ca);
        String note =
                PROFILE + " " + ca + " " + Bytes.utf8(code.value()).sha256().hex();
        try (Store.Held held = shop.store().lock(note)) {
            Optional<String> before = shop.store().note(note);
            if (before.isPresent()) {
                return before.get();
            }
            Authority authority = shop.authority(ca);
            SignatureAlgorithm algorithm = authority.algorithm();
            if (!algorithm.digest().equals("SHA-256")) {
                throw DevpkiException.refused("the key of CA " + ca + " signs by " + algorithm.text()
                                + ", and Cumulocity asks for SHA-256, as keys of kind P-256 and RSA sign by")
                        .hint("Cumulocity's support confirms a certificate too; or devpki ca create NAME --key P-256");
            }
            shop.store().audit("cloud.prove", ca.value(), "code=" + code.value());
            String signature =
                    Base64.getEncoder().encodeToString(authority.prove(code).toArray());
            shop.store().setNote(note, signature);
            return signature;
        }
    }

    private void refuse(CaName ca) {
        shop.refuseHome("registers no CA with a cloud");
        shop.refuseIdle(ca);
    }
}
