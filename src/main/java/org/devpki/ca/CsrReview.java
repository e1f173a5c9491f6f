package org.devpki.ca;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.devpki.model.AttributeType;
import org.devpki.model.CsrDer;
import org.devpki.model.DevpkiException;
import org.devpki.model.DistinguishedName;
import org.devpki.model.KeySpec;
import org.devpki.model.Profile;
import org.devpki.model.Quoted;
import org.devpki.model.SubjectAltName;
import org.devpki.x509.Csrs;
import org.devpki.x509.Keys;
import org.devpki.x509.Names;
import org.devpki.x509.Oids;
import org.devpki.x509.ParsedCsr;
import org.devpki.x509.ParsedExtension;
import org.devpki.x509.ParsedTbs;

/**
 * Looks at a certification request before anything is made of it. Only its key, and the alternative names that the
 * profile lets be ordered, are taken over; whatever else it asks for must be what the profile gives anyway, or is an
 * error.
 */
public final class CsrReview {
    private CsrReview() {}

    /**
     * @param given the subject that the certificate will have
     * @return the alternative names that the request asks for
     * @throws DevpkiException INVALID_INPUT or REFUSED with everything that is wrong
     */
    public static List<SubjectAltName> review(CsrDer der, String name, DistinguishedName given, Profile profile) {
        ParsedCsr csr = Csrs.parse(der);
        List<String> faults = new ArrayList<>();
        checkKey(csr, profile, faults);
        checkSubject(csr, name, given, faults);
        List<SubjectAltName> sans = new ArrayList<>();
        for (String attribute : csr.attributeOids()) {
            if (!attribute.equals(ParsedCsr.EXTENSION_REQUEST)) {
                faults.add("it has attribute " + attribute + ", which no profile takes over");
            }
        }
        for (ParsedExtension extension : csr.extensions()) {
            checkExtension(extension, profile, sans, faults);
        }
        if (!faults.isEmpty()) {
            throw DevpkiException.refused("the certification request is refused: " + String.join("; ", faults))
                    .hint("devpki profile show " + profile.name() + " tells what the profile takes over");
        }
        return sans;
    }

    /**
     * Holds the request of a CA that is to be reissued against the certificate that it has.
     *
     * @throws DevpkiException REFUSED with everything that is wrong
     */
    public static void reviewAgain(CsrDer der, ParsedTbs own) {
        ParsedCsr csr = Csrs.parse(der);
        List<String> faults = new ArrayList<>();
        if (!csr.publicKey().equals(own.publicKey())) {
            faults.add("its key is not that of certificate " + own.serial().toString(16));
        } else if (!csr.isSignedByItsKey()) {
            faults.add("its key did not sign it");
        }
        if (!csr.subject().equals(own.subject())) {
            faults.add("its subject is " + Names.text(csr.subject()) + ", and the CA's is " + Names.text(own.subject())
                    + ", octet for octet");
        }
        if (!csr.attributeOids().isEmpty()) {
            faults.add("it asks for extensions, and the profile alone says what a CA gets");
        }
        if (!faults.isEmpty()) {
            throw DevpkiException.refused("the certification request is refused: " + String.join("; ", faults));
        }
    }

    private static void checkKey(ParsedCsr csr, Profile profile, List<String> faults) {
        Optional<KeySpec> spec = Keys.spec(csr.publicKey());
        Optional<String> keyFault = Keys.fault(csr.publicKey());
        if (spec.isEmpty() || !profile.keys().contains(spec.get())) {
            faults.add("its key is of kind " + spec.map(KeySpec::text).orElse("unknown") + ", and profile \""
                    + profile.name() + "\" allows "
                    + String.join(
                            ", ", profile.keys().stream().map(KeySpec::text).toList()));
        } else if (keyFault.isPresent()) {
            faults.add("its key is bad: " + keyFault.get());
        } else if (!csr.isSignedByItsKey()) {
            faults.add(
                    "its signature, of algorithm " + csr.signatureOid() + ", is not one that its key made with SHA-2");
        }
    }

    private static void checkSubject(ParsedCsr csr, String name, DistinguishedName given, List<String> faults) {
        List<String> commonNames = Names.attributes(csr.subject()).stream()
                .filter(attribute -> attribute.is(AttributeType.COMMON_NAME))
                .map(Names.ParsedAttribute::value)
                .toList();
        if (commonNames.size() > 1) {
            faults.add("it has " + commonNames.size() + " common names; one or none is right");
        } else if (commonNames.size() == 1 && !commonNames.get(0).equals(name)) {
            faults.add("its common name " + Quoted.of(commonNames.get(0)) + " is not the ordered " + Quoted.of(name));
        }
        Names.attributes(csr.subject()).stream()
                .filter(attribute -> !attribute.is(AttributeType.COMMON_NAME) && !isGiven(attribute, given))
                .forEach(attribute -> faults.add("its subject has " + type(attribute) + " "
                        + Quoted.of(attribute.value()) + ", which the profile does not give"));
    }

    private static String type(Names.ParsedAttribute attribute) {
        return AttributeType.ofOid(attribute.oid()).map(AttributeType::text).orElse(attribute.oid());
    }

    /** What the request says of its subject must be what the profile gives anyway, or it would be dropped in silence. */
    private static boolean isGiven(Names.ParsedAttribute wanted, DistinguishedName given) {
        return given.attributes().stream()
                .anyMatch(attribute ->
                        wanted.is(attribute.type()) && wanted.value().equals(attribute.value()));
    }

    private static void checkExtension(
            ParsedExtension extension, Profile profile, List<SubjectAltName> sans, List<String> faults) {
        switch (extension.oid()) {
            case Oids.SUBJECT_ALT_NAME ->
                Csrs.alternativeNames(extension.value())
                        .forEach(name -> name.san()
                                .ifPresentOrElse(
                                        sans::add,
                                        () -> faults.add("its alternative name " + Quoted.of(name.text())
                                                + " is of a kind or syntax that is not issued")));
            case Oids.KEY_USAGE, Oids.EXTENDED_KEY_USAGE, Oids.BASIC_CONSTRAINTS ->
                checkPurpose(extension, profile, faults);
            case Oids.SUBJECT_KEY_IDENTIFIER -> {} // a hint only; the certificate's own is computed from the key
            default ->
                faults.add("it asks for extension " + Oids.name(extension.oid()) + ", which profile \"" + profile.name()
                        + "\" does not take over");
        }
    }

    /** What the request wants the key for must be what the profile gives. */
    private static void checkPurpose(ParsedExtension extension, Profile profile, List<String> faults) {
        ParsedTbs wanted = ParsedTbs.ofExtensions(List.of(extension));
        Profile.Purpose given = profile.purpose();
        boolean agrees =
                switch (extension.oid()) {
                    case Oids.BASIC_CONSTRAINTS -> wanted.isCa() == given.isCa();
                    case Oids.KEY_USAGE ->
                        wanted.keyUsage().filter(given.keyUsage()::containsAll).isPresent();
                    default ->
                        wanted.extendedKeyUsage()
                                .filter(oids -> given.extendedKeyUsage().stream()
                                        .map(org.devpki.model.ExtendedKeyUsage::oid)
                                        .toList()
                                        .containsAll(oids))
                                .isPresent();
                };
        if (!agrees) {
            faults.add("it asks for " + Oids.name(extension.oid()) + " other than what profile \"" + profile.name()
                    + "\" gives" + (wanted.isCa() ? ": it wants to be a CA" : ""));
        }
    }
}
