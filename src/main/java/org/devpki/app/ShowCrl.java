package org.devpki.app;

import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.devpki.model.Bytes;
import org.devpki.model.CrlName;
import org.devpki.model.DevpkiException;
import org.devpki.model.RevokedEntries;
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
            Optional<BigInteger> baseNumber,
            long count,
            RevokedEntries entries) {}

    private ShowCrl() {}

    /** @param file PEM or DER; of several blocks the first */
    public static Shown inFile(Bytes file, String origin) {
        return shown(Crls.parse(Pem.readCrl(file, origin)));
    }

    /** A published CRL. */
    public static Shown published(Workshop shop, CrlName name) {
        CrlShelf shelf = CrlShelf.own(shop);
        return shelf.crl(name, shop.certificate(name.ca()).tbs().publicKey())
                .map(ShowCrl::shown)
                .orElseThrow(() -> DevpkiException.notFound("there is no CRL " + name + " in " + shelf.place()));
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
                crl.baseNumber(),
                crl.entries().count(),
                crl.entries());
    }
}
