package org.devpki.x509;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Enumerated;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.devpki.model.RevocationReason;
import org.devpki.model.RevokedEntry;
import org.devpki.model.SerialNumber;

/**
 * One entry of a CRL to octets and back. There may be ten million of them, so the form that devpki writes is made and
 * read octet by octet; whatever else the standard allows is left to the ASN.1 library.
 */
final class CrlEntries {
    /*
     * revokedCertificates SEQUENCE OF SEQUENCE {
     *   userCertificate CertificateSerialNumber, revocationDate Time, crlEntryExtensions Extensions OPTIONAL }
     */
    static final int SEQUENCE = 0x30;

    private static final int INTEGER = 0x02;

    /** {@code SEQUENCE { OID reasonCode, OCTET STRING { ENUMERATED } }} without the last octet (section 5.3.1). */
    private static final byte[] REASON = {0x30, 0x0a, 0x06, 0x03, 0x55, 0x1d, 0x15, 0x04, 0x03, 0x0a, 0x01};

    /** {@code SEQUENCE { OID invalidityDate, OCTET STRING { GeneralizedTime } }} without the time (section 5.3.2). */
    private static final byte[] INVALIDITY = {
        0x30, 0x18, 0x06, 0x03, 0x55, 0x1d, 0x18, 0x04, 0x11, Times.GENERALIZED, Times.GENERALIZED_OCTETS
    };

    private CrlEntries() {}

    /** An entry as it was read, and whether it was in the one form that DER allows. */
    record Read(RevokedEntry entry, boolean isCanonicalDer) {}

    static byte[] encode(RevokedEntry entry) {
        byte[] serial = entry.serial().value().toByteArray();
        byte[] time = Times.encode(entry.at());
        byte[] extensions = extensions(entry);
        int length = 2 + serial.length + time.length + extensions.length; // far below 128
        return ByteBuffer.allocate(2 + length)
                .put((byte) SEQUENCE)
                .put((byte) length)
                .put((byte) INTEGER)
                .put((byte) serial.length)
                .put(serial)
                .put(time)
                .put(extensions)
                .array();
    }

    private static byte[] extensions(RevokedEntry entry) {
        boolean hasReason = entry.reason() != RevocationReason.UNSPECIFIED; // rather absent (section 5.3.1)
        if (!hasReason && entry.invalidAt().isEmpty()) {
            return new byte[0];
        }
        int length = (hasReason ? REASON.length + 1 : 0)
                + (entry.invalidAt().isPresent() ? INVALIDITY.length + Times.GENERALIZED_OCTETS : 0);
        ByteBuffer octets = ByteBuffer.allocate(2 + length).put((byte) SEQUENCE).put((byte) length);
        if (hasReason) {
            octets.put(REASON).put((byte) entry.reason().code());
        }
        entry.invalidAt().ifPresent(at -> octets.put(INVALIDITY).put(Times.generalized(at)));
        return octets.array();
    }

    /** @param content of the entry, behind its header */
    static Read decode(byte[] content, DerStream.Header header) throws IOException {
        Optional<RevokedEntry> usual = usual(content);
        if (usual.isPresent()) {
            return new Read(usual.get(), header.octets() == 2);
        }
        byte[] whole = DerStream.whole(header, content);
        return new Read(decodeAny(ASN1Sequence.getInstance(whole)), Der.isCanonical(whole));
    }

    /** The entry if it is in the form that devpki writes, without invalidity date; else empty. */
    private static Optional<RevokedEntry> usual(byte[] content) {
        int serialEnd = content.length < 3 ? 0 : 2 + content[1];
        boolean hasSerial = content.length > 3
                && content[0] == INTEGER
                && content[1] > 0
                && content[1] <= 20
                && serialEnd < content.length - 1
                && content[2] >= 0
                && (content[2] > 0 || (content[1] > 1 && content[3] < 0)); // positive and minimal
        if (!hasSerial) {
            return Optional.empty();
        }
        boolean isUtc = content[serialEnd] == Times.UTC && content[serialEnd + 1] == Times.UTC_OCTETS;
        boolean isGeneralized =
                content[serialEnd] == Times.GENERALIZED && content[serialEnd + 1] == Times.GENERALIZED_OCTETS;
        int timeAt = serialEnd + 2;
        int timeEnd = timeAt + (isUtc ? Times.UTC_OCTETS : Times.GENERALIZED_OCTETS);
        if ((!isUtc && !isGeneralized) || timeEnd > content.length) {
            return Optional.empty();
        }
        Optional<Instant> at = Times.usual(content, timeAt, timeEnd);
        Optional<RevocationReason> reason = reason(content, timeEnd);
        if (at.isEmpty() || reason.isEmpty()) {
            return Optional.empty();
        }
        BigInteger serial = new BigInteger(content, 2, content[1]);
        return serial.bitLength() > 159
                ? Optional.empty()
                : Optional.of(new RevokedEntry(new SerialNumber(serial), at.get(), reason.get()));
    }

    private static Optional<RevocationReason> reason(byte[] content, int from) {
        if (from == content.length) {
            return Optional.of(RevocationReason.UNSPECIFIED);
        }
        int listAt = from + 2;
        int codeAt = listAt + REASON.length;
        boolean isReasonOnly = codeAt + 1 == content.length
                && content[from] == SEQUENCE
                && content[from + 1] == REASON.length + 1
                && Arrays.equals(content, listAt, codeAt, REASON, 0, REASON.length);
        return isReasonOnly ? Optional.of(RevocationReason.ofCode(content[codeAt])) : Optional.empty();
    }

    private static RevokedEntry decodeAny(ASN1Sequence parts) throws IOException {
        RevocationReason reason = RevocationReason.UNSPECIFIED;
        Optional<Instant> invalidAt = Optional.empty();
        if (parts.size() > 2) {
            Extensions extensions = Extensions.getInstance(parts.getObjectAt(2));
            Extension code = extensions.getExtension(Extension.reasonCode);
            if (code != null) {
                reason = RevocationReason.ofCode(
                        ASN1Enumerated.getInstance(code.getParsedValue()).intValueExact());
            }
            Extension invalidity = extensions.getExtension(Extension.invalidityDate);
            if (invalidity != null) {
                invalidAt = Optional.of(Times.instant(ASN1GeneralizedTime.getInstance(invalidity.getParsedValue())));
            }
        }
        return new RevokedEntry(
                new SerialNumber(ASN1Integer.getInstance(parts.getObjectAt(0)).getValue()),
                Times.instant(parts.getObjectAt(1).toASN1Primitive()),
                reason,
                invalidAt);
    }
}
