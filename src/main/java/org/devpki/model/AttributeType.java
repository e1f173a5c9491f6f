package org.devpki.model;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** Attribute types of a distinguished name (RFC 5280 section 4.1.2.4, appendix A.1 for the upper bounds). */
public enum AttributeType {
    COMMON_NAME("CN", "2.5.4.3", 64),
    SERIAL_NUMBER("serialNumber", "2.5.4.5", 64),
    COUNTRY("C", "2.5.4.6", 2),
    LOCALITY("L", "2.5.4.7", 128),
    STATE("ST", "2.5.4.8", 128),
    ORGANIZATION("O", "2.5.4.10", 64),
    ORGANIZATIONAL_UNIT("OU", "2.5.4.11", 64);

    private final String text;
    private final String oid;
    private final int upperBound;

    AttributeType(String text, String oid, int upperBound) {
        this.text = text;
        this.oid = oid;
        this.upperBound = upperBound;
    }

    public static AttributeType parse(String text) {
        return Arrays.stream(values())
                .filter(type -> type.text.equals(text))
                .findFirst()
                .orElseThrow(() -> DevpkiException.invalid("attribute " + Quoted.of(text) + " is not one of "
                        + Arrays.stream(values()).map(AttributeType::text).collect(Collectors.joining(", "))));
    }

    public static Optional<AttributeType> ofOid(String oid) {
        return Arrays.stream(values()).filter(type -> type.oid.equals(oid)).findFirst();
    }

    /** The short name of RFC 4514, or the standard's own. */
    public String text() {
        return text;
    }

    public String oid() {
        return oid;
    }

    /** The most characters that a value may have. */
    public int upperBound() {
        return upperBound;
    }
}
