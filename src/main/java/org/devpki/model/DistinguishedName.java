package org.devpki.model;

import java.util.List;
import java.util.stream.Collectors;

/** A name to be written: attributes from the most general to the most special, one to an RDN. */
public record DistinguishedName(List<Attribute> attributes) {
    /** @param value 1 to the type's upper bound of characters, no control characters */
    public record Attribute(AttributeType type, String value) {
        public Attribute {
            int length = value.codePointCount(0, value.length());
            if (length == 0 || length > type.upperBound()) {
                throw DevpkiException.invalid("attribute " + type.text() + " " + Quoted.of(value) + " has " + length
                        + " characters; 1 to " + type.upperBound() + " are allowed");
            }
            if (value.codePoints().anyMatch(Character::isISOControl)) {
                throw DevpkiException.invalid(
                        "attribute " + type.text() + " " + Quoted.of(value) + " has control characters in it");
            }
            if (type == AttributeType.COUNTRY && !value.matches("[A-Z]{2}")) {
                throw DevpkiException.invalid("country " + Quoted.of(value) + " is not two capital letters");
            }
        }
    }

    public DistinguishedName {
        attributes = List.copyOf(attributes);
    }

    @Override
    public String toString() {
        return attributes.stream().map(a -> a.type().text() + "=" + a.value()).collect(Collectors.joining(", "));
    }
}
