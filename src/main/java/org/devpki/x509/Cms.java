package org.devpki.x509;

import java.io.IOException;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAESOAEPparams;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cms.CMSAlgorithm;
import org.bouncycastle.cms.CMSAuthEnvelopedData;
import org.bouncycastle.cms.CMSAuthEnvelopedDataGenerator;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.KeyAgreeRecipientInformation;
import org.bouncycastle.cms.KeyTransRecipientInformation;
import org.bouncycastle.cms.Recipient;
import org.bouncycastle.cms.RecipientInfoGenerator;
import org.bouncycastle.cms.RecipientInformation;
import org.bouncycastle.cms.jcajce.JceCMSContentEncryptorBuilder;
import org.bouncycastle.cms.jcajce.JceKeyAgreeAuthEnvelopedRecipient;
import org.bouncycastle.cms.jcajce.JceKeyAgreeRecipientInfoGenerator;
import org.bouncycastle.cms.jcajce.JceKeyTransAuthEnvelopedRecipient;
import org.bouncycastle.cms.jcajce.JceKeyTransRecipientInfoGenerator;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.OutputAEADEncryptor;
import org.devpki.model.Bytes;
import org.devpki.model.CertificateDer;
import org.devpki.model.Curve;
import org.devpki.model.DeviceKey;
import org.devpki.model.DevpkiException;
import org.devpki.model.KeySpec;
import org.devpki.model.SecretBytes;

/** Secrets for one recipient alone: CMS AuthEnvelopedData (RFC 5083) with AES-256-GCM, as OpenSSL 3 opens it. */
public final class Cms {
    /** More than anybody seals to; each costs an operation with the private key. */
    private static final int MOST_RECIPIENTS = 16;

    /** Made once it is needed, for that takes a while. */
    private static final class Jca {
        static final BouncyCastleProvider PROVIDER = new BouncyCastleProvider();

        /** Here, for the converter knows no key before there is a provider. */
        static PrivateKey privateKey(SecretBytes pkcs8) {
            return pkcs8.lend(octets -> Der.reading(
                    "private key", () -> BouncyCastleProvider.getPrivateKey(PrivateKeyInfo.getInstance(octets))));
        }
    }

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
        BouncyCastleProvider provider = Jca.PROVIDER;
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

    /** Whether the octets are a secret that somebody sealed, as far as their beginning tells. */
    public static boolean isSealed(Bytes octets) {
        if (octets.length() == 0 || octets.toArray()[0] != 0x30) {
            return false;
        }
        try {
            return ContentInfo.getInstance(octets.toArray())
                    .getContentType()
                    .equals(CMSObjectIdentifiers.authEnvelopedData);
        } catch (RuntimeException e) {
            return false;
        }
    }

    /**
     * Opens what {@link #seal} made, or another with AES-GCM.
     *
     * @param key the recipient's, RSA or EC
     * @throws DevpkiException KEY_UNAVAILABLE if it was sealed to another key, INTEGRITY if it was changed since; a change
     *     of the few octets that hold the wrapped key looks as another key does
     */
    public static SecretBytes open(Bytes sealed, DeviceKey key) {
        CMSAuthEnvelopedData data = parse(sealed);
        List<RecipientInformation> recipients =
                List.copyOf(data.getRecipientInfos().getRecipients());
        if (recipients.size() > MOST_RECIPIENTS) {
            throw DevpkiException.integrity("it has " + recipients.size() + " recipients, more than anybody seals to");
        }
        PrivateKey privateKey = Jca.privateKey(key.pkcs8());
        for (RecipientInformation recipient : recipients) {
            Optional<InputStream> opened = opened(recipient, privateKey);
            if (opened.isPresent()) {
                return read(opened.get());
            }
        }
        throw DevpkiException.keyUnavailable("it is sealed to another key");
    }

    private static CMSAuthEnvelopedData parse(Bytes sealed) {
        try {
            return new CMSAuthEnvelopedData(sealed.toArray());
        } catch (CMSException | RuntimeException | StackOverflowError e) {
            throw DevpkiException.integrity("it is no CMS AuthEnvelopedData, or is damaged")
                    .causedBy(e);
        }
    }

    /** The content, if it is this recipient's key that it was sealed to. */
    private static Optional<InputStream> opened(RecipientInformation recipient, PrivateKey key) {
        boolean isRsa = key instanceof RSAPrivateKey;
        boolean isEc = key instanceof ECPrivateKey;
        Recipient opener;
        if (isRsa && recipient instanceof KeyTransRecipientInformation) {
            opener = new JceKeyTransAuthEnvelopedRecipient(key).setProvider(Jca.PROVIDER);
        } else if (isEc && recipient instanceof KeyAgreeRecipientInformation) {
            opener = new JceKeyAgreeAuthEnvelopedRecipient(key).setProvider(Jca.PROVIDER);
        } else {
            return Optional.empty();
        }
        try {
            return Optional.of(recipient.getContentStream(opener).getContentStream());
        } catch (CMSException | IOException | RuntimeException e) { // whatever the wrong key makes of the wrapped one
            return Optional.empty();
        }
    }

    private static SecretBytes read(InputStream content) {
        try (content) {
            return SecretBytes.taking(content.readAllBytes());
        } catch (IOException | RuntimeException e) {
            throw DevpkiException.integrity("it was changed after it was sealed")
                    .causedBy(e);
        }
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
