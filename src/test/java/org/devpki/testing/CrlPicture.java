package org.devpki.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CRLException;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.devpki.model.Bytes;

/** All CRLs on a shelf at one moment, shards and deltas too, as others read them: each file is whole and signed. */
public final class CrlPicture {
    private static final String ALL = "all.crl.pem";

    /**
     * One CRL.
     *
     * @param base what it adds to, if it is a delta CRL
     * @param revoked serials; a delta CRL's releases are not among them
     */
    private record Seen(
            String issuer, BigInteger number, Optional<BigInteger> base, Set<BigInteger> revoked, Bytes sha256) {
        static Seen of(X509CRL crl) {
            Set<BigInteger> revoked = crl.getRevokedCertificates() == null
                    ? Set.of()
                    : crl.getRevokedCertificates().stream()
                            .filter(CrlPicture::isRevoked)
                            .map(X509CRLEntry::getSerialNumber)
                            .collect(Collectors.toSet());
            try {
                return new Seen(
                        crl.getIssuerX500Principal().getName(),
                        StoreProof.number(crl, "2.5.29.20").orElseThrow(),
                        StoreProof.number(crl, "2.5.29.27"),
                        revoked,
                        Bytes.of(crl.getEncoded()).sha256());
            } catch (CRLException e) {
                throw new AssertionError(e);
            }
        }

        boolean isOfTheKindOf(Seen other) {
            return issuer.equals(other.issuer) && base.equals(other.base);
        }
    }

    private static boolean isRevoked(X509CRLEntry entry) {
        return entry.getRevocationReason() != java.security.cert.CRLReason.REMOVE_FROM_CRL;
    }

    private final Map<String, List<Seen>> files = new TreeMap<>();

    private CrlPicture() {}

    /** Reads every file of the shelf to its end and proves it. */
    public static CrlPicture of(StoreProof proof, Path shelf) {
        CrlPicture picture = new CrlPicture();
        try (Stream<Path> all = Files.list(shelf)) {
            for (Path file : all.filter(CrlPicture::isShown).toList()) {
                List<Seen> crls = proof.crls(file).stream().map(Seen::of).toList();
                picture.files.put(String.valueOf(file.getFileName()), crls);
            }
        } catch (IOException | UncheckedIOException e) {
            throw new AssertionError(e);
        }
        assertTrue(picture.files.containsKey(ALL), () -> "no " + ALL + " in " + shelf);
        picture.eachNumberIsOfOneCrl(picture.crls().toList());
        return picture;
    }

    private static boolean isShown(Path file) {
        return !String.valueOf(file.getFileName()).startsWith(".");
    }

    private Stream<Seen> crls() {
        return files.values().stream().flatMap(List::stream);
    }

    private void eachNumberIsOfOneCrl(List<Seen> crls) {
        Map<String, Bytes> byNumber = new TreeMap<>();
        for (Seen crl : crls) {
            Bytes before = byNumber.putIfAbsent(crl.issuer() + " " + crl.number(), crl.sha256());
            assertTrue(before == null || before.equals(crl.sha256()), () -> "two CRLs have the number of " + crl);
        }
    }

    /** What is asked of a later picture: no file went, no number went back or is another CRL's, no revocation vanished. */
    public void isFollowedBy(CrlPicture later) {
        later.eachNumberIsOfOneCrl(Stream.concat(crls(), later.crls()).toList());
        files.forEach((file, crls) -> {
            List<Seen> next = later.files.get(file);
            assertTrue(next != null && next.size() >= crls.size(), () -> file + " lost a CRL: " + later.files);
            if (file.equals(ALL)) {
                lowest(crls)
                        .forEach((issuer, number) -> assertTrue(
                                lowest(next).get(issuer).compareTo(number) >= 0, () -> ALL + " went back: " + next));
            } else {
                assertTrue(next.get(0).number().compareTo(crls.get(0).number()) >= 0, () -> file + " went back");
            }
            if (next.size() > 1 || next.get(0).isOfTheKindOf(crls.get(0))) {
                assertTrue(revoked(next).containsAll(revoked(crls)), () -> "a revocation vanished from " + file);
            }
        });
    }

    private static Map<String, BigInteger> lowest(List<Seen> crls) {
        return crls.stream().collect(Collectors.toMap(Seen::issuer, Seen::number, BigInteger::min));
    }

    private static Set<BigInteger> revoked(List<Seen> crls) {
        return crls.stream().flatMap(crl -> crl.revoked().stream()).collect(Collectors.toSet());
    }

    /** PEM says what DER says, the file of all holds each CRL of {@code inAll} once, and these are all files. */
    public void isFinished(List<String> derFiles, List<String> inAll) {
        Set<String> expected = new TreeSet<>(derFiles);
        derFiles.forEach(file -> expected.add(file + ".pem"));
        expected.add(ALL);
        assertEquals(expected, files.keySet());
        derFiles.forEach(file -> assertEquals(files.get(file), files.get(file + ".pem"), file));
        List<Seen> all = new ArrayList<>();
        inAll.forEach(file -> all.addAll(files.get(file)));
        assertEquals(all, files.get(ALL));
        crls().filter(crl -> crl.base().isPresent())
                .forEach(
                        delta -> assertTrue(delta.base().orElseThrow().compareTo(delta.number()) < 0, delta::toString));
    }

    /** Whether a CRL file lists the serial as revoked. */
    public boolean revokes(String file, String serial) {
        return revoked(files.getOrDefault(file, List.of())).contains(new BigInteger(serial, 16));
    }

    @Override
    public String toString() {
        return files.toString();
    }
}
