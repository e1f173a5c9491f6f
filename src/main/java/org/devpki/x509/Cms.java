package org.devpki.x509;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAESOAEPparams;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cms.CMSAlgorithm;
import org.bouncycastle.cms.CMSAuthEnvelopedDataGenerator;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.RecipientInfoGenerator;
import org.bouncycastle.cms.jcajce.JceCMSContentEncryptorBuilder;
import org.bouncycastle.cms.jcajce.JceKeyAgreeRecipientInfoGenerator;
import org.bouncycastle.cms.jcajce.JceKeyTransRecipientInfoGenerator;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.OutputAEADEncryptor;
import org.devpki.model.Bytes;
import org.devpki.model.CertificateDer;
import org.devpki.model.Curve;
import org.devpki.model.DevpkiException;
import org.devpki.model.KeySpec;
import org.devpki.model.SecretBytes;

/** Secrets for one recipient alone: CMS AuthEnvelopedData (RFC 5083) with AES-256-GCM, as OpenSSL 3 opens it. */
public final class Cms {
    private static final AlgorithmIdentifier SHA256 =
            new AlgorithmIdentifier(NISTObjectIdentifiers.id_sha256, DERNull.INSTANCE);

    private Cms() {}

    /**
     * Seals a secret to the key of a certificate: RSA by RSAES-OAEP with SHA-256, EC by ephemeral ECDH.
     *
     * @return DER of a ContentInfo
     * @throws DevpkiException REFUSED for a key of another kind
     */
    public static Bytes seal(SecretBytes secret, CertificateDer recipient, SecureRandom random) {
        KeySpec spec = Keys.spec(Certificates.parse(recipient).tbs().publicKey())
                .orElseThrow(() -> DevpkiException.refused("the recipient's key is of an unknown kind; use RSA or EC"));
        BouncyCastleProvider provider = new BouncyCastleProvider();
        return secret.lend(octets -> {
            try {
                CMSAuthEnvelopedDataGenerator generator = new CMSAuthEnvelopedDataGenerator();
                X509CertificateHolder holder =
                        new X509CertificateHolder(recipient.octets().toArray());
                generator.addRecipientInfoGenerator(recipient(holder, spec, provider, random));
                OutputAEADEncryptor encryptor =
                        (OutputAEADEncryptor) new JceCMSContentEncryptorBuilder(CMSAlgorithm.AES256_GCM)
                                .setProvider(provider)
                                .setSecureRandom(random)
                                .build();
                return Bytes.of(generator
                        .generate(new CMSProcessableByteArray(octets), encryptor)
                        .toASN1Structure()
                        .getEncoded(ASN1Encoding.DER));
            } catch (CMSException | IOException | GeneralSecurityException e) {
                throw DevpkiException.refused("nothing can be sealed to the recipient's certificate")
                        .causedBy(e);
            }
        });
    }

    private static RecipientInfoGenerator recipient(
            X509CertificateHolder holder, KeySpec spec, BouncyCastleProvider provider, SecureRandom random)
            throws GeneralSecurityException, CMSException {
        var certificate =
                new JcaX509CertificateConverter().setProvider(provider).getCertificate(holder);
        PublicKey publicKey = certificate.getPublicKey();
        if (spec instanceof KeySpec.Ec ec) {
            KeyPair ephemeral = ephemeral(ec.curve(), provider, random);
            return new JceKeyAgreeRecipientInfoGenerator(
                            CMSAlgorithm.ECDH_SHA256KDF,
                            ephemeral.getPrivate(),
                            ephemeral.getPublic(),
                            CMSAlgorithm.AES256_WRAP)
                    .addRecipient(certificate)
                    .setProvider(provider)
                    .setSecureRandom(random);
        }
        if (spec instanceof KeySpec.Rsa) {
            AlgorithmIdentifier oaep = new AlgorithmIdentifier(
                    PKCSObjectIdentifiers.id_RSAES_OAEP,
                    new RSAESOAEPparams(
                            SHA256,
                            new AlgorithmIdentifier(PKCSObjectIdentifiers.id_mgf1, SHA256),
                            RSAESOAEPparams.DEFAULT_P_SOURCE_ALGORITHM));
            return new JceKeyTransRecipientInfoGenerator(certificate, oaep).setProvider(provider);
        }
        throw DevpkiException.refused("a secret cannot be sealed to a key of kind " + spec.text() + " ("
                + publicKey.getAlgorithm() + "); use RSA or EC");
    }

    private static KeyPair ephemeral(Curve curve, BouncyCastleProvider provider, SecureRandom random)
            throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", provider);
        generator.initialize(new ECGenParameterSpec(curve.text()), random);
        return generator.generateKeyPair();
    }
}
