package org.devpki.app;

import java.util.List;
import java.util.Optional;
import org.devpki.ca.Planner;
import org.devpki.export.EspSecureCertExporter;
import org.devpki.model.CertificateDer;
import org.devpki.model.DevpkiException;
import org.devpki.model.Flashed;
import org.devpki.model.ImageLayout;
import org.devpki.model.KeyHome;
import org.devpki.model.KeySpec;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.Profile;
import org.devpki.model.PublicKeyDer;
import org.devpki.model.Quoted;
import org.devpki.model.Renewal;
import org.devpki.model.SerialNumber;
import org.devpki.model.SubjectAltName;
import org.devpki.x509.Certificates;
import org.devpki.x509.Keys;
import org.devpki.x509.ParsedTbs;

/** The certificate that an order follows. */
record Predecessor(LedgerCertificate row, Renewal.Kind kind) {
    SerialNumber serial() {
        return row.serial();
    }

    Renewal renewal() {
        return new Renewal(kind, serial());
    }

    boolean keepsKey() {
        return kind == Renewal.Kind.RENEWED;
    }

    private ParsedTbs tbs() {
        return Certificates.parse(certificate()).tbs();
    }

    private CertificateDer certificate() {
        return row.certificate()
                .orElseThrow(() ->
                        DevpkiException.conflict("serial " + serial() + " has no certificate, only a reservation"));
    }

    PublicKeyDer key() {
        return tbs().publicKey();
    }

    Optional<KeySpec> keySpec() {
        return Keys.spec(key());
    }

    /** @throws DevpkiException REFUSED for a name that is not issued here */
    List<SubjectAltName> sans() {
        return tbs().subjectAltNames().stream()
                .map(name -> name.san()
                        .orElseThrow(() -> DevpkiException.refused("certificate " + serial() + " of "
                                        + row.reservation().name() + " has alternative name " + Quoted.of(name.text())
                                        + ", and only dns, ip and uri are issued here")
                                .hint("devpki issue with another name, if the device can do without")))
                .toList();
    }

    /** @throws DevpkiException REFUSED for names that may not be ordered by the profile that makes the next certificate */
    List<SubjectAltName> sans(Profile profile) {
        List<SubjectAltName> sans = sans();
        sans.stream()
                .filter(name -> !Planner.isOrderable(profile, name))
                .findFirst()
                .ifPresent(name -> {
                    throw DevpkiException.refused("certificate " + serial() + " of "
                                    + row.reservation().name() + " has alternative name " + name.text()
                                    + ", of a kind that profile \"" + profile.name()
                                    + "\" does not allow to be ordered")
                            .hint("--profile with one that allows it, or allow it in san.orderable of profile "
                                    + profile.name());
                });
        return sans;
    }

    /**
     * The packing order with what the ledger knows of the device, where it says nothing of it: the chip, the key's home, and
     * how its partition is written.
     *
     * @param hasKey whether the private key will be here
     */
    PackingOrder known(PackingOrder order, boolean hasKey) {
        if (order.flash().isPresent() || row.flashed().isEmpty()) {
            return order;
        }
        Flashed before = row.flashed().get();
        KeyHome home = order.home()
                .map(word -> KeyHome.parse(word, before.home().efuseKeyId().orElse(KeyHome.DEFAULT_KEY_ID)))
                .orElse(before.home());
        boolean isImage = order.formats().isEmpty()
                ? hasKey && home.efuseKeyId().isPresent()
                : order.formats().contains(EspSecureCertExporter.NAME);
        ImageLayout layout = isImage ? ImageLayout.usual(before.flavour()) : ImageLayout.USUAL;
        Optional<Integer> keyId =
                home.efuseKeyId().isPresent() ? Optional.of(home.efuseKeyId().getAsInt()) : Optional.empty();
        return order.onto(new FlashOrder(before.chip(), keyId, Optional.empty(), layout, List.of()), home.word());
    }

    /**
     * What the device's files are made for from now on.
     *
     * @param made as ordered
     * @param hasKey whether the private key is here
     * @throws DevpkiException CONFLICT if the key stays, and is for another chip
     */
    Optional<Flashed> flashed(Optional<Flashed> made, boolean hasKey) {
        boolean isSame = keepsKey() || (kind == Renewal.Kind.REKEYED && hasKey);
        return isSame
                ? made.map(files ->
                        row.flashed().map(before -> files.after(before, hasKey)).orElse(files))
                : made;
    }

    /** @throws DevpkiException REFUSED if a new key would have to go where the old one is burned for good */
    void refuseBurned(Packing packing) {
        if (kind != Renewal.Kind.REKEYED || !packing.hasKey()) {
            return;
        }
        boolean isBurned = row.flashed()
                .filter(before -> before.home().efuseKeyId().isPresent()
                        && before.home().efuseKeyId().equals(packing.home().efuseKeyId()))
                .isPresent();
        boolean isGiven = !(packing.home() instanceof KeyHome.EcdsaPeripheral)
                && packing.order().flash().flatMap(FlashOrder::hmacKey).isPresent();
        if (isBurned && !isGiven) {
            throw DevpkiException.refused("the key of " + row.reservation().name() + " is bound to eFuse KEY"
                            + packing.home().efuseKeyId().getAsInt() + ", which is burned for good")
                    .hint(
                            packing.home() instanceof KeyHome.EcdsaPeripheral
                                    ? "--efuse-key-id with another block"
                                    : "--hmac-key FILE, if it was kept; or --efuse-key-id with another block");
        }
    }
}
