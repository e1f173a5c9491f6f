package org.devpki.app;

import java.time.Instant;
import java.util.List;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.devpki.x509.Certificates;
import org.devpki.x509.ForeignSeals;
import org.devpki.x509.Names;
import org.devpki.x509.OcspClient;
import org.devpki.x509.ParsedCertificate;
import org.devpki.x509.ParsedOcspResponse;
import org.devpki.x509.Pem;

/** The client's side of OCSP, to try a responder with. */
public final class AskOcsp {
    private final Workshop shop;

    AskOcsp(Workshop shop) {
        this.shop = shop;
    }

    /** A request, DER, about a certificate that a CA of this store issued. */
    public Bytes request(Bytes file, String origin) {
        ParsedCertificate certificate = Certificates.parse(Pem.readCertificate(file, origin));
        return shop.store().cas().stream()
                .map(ca -> shop.certificate(ca.name()))
                .filter(ca -> ForeignSeals.isIssuer(ca, certificate))
                .findFirst()
                .map(ca -> OcspClient.request(certificate.tbs().serial(), ca.tbs()))
                .orElseThrow(() -> DevpkiException.notFound("no CA of this store issued " + origin + "; its issuer is "
                        + Names.text(certificate.tbs().issuer())));
    }

    /** What a response says of one certificate, in words. */
    public record Answer(String serial, String status, String thisUpdate, String nextUpdate) {}

    /**
     * A response, read.
     *
     * @param isSigned whether the certificate that came with it made the signature
     */
    public record Read(String status, boolean isSigned, boolean hasNonce, List<Answer> answers) {}

    /** What a response says; needs no store. */
    public static Read read(Bytes der) {
        ParsedOcspResponse response = OcspClient.parse(der);
        return new Read(
                response.status(),
                response.isSignedByResponder(),
                response.nonce().isPresent(),
                response.singles().stream().map(AskOcsp::answer).toList());
    }

    private static Answer answer(ParsedOcspResponse.Single single) {
        String status = single.status()
                .match(
                        good -> "good",
                        revoked -> "revoked at " + revoked.at() + ", "
                                + revoked.reason().text(),
                        unknown -> "unknown");
        return new Answer(
                single.serial().toString(16),
                status,
                single.thisUpdate().toString(),
                single.nextUpdate().map(Instant::toString).orElse("none"));
    }
}
