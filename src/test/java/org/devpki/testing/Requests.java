package org.devpki.testing;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequestBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.devpki.model.Bytes;

/** Makes certification requests, good ones and such as no honest device sends. */
public final class Requests {
    private final X500Name subject;
    private final KeyPair keys;
    private final KeyPair signer;
    private final String algorithm;
    private final ExtensionsGenerator extensions = new ExtensionsGenerator();
    private final List<ASN1ObjectIdentifier> attributes = new ArrayList<>();

    private Requests(X500Name subject, KeyPair keys, KeyPair signer, String algorithm) {
        this.subject = subject;
        this.keys = keys;
        this.signer = signer;
        this.algorithm = algorithm;
    }

    /** For such as {@code CN=d1}, with a P-256 key. */
    public static Requests of(String subject) {
        return of(subject, ec(), "SHA256withECDSA");
    }

    public static Requests of(String subject, KeyPair keys, String algorithm) {
        return new Requests(new X500Name(subject), keys, keys, algorithm);
    }

    public static Requests of(X500Name subject) {
        KeyPair keys = ec();
        return new Requests(subject, keys, keys, "SHA256withECDSA");
    }

    /** The key of one, signed by another: no proof of possession. */
    public static Requests ofSomebodyElsesKey(String subject) {
        return new Requests(new X500Name(subject), ec(), ec(), "SHA256withECDSA");
    }

    public static KeyPair ec() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    public static KeyPair rsa(int bits) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(bits);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    public Requests wanting(ASN1ObjectIdentifier extension, ASN1Encodable value) {
        try {
            extensions.addExtension(extension, true, value);
            return this;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    public Requests withAttribute(String oid) {
        attributes.add(new ASN1ObjectIdentifier(oid));
        return this;
    }

    public Bytes der() {
        try {
            PKCS10CertificationRequestBuilder builder =
                    new JcaPKCS10CertificationRequestBuilder(subject, keys.getPublic());
            if (!extensions.isEmpty()) {
                builder.addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate());
            }
            for (ASN1ObjectIdentifier attribute : attributes) {
                builder.addAttribute(attribute, new org.bouncycastle.asn1.DERUTF8String("please"));
            }
            return Bytes.of(builder.build(new JcaContentSignerBuilder(algorithm).build(signer.getPrivate()))
                    .getEncoded());
        } catch (IOException | OperatorCreationException e) {
            throw new AssertionError(e);
        }
    }

    /** SEQUENCE in SEQUENCE, so deep and no deeper than fits in so many octets. */
    public static Bytes nested(int mostOctets) {
        byte[] octets = new byte[mostOctets];
        int at = mostOctets;
        int length = 0;
        while (at > 6) {
            int header = length < 0x80 ? 2 : length < 0x100 ? 3 : length < 0x10000 ? 4 : 5;
            at -= header;
            octets[at] = 0x30;
            if (header == 2) {
                octets[at + 1] = (byte) length;
            } else {
                octets[at + 1] = (byte) (0x80 | (header - 2));
                for (int i = 0; i < header - 2; i++) {
                    octets[at + 2 + i] = (byte) (length >> (8 * (header - 3 - i)));
                }
            }
            length += header;
        }
        return Bytes.of(java.util.Arrays.copyOfRange(octets, at, mostOctets));
    }

    /** SEQUENCE of these members, each DER already. */
    public static Bytes sequence(Bytes... members) {
        java.io.ByteArrayOutputStream content = new java.io.ByteArrayOutputStream();
        for (Bytes member : members) {
            content.writeBytes(member.toArray());
        }
        java.io.ByteArrayOutputStream whole = new java.io.ByteArrayOutputStream();
        whole.write(0x30);
        whole.write(0x83);
        whole.write(content.size() >> 16);
        whole.write(content.size() >> 8);
        whole.write(content.size());
        whole.writeBytes(content.toByteArray());
        return Bytes.of(whole.toByteArray());
    }
}
