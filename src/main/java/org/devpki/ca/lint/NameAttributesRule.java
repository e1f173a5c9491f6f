package org.devpki.ca.lint;

import java.util.ArrayList;
import java.util.List;
import org.devpki.model.AttributeType;
import org.devpki.model.Quoted;
import org.devpki.x509.Names;

/** The subject's attributes have text of an allowed length, a country is one, and there is no second common name. */
public final class NameAttributesRule implements CertificateRule {
    @Override
    public String id() {
        return "name-attributes";
    }

    @Override
    public String clause() {
        return "RFC 5280 sections 4.1.2.4 and 4.1.2.6 and appendix A.1";
    }

    @Override
    public List<String> complaints(LintSubject subject) {
        List<String> complaints = new ArrayList<>();
        Names.attributes(subject.tbs().subject()).forEach(attribute -> check(attribute, complaints));
        int commonNames = subject.tbs().commonNames().size();
        if (commonNames > 1) {
            complaints.add("there are " + commonNames + " common names; clients differ in which they take, write one");
        }
        return complaints;
    }

    /** The name people know an attribute by: {@code CN}, or the dotted OID. */
    static String label(Names.ParsedAttribute attribute) {
        return AttributeType.ofOid(attribute.oid()).map(AttributeType::text).orElse(attribute.oid());
    }

    private static void check(Names.ParsedAttribute attribute, List<String> complaints) {
        String value = attribute.value();
        String is = "attribute " + label(attribute) + " " + Quoted.of(value);
        int length = value.codePointCount(0, value.length());
        if (value.isEmpty()) {
            complaints.add("attribute " + label(attribute) + " is empty; leave it out");
        } else if (value.codePoints().anyMatch(Character::isISOControl)) {
            complaints.add(is + " has control characters in it");
        } else if (attribute.is(AttributeType.COUNTRY)) {
            if (!value.matches("[A-Z]{2}")) {
                complaints.add(is + " is not two capital letters");
            }
        } else {
            AttributeType.ofOid(attribute.oid())
                    .filter(type -> length > type.upperBound())
                    .ifPresent(type -> complaints.add(
                            is + " has " + length + " characters; at most " + type.upperBound() + " are allowed"));
        }
    }
}
