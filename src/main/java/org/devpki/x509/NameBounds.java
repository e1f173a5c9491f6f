package org.devpki.x509;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.NameConstraintValidatorException;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.PKIXNameConstraintValidator;
import org.bouncycastle.util.Arrays;
import org.devpki.model.Bounds;
import org.devpki.model.NameDer;
import org.devpki.model.NameSubtree;

/** Name constraints, written and obeyed (RFC 5280 sections 4.2.1.10 and 6.1.3). */
public final class NameBounds {
    /** What OpenSSL and GnuTLS take for a host name where a certificate has no dNSName: letters, digits, hyphens, underlines, and a dot at least. */
    private static final Pattern LIKE_A_HOST = Pattern.compile("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)+");

    private NameBounds() {}

    static NameConstraints encode(Bounds bounds) {
        return new NameConstraints( // a list without subtrees is left out: GeneralSubtrees has one at least
                bounds.permitted().isEmpty() ? null : subtrees(bounds.permitted()),
                bounds.excluded().isEmpty() ? null : subtrees(bounds.excluded()));
    }

    private static GeneralSubtree[] subtrees(List<NameSubtree> names) {
        return names.stream().map(name -> new GeneralSubtree(encode(name))).toArray(GeneralSubtree[]::new);
    }

    private static GeneralName encode(NameSubtree subtree) {
        return subtree.match(
                dns -> new GeneralName(GeneralName.dNSName, new DERIA5String(dns.name())),
                ip -> new GeneralName(
                        GeneralName.iPAddress,
                        new DEROctetString(Arrays.concatenate(
                                ip.address().toArray(), ip.mask().toArray()))),
                email -> new GeneralName(GeneralName.rfc822Name, new DERIA5String(email.domain())),
                directory -> new GeneralName(Names.x500(Names.encode(directory.name()))));
    }

    /** Whether a list of subtrees is there without a subtree in it, as no list may be. */
    public static boolean hasEmptyList(ParsedExtension extension) {
        return Der.reading("nameConstraints extension", () -> {
            ASN1Sequence lists = ASN1Sequence.getInstance(extension.value().toArray());
            return StreamSupport.stream(lists.spliterator(), false)
                    .map(list -> ASN1Sequence.getInstance(ASN1TaggedObject.getInstance(list), false))
                    .anyMatch(subtrees -> subtrees.size() == 0);
        });
    }

    /** The names of a certificate that a CA above it may not give, as text. */
    public static List<String> outside(ParsedTbs subject, ParsedTbs ca) {
        return outside(() -> names(subject), ca);
    }

    /** The same of a certificate that has a subject, which is no host's, and no other name. */
    public static List<String> outside(NameDer subject, ParsedTbs ca) {
        return outside(() -> List.of(new GeneralName(Names.x500(subject))), ca);
    }

    private static List<String> outside(Supplier<List<GeneralName>> names, ParsedTbs ca) {
        Optional<ParsedExtension> extension = ca.extension(Oids.NAME_CONSTRAINTS);
        if (extension.isEmpty()) {
            return List.of();
        }
        return Der.reading("nameConstraints extension", () -> {
            NameConstraints constraints = NameConstraints.getInstance(
                    ASN1Primitive.fromByteArray(extension.get().value().toArray()));
            PKIXNameConstraintValidator validator = new PKIXNameConstraintValidator();
            if (constraints.getPermittedSubtrees() != null) {
                validator.intersectPermittedSubtree(constraints.getPermittedSubtrees());
            }
            if (constraints.getExcludedSubtrees() != null) {
                for (GeneralSubtree excluded : constraints.getExcludedSubtrees()) {
                    validator.addExcludedSubtree(excluded);
                }
            }
            return names.get().stream()
                    .filter(name -> !isWithin(validator, name))
                    .map(NameBounds::text)
                    .toList();
        });
    }

    private static boolean isWithin(PKIXNameConstraintValidator validator, GeneralName name) {
        try {
            validator.checkPermitted(name);
            validator.checkExcluded(name);
            return true;
        } catch (NameConstraintValidatorException e) {
            return false;
        }
    }

    private static List<GeneralName> names(ParsedTbs tbs) {
        List<GeneralName> names = new ArrayList<>();
        if (!Names.attributes(tbs.subject()).isEmpty()) {
            names.add(new GeneralName(Names.x500(tbs.subject())));
        }
        tbs.extension(Oids.SUBJECT_ALT_NAME)
                .ifPresent(san -> names.addAll(List.of(Der.reading(
                        "subjectAltName extension",
                        () -> GeneralNames.getInstance(
                                        ASN1Primitive.fromByteArray(san.value().toArray()))
                                .getNames()))));
        boolean hasHost = names.stream().anyMatch(name -> name.getTagNo() == GeneralName.dNSName);
        if (!hasHost && !tbs.isCa()) {
            tbs.commonNames().stream()
                    .filter(name -> LIKE_A_HOST.matcher(name).matches())
                    .map(name -> new GeneralName(GeneralName.dNSName, new DERIA5String(name)))
                    .forEach(names::add);
        }
        return names;
    }

    private static String text(GeneralName name) {
        return name.getTagNo() == GeneralName.directoryName
                ? Names.text(Names.of(org.bouncycastle.asn1.x500.X500Name.getInstance(name.getName())))
                : GeneralNameText.parse(name).text();
    }
}
