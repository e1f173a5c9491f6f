package org.devpki.app;

import java.util.List;
import org.devpki.model.Bytes;
import org.devpki.model.CertificateDer;
import org.devpki.model.CsrDer;
import org.devpki.x509.Pem;

/** Certificate files, for doors: read and written as people exchange them. */
public final class CertificateFiles {
    private CertificateFiles() {}

    /** @throws org.devpki.model.DevpkiException INVALID_INPUT if the file, PEM or DER, holds no certification request */
    public static CsrDer request(Bytes file, String origin) {
        return Pem.readCsr(file, origin);
    }

    /** @throws org.devpki.model.DevpkiException INVALID_INPUT if the file, PEM or DER, holds no certificate */
    public static CertificateDer certificate(Bytes file, String origin) {
        return Pem.readCertificate(file, origin);
    }

    /** A request as people hand it over. */
    public static Bytes pem(CsrDer csr) {
        return Bytes.utf8(Pem.request(csr));
    }

    /** PEM, one block after the other. */
    public static Bytes pem(List<CertificateDer> certificates) {
        return Bytes.utf8(Pem.certificates(certificates));
    }
}
