package org.devpki.app;

import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.DevpkiException;
import org.devpki.model.RevokedEntry;
import org.devpki.x509.Crls;
import org.devpki.x509.Names;
import org.devpki.x509.ParsedCrl;
import org.devpki.x509.Pem;

/** Reads a CRL for people; a file needs no store. */
public final class ShowCrl {
    /** What a CRL says. */
    public record Shown(
            String issuer,
            Optional<BigInteger> number,
            Instant thisUpdate,
            Optional<Instant> nextUpdate,
            Optional<Bytes> authorityKeyId,
            List<String> idpUris,
            boolean hasIdp,
            List<RevokedEntry> entries) {}

    private ShowCrl() {}

    /** @param file PEM or DER; of several blocks the first */
    public static Shown inFile(Bytes file, String origin) {
        return shown(Crls.parse(Pem.readCrl(file, origin)));
    }

    /** The published CRL of a CA. */
    public static Shown ofCa(Workshop shop, CaName ca, Optional<Path> folder) {
        return new CrlShelf(shop, folder)
                .crl(ca, shop.certificate(ca).tbs().publicKey())
                .map(ShowCrl::shown)
                .orElseThrow(
                        () -> DevpkiException.notFound("there is no CRL of " + ca + " in " + shop.shelfFolder(folder)));
    }

    private static Shown shown(ParsedCrl crl) {
        return new Shown(
                Names.text(crl.issuer()),
                crl.number(),
                crl.thisUpdate(),
                crl.nextUpdate(),
                crl.authorityKeyId(),
                crl.idp().map(ParsedCrl.IssuingDistributionPoint::uris).orElse(List.of()),
                crl.idp().isPresent(),
                crl.entries());
    }
}
