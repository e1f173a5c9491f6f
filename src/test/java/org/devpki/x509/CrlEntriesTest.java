package org.devpki.x509;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import java.util.Random;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERGeneralizedTime;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.Time;
import org.devpki.model.Bytes;
import org.devpki.model.RevocationReason;
import org.devpki.model.RevokedEntry;
import org.devpki.model.SerialNumber;
import org.junit.jupiter.api.Test;

/** The entries that are written and read octet by octet, held against the ASN.1 library. */
class CrlEntriesTest {
    private static byte[] byTheLibrary(RevokedEntry entry) throws IOException {
        ASN1EncodableVector parts = new ASN1EncodableVector();
        parts.add(new ASN1Integer(entry.serial().value()));
        parts.add(new Time(Date.from(entry.at())));
        ExtensionsGenerator extensions = new ExtensionsGenerator();
        if (entry.reason() != RevocationReason.UNSPECIFIED) {
            extensions.addExtension(
                    Extension.reasonCode, false, CRLReason.lookup(entry.reason().code()));
        }
        if (entry.invalidAt().isPresent()) {
            ASN1GeneralizedTime time =
                    new DERGeneralizedTime(Date.from(entry.invalidAt().get()));
            extensions.addExtension(Extension.invalidityDate, false, time);
        }
        if (!extensions.isEmpty()) {
            parts.add(extensions.generate());
        }
        return new DERSequence(parts).getEncoded();
    }

    private static CrlEntries.Read read(byte[] octets) throws IOException {
        try (DerStream der = new DerStream(new ByteArrayInputStream(octets))) {
            DerStream.Header header = der.header(CrlEntries.SEQUENCE);
            return CrlEntries.decode(der.content(header, 1 << 16), header);
        }
    }

    private static RevokedEntry random(Random random) {
        RevocationReason[] reasons = RevocationReason.values();
        BigInteger serial = new BigInteger(1 + random.nextInt(159), random).max(BigInteger.ONE);
        Instant at = Instant.ofEpochSecond(random.nextLong(4_000_000_000L));
        Optional<Instant> invalidAt = random.nextInt(4) == 0
                ? Optional.of(Instant.ofEpochSecond(random.nextLong(4_000_000_000L)))
                : Optional.empty();
        return new RevokedEntry(new SerialNumber(serial), at, reasons[random.nextInt(reasons.length)], invalidAt);
    }

    @Test
    void entriesAreTheLibrarysOctetForOctetAndComeBack() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 5000; round++) {
            RevokedEntry entry = random(random);

            byte[] octets = CrlEntries.encode(entry);

            assertArrayEquals(byTheLibrary(entry), octets, () -> "seed " + seed + ": " + entry);
            assertEquals(entry, read(octets).entry(), () -> "seed " + seed);
            assertTrue(read(octets).isCanonicalDer(), () -> "seed " + seed);
        }
    }

    @Test
    void timesOfBothFormsAreReadAsTheyAre() throws IOException {
        for (String time : new String[] {
            "1950-01-01T00:00:00Z",
            "1999-12-31T23:59:59Z",
            "2049-12-31T23:59:59Z",
            "2050-01-01T00:00:00Z",
            "9999-12-31T23:59:59Z"
        }) {
            RevokedEntry entry =
                    new RevokedEntry(SerialNumber.parse("4f01"), Instant.parse(time), RevocationReason.KEY_COMPROMISE);

            assertArrayEquals(byTheLibrary(entry), CrlEntries.encode(entry), time);
            assertEquals(entry, read(CrlEntries.encode(entry)).entry(), time);
        }
    }

    @Test
    void anEntryThatIsNotCanonicalIsReadAndTold() throws IOException {
        // lengths in two octets where one would do
        for (String hex : new String[] {
            "308113020200ff170d3236303530313030303030305a", "3014020200ff17810d3236303530313030303030305a"
        }) {
            byte[] octets = Bytes.fromHex(hex).toArray();

            assertFalse(read(octets).isCanonicalDer(), hex);
            assertEquals(
                    Instant.parse("2026-05-01T00:00:00Z"), read(octets).entry().at(), hex);
        }
    }
}
