package org.devpki.ca.lint;

import static org.devpki.ca.lint.Forged.plain;
import static org.devpki.ca.lint.Forged.utc;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DLTaggedObject;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.CRLReason;
import org.devpki.ca.lint.Forged.ForgedExtension;
import org.devpki.model.SignatureAlgorithm;
import org.devpki.x509.Oids;
import org.jspecify.annotations.Nullable;

/** A TBSCertList that begins sound and is then bent in one place. Each method bends this very one. */
final class ForgedCrl {
    /** id-ce-cRLReasons, RFC 5280 section 5.3.1. */
    private static final String REASON_CODE = "2.5.29.21";

    private int version = 2;
    private String signature = SignatureAlgorithm.ECDSA_WITH_SHA256.oid();
    private ASN1Encodable issuer = ForgedCertificate.issuingName();
    private final ASN1Encodable thisUpdate = utc("260601000000Z");
    private @Nullable ASN1Encodable nextUpdate = utc("260608000000Z");
    private final List<ASN1Encodable> entries = new ArrayList<>();
    private List<ForgedExtension> extensions = List.of(
            plain(Oids.AUTHORITY_KEY_IDENTIFIER, new AuthorityKeyIdentifier(new byte[20])),
            plain(Oids.CRL_NUMBER, new ASN1Integer(1_780_272_000_000L)));

    /** A CRL of the issuing CA, without entries, thisUpdate 2026-06-01, nextUpdate a week later. */
    static ForgedCrl empty() {
        return new ForgedCrl();
    }

    ForgedCrl version(int wrong) {
        version = wrong;
        return this;
    }

    ForgedCrl signature(String oid) {
        signature = oid;
        return this;
    }

    ForgedCrl issuer(ASN1Encodable wrong) {
        issuer = wrong;
        return this;
    }

    ForgedCrl nextUpdate(@Nullable ASN1Encodable wrong) {
        nextUpdate = wrong;
        return this;
    }

    ForgedCrl number(String hex) {
        return with(plain(Oids.CRL_NUMBER, new ASN1Integer(new BigInteger(hex, 16))));
    }

    /** @param reason as CRLReason counts; -1 for none */
    ForgedCrl entry(long serial, String at, int reason) {
        List<ASN1Encodable> parts = new ArrayList<>(List.of(new ASN1Integer(serial), utc(at)));
        if (reason >= 0) {
            parts.add(Forged.extensions(List.of(plain(REASON_CODE, CRLReason.lookup(reason)))));
        }
        entries.add(Forged.sequence(parts));
        return this;
    }

    ForgedCrl with(ForgedExtension extension) {
        extensions = Forged.with(extensions, extension);
        return this;
    }

    ForgedCrl without(String oid) {
        extensions = Forged.without(extensions, oid);
        return this;
    }

    ForgedCrl again(ForgedExtension extension) {
        extensions = new ArrayList<>(extensions);
        extensions.add(extension);
        return this;
    }

    byte[] octets() {
        List<ASN1Encodable> parts = new ArrayList<>();
        if (version != 1) {
            parts.add(new ASN1Integer(version - 1));
        }
        parts.add(Forged.algorithm(signature));
        parts.add(issuer);
        parts.add(thisUpdate);
        if (nextUpdate != null) {
            parts.add(nextUpdate);
        }
        if (!entries.isEmpty()) {
            parts.add(Forged.sequence(entries));
        }
        parts.add(new DLTaggedObject(true, 0, Forged.extensions(extensions)));
        return Forged.encode(Forged.sequence(parts));
    }
}
