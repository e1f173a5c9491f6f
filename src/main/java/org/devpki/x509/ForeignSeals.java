package org.devpki.x509;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.devpki.model.Fault;

/**
 * Signatures of whichever program: by the algorithms of {@link Seals}, or by any that the JDK knows, such as those of a P-384 key
 * with SHA-256 or an RSA key with SHA-512.
 */
public final class ForeignSeals {
    private ForeignSeals() {}

    /** Whether the CA's key made the certificate, and the certificate names that CA, octet for octet. */
    public static boolean isIssuer(ParsedCertificate ca, ParsedCertificate certificate) {
        return ca.tbs().subject().equals(certificate.tbs().issuer())
                && isMade(
                        () -> certificate.isSignedBy(ca),
                        () -> {
                            X509Certificate read = read(certificate.der().octets());
                            return new Signed(read.getSigAlgName(), read::verify);
                        },
                        ca);
    }

    /** Whether the CA's key made the CRL, which has to fit into memory. */
    public static boolean isIssuer(ParsedCertificate ca, ParsedCrl crl) {
        return ca.tbs().subject().equals(crl.issuer())
                && isMade(
                        () -> crl.isSignedBy(ca.tbs().publicKey()),
                        () -> {
                            X509CRL read = (X509CRL) factory()
                                    .generateCRL(stream(crl.der().octets().toBytes()));
                            return new Signed(read.getSigAlgName(), read::verify);
                        },
                        ca);
    }

    @FunctionalInterface
    private interface Reading {
        Signed read() throws GeneralSecurityException;
    }

    @FunctionalInterface
    private interface Proof {
        void verify(PublicKey key, String provider) throws GeneralSecurityException;
    }

    private record Signed(String algorithm, Proof proof) {}

    private static boolean isMade(BooleanSupplier usual, Reading reading, ParsedCertificate ca) {
        try {
            if (usual.getAsBoolean()) {
                return true;
            }
            Signed signed = reading.read();
            PublicKey key = read(ca.der().octets()).getPublicKey();
            String provider = key.getAlgorithm().startsWith("RSA") ? "SunRsaSign" : "SunEC";
            signed.proof().verify(key, provider);
            return !signed.algorithm().toUpperCase(Locale.ROOT).startsWith("MD"); // anybody could have made it
        } catch (GeneralSecurityException e) {
            return false;
        } catch (DevpkiException e) { // octets that are no signature prove nothing
            if (e.fault() == Fault.INVALID_INPUT) {
                return false;
            }
            throw e;
        }
    }

    private static X509Certificate read(Bytes der) throws GeneralSecurityException {
        return (X509Certificate) factory().generateCertificate(stream(der));
    }

    private static CertificateFactory factory() throws GeneralSecurityException {
        return CertificateFactory.getInstance("X.509", "SUN");
    }

    private static ByteArrayInputStream stream(Bytes octets) {
        return new ByteArrayInputStream(octets.toArray());
    }
}
