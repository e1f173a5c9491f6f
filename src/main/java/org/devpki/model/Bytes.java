package org.devpki.model;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** Immutable octets, equal by value. */
public final class Bytes implements OctetSource {
    private static final int SHOWN_OCTETS = 32;

    private final byte[] octets;

    private Bytes(byte[] octets) {
        this.octets = octets;
    }

    public static Bytes of(byte[] octets) {
        return new Bytes(octets.clone());
    }

    public static Bytes utf8(String text) {
        return new Bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /** @throws DevpkiException INVALID_INPUT if the text is not pairs of hex digits */
    public static Bytes fromHex(String hex) {
        try {
            return new Bytes(HexFormat.of().parseHex(hex));
        } catch (IllegalArgumentException e) {
            throw DevpkiException.invalid(Quoted.of(hex) + " is not hex").causedBy(e);
        }
    }

    public byte[] toArray() {
        return octets.clone();
    }

    public int length() {
        return octets.length;
    }

    @Override
    public long size() {
        return octets.length;
    }

    @Override
    public InputStream open() {
        return new ByteArrayInputStream(octets);
    }

    @Override
    public Bytes toBytes() {
        return this;
    }

    /** Lower-case hex without separators. */
    public String hex() {
        return HexFormat.of().formatHex(octets);
    }

    public String asUtf8() {
        return new String(octets, StandardCharsets.UTF_8);
    }

    /** 32 octets. */
    @Override
    public Bytes sha256() {
        return digest("SHA-256");
    }

    /** @param algorithm a name every JDK knows, such as {@code SHA-1} */
    public Bytes digest(String algorithm) {
        try {
            return new Bytes(MessageDigest.getInstance(algorithm).digest(octets));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes that && Arrays.equals(octets, that.octets);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(octets);
    }

    @Override
    public String toString() {
        return octets.length <= SHOWN_OCTETS ? hex() : octets.length + " octets, SHA-256 " + sha256().hex();
    }
}
