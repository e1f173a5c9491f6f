package org.devpki.testing;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.devpki.model.AttributeType;
import org.devpki.model.CertificateDer;
import org.devpki.model.CertificatePlan;
import org.devpki.model.CrlDer;
import org.devpki.model.CrlPlan;
import org.devpki.model.DistinguishedName;
import org.devpki.model.ExtendedKeyUsage;
import org.devpki.model.KeySpec;
import org.devpki.model.KeyUsage;
import org.devpki.model.NameDer;
import org.devpki.model.PublicKeyDer;
import org.devpki.model.RevokedEntries;
import org.devpki.model.RevokedEntry;
import org.devpki.model.SerialNumber;
import org.devpki.model.Validity;
import org.devpki.x509.Certificates;
import org.devpki.x509.Crls;
import org.devpki.x509.Keys;
import org.devpki.x509.Names;
import org.devpki.x509.ParsedTbs;
import org.devpki.x509.Seals;
import org.devpki.x509.SigningKey;

/**
 * A CA that a test needs: {@code TestAuthority.root("plant-7").intermediate("line-1").device("d1")}. Its certificates
 * hold from 2026 to 2036 (a root's to 2046) and are the same in each run.
 */
public final class TestAuthority {
    public static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    public static final Instant END = Instant.parse("2036-01-01T00:00:00Z");

    private final CertificateDer certificate;
    private final SigningKey key;

    private TestAuthority(CertificateDer certificate, SigningKey key) {
        this.certificate = certificate;
        this.key = key;
    }

    public static TestAuthority root(String name) {
        return root(name, TestKeys.P_256);
    }

    public static TestAuthority root(String name, KeySpec spec) {
        SigningKey key = TestKeys.signing(spec, name);
        CertificatePlan plan = caPlan(name, nameOf(name), key.publicKey(), Optional.empty());
        return new TestAuthority(sealed(plan, key), key);
    }

    /** A CA below this one. */
    public TestAuthority intermediate(String name) {
        SigningKey below = TestKeys.signing(TestKeys.P_256, name);
        CertificatePlan plan = caPlan(name, tbs().subject(), below.publicKey(), Optional.of(tbs()));
        return new TestAuthority(sealed(plan, key), below);
    }

    /** The certificate of a device without a CRL distribution point. */
    public CertificateDer device(String name) {
        return device(name, SerialNumber.parse("4f01"), List.of());
    }

    /** @param crlUrls one distribution point with these names */
    public CertificateDer device(String name, SerialNumber serial, List<String> crlUrls) {
        return sealed(devicePlan(name, serial, crlUrls), key);
    }

    /** The certificate of a device with a key of its own. */
    public CertificateDer deviceOf(String name, PublicKeyDer key) {
        return sealed(devicePlan(name, SerialNumber.parse("4f01"), List.of(), key), this.key);
    }

    public CertificatePlan devicePlan(String name, SerialNumber serial, List<String> crlUrls) {
        return devicePlan(name, serial, crlUrls, TestKeys.publicKey(name));
    }

    private CertificatePlan devicePlan(String name, SerialNumber serial, List<String> crlUrls, PublicKeyDer own) {
        return new CertificatePlan(
                serial,
                tbs().subject(),
                nameOf(name),
                new Validity(START, END),
                own,
                List.of(),
                new CertificatePlan.Extensions(
                        false,
                        OptionalInt.empty(),
                        Set.of(KeyUsage.DIGITAL_SIGNATURE),
                        Set.of(ExtendedKeyUsage.CLIENT_AUTH),
                        false,
                        Keys.subjectKeyId(own),
                        tbs().subjectKeyId(),
                        crlUrls,
                        List.of(),
                        List.of()),
                0);
    }

    /** A CRL that holds for a week from {@code now}. */
    public CrlPlan crlPlan(long number, Instant now, List<RevokedEntry> entries, List<String> idpUrls) {
        return new CrlPlan(
                tbs().subject(),
                tbs().subjectKeyId().orElseThrow(),
                BigInteger.valueOf(number),
                now,
                now.plus(Duration.ofDays(7)),
                RevokedEntries.of(entries),
                CrlPlan.Scope.complete(idpUrls));
    }

    public CrlDer crl(CrlPlan plan) {
        return new CrlDer(Seals.seal(Crls.tbs(plan, key.algorithm()), key));
    }

    public CertificateDer certificate() {
        return certificate;
    }

    public ParsedTbs tbs() {
        return Certificates.parse(certificate).tbs();
    }

    public SigningKey key() {
        return key;
    }

    public static ParsedTbs tbs(CertificateDer der) {
        return Certificates.parse(der).tbs();
    }

    public static NameDer nameOf(String commonName) {
        return Names.encode(dn(commonName));
    }

    private static DistinguishedName dn(String commonName) {
        return new DistinguishedName(List.of(new DistinguishedName.Attribute(AttributeType.COMMON_NAME, commonName)));
    }

    private static CertificatePlan caPlan(
            String name, NameDer issuer, PublicKeyDer publicKey, Optional<ParsedTbs> parent) {
        return new CertificatePlan(
                SerialNumber.parse("4fca"),
                issuer,
                nameOf(name),
                new Validity(START, parent.isPresent() ? END : Instant.parse("2046-01-01T00:00:00Z")),
                publicKey,
                List.of(),
                new CertificatePlan.Extensions(
                        true,
                        parent.isPresent() ? OptionalInt.of(0) : OptionalInt.empty(),
                        Set.of(KeyUsage.KEY_CERT_SIGN, KeyUsage.CRL_SIGN),
                        Set.of(),
                        false,
                        Keys.subjectKeyId(publicKey),
                        parent.flatMap(ParsedTbs::subjectKeyId),
                        List.of(),
                        List.of(),
                        List.of()),
                0);
    }

    private static CertificateDer sealed(CertificatePlan plan, SigningKey key) {
        return new CertificateDer(Seals.seal(Certificates.tbs(plan, key.algorithm()), key));
    }
}
