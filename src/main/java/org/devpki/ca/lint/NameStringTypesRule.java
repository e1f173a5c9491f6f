package org.devpki.ca.lint;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.devpki.model.AttributeType;
import org.devpki.model.Quoted;
import org.devpki.x509.Names;

/** The subject is written in UTF8String and PrintableString alone; mbedTLS reads a BMPString as empty. */
public final class NameStringTypesRule implements CertificateRule {
    /** PrintableString's characters (X.680 section 41.4). */
    private static final Pattern PRINTABLE = Pattern.compile("[A-Za-z0-9 '()+,./:=?-]*");

    @Override
    public String id() {
        return "name-string-types";
    }

    @Override
    public String clause() {
        return "RFC 5280 section 4.1.2.4 and appendix A.1";
    }

    @Override
    public List<String> complaints(LintSubject subject) {
        List<String> complaints = new ArrayList<>();
        for (Names.ParsedAttribute attribute : Names.attributes(subject.tbs().subject())) {
            boolean isPrintable = attribute.stringType().equals("PrintableString");
            String is = "attribute " + NameAttributesRule.label(attribute) + " " + Quoted.of(attribute.value());
            if (attribute.stringType().equals("other")) {
                complaints.add(is + " is neither UTF8String nor PrintableString");
            } else if (!isPrintable
                    && (attribute.is(AttributeType.COUNTRY) || attribute.is(AttributeType.SERIAL_NUMBER))) {
                complaints.add(is + " is a UTF8String; it must be a PrintableString");
            } else if (isPrintable && !PRINTABLE.matcher(attribute.value()).matches()) {
                complaints.add(is + " has characters that a PrintableString must not have; use UTF8String");
            }
        }
        return complaints;
    }
}
