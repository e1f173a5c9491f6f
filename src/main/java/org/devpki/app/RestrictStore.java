package org.devpki.app;

import java.util.List;
import org.devpki.config.LineTokenFile;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.DevpkiException;
import org.devpki.model.IssuerAndSerialNumber;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.LedgerToken;
import org.devpki.model.LineToken;
import org.devpki.x509.CmsSignatures;
import org.devpki.x509.Names;
import org.devpki.x509.ParsedCertificate;

/** Puts line tokens into force, which makes a store a factory home: it issues what they allow, and publishes nothing. */
public final class RestrictStore {
    static final int MOST_OCTETS = 1 << 16;

    private final Workshop shop;

    RestrictStore(Workshop shop) {
        this.shop = shop;
    }

    /**
     * A token that holds.
     *
     * @param signer the signing certificate's subject
     */
    public record Read(LineToken token, String signer) {}

    /** What a run brings back. */
    public record Done(LineToken token, boolean hasChanged) {}

    /** Whether line tokens restrict the store already. */
    public boolean isHome() {
        return shop.isHome();
    }

    /** The tokens in force; the one that ends first is first. */
    public List<LedgerToken> tokens() {
        return shop.store().quota().tokens();
    }

    /**
     * Puts a token into force, for good.
     *
     * @throws DevpkiException as {@link #read}; REFUSED if it is over
     */
    public Done run(Bytes file, String origin) {
        LineToken token = read(file, origin).token();
        if (!shop.now().isBefore(token.until())) {
            throw DevpkiException.refused("line token " + token.id() + " ended at " + token.until());
        }
        shop.store().proveClock();
        return new Done(token, shop.store().restrict(token, file));
    }

    /**
     * Reads a token that this store's CA has signed, through the key that it certified for that.
     *
     * @param origin the file, for messages
     * @throws DevpkiException INTEGRITY if it is damaged or signed by somebody else; REFUSED if it is another CA's
     */
    public Read read(Bytes file, String origin) {
        CmsSignatures.Whole whole = CmsSignatures.open(file, MOST_OCTETS, origin);
        LineToken token = LineTokenFile.read(whole.content(), origin);
        ParsedCertificate signer = whole.signed().signer();
        String who = Names.text(signer.tbs().subject());
        if (shop.store().ca(token.ca()).isEmpty() || !isOf(token.ca(), signer)) {
            throw DevpkiException.refused(origin + " is signed by " + who + ", who is not of this store's CA "
                    + token.ca() + "; a token of that CA is needed");
        }
        if (!new Delegates(shop, Delegates.Task.LINE_TOKEN).isSigner(token.ca(), signer)) {
            throw DevpkiException.integrity(
                    origin + " is signed by " + who + ", whose certificate is not one to sign line tokens");
        }
        shop.store()
                .certificate(new IssuerAndSerialNumber(token.ca(), signer.tbs().serialNumber()))
                .flatMap(LedgerCertificate::revocation)
                .ifPresent(revocation -> {
                    throw DevpkiException.integrity(origin + " is signed by " + who + ", whose certificate is revoked");
                });
        return new Read(token, who);
    }

    private boolean isOf(CaName ca, ParsedCertificate signer) {
        return VerifyManifest.isIssuer(shop.certificate(ca), signer);
    }
}
