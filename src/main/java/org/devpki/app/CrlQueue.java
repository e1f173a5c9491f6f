package org.devpki.app;

import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.devpki.files.WholeFiles;
import org.devpki.model.CertificateDer;
import org.devpki.model.CrlDer;
import org.devpki.model.CrlName;
import org.devpki.model.DevpkiException;
import org.devpki.x509.Crls;
import org.devpki.x509.ParsedCrl;
import org.devpki.x509.Pem;

/**
 * A folder of CRLs that were signed ahead: {@code root-ca.1795780800000.crl}, by the CRL's name and number, and
 * {@code root-ca.live.pem} with certificates that each of them must let pass. What {@code crl publish} made may lie there too,
 * as {@code root-ca.crl}. Nothing in it is secret, and nothing of it is believed without the CA's signature.
 */
final class CrlQueue {
    private static final String LIVE = ".live.pem";
    private static final int MOST_LIVE_OCTETS = 1 << 20;

    /** A number has more digits than a shard. */
    private static final Pattern FILE = Pattern.compile("(?<name>.+?)(?:[.](?<number>[0-9]{6,}))?[.]crl");

    /**
     * A CRL in the queue, whoever signed it.
     *
     * @param isPresigned whether it was signed ahead, with those beside it
     */
    record Queued(CrlName name, Path file, ParsedCrl crl, boolean isPresigned) {
        BigInteger number() {
            return crl.number().orElse(BigInteger.ZERO);
        }
    }

    /**
     * What is in the queue.
     *
     * @param damaged what cannot be read, in a sentence each
     */
    record Contents(List<Queued> crls, List<String> damaged) {}

    private final Path folder;

    CrlQueue(Path folder) {
        this.folder = folder;
    }

    static String file(CrlName name, BigInteger number) {
        return name + "." + number + ".crl";
    }

    static String live(CrlName name) {
        return name + LIVE;
    }

    /** @throws DevpkiException NOT_FOUND if there is no such folder */
    Contents read() {
        if (!Files.isDirectory(folder)) {
            throw DevpkiException.notFound("there is no folder " + folder)
                    .hint("devpki crl presign makes it where the CA's key is");
        }
        List<Queued> crls = new ArrayList<>();
        List<String> damaged = new ArrayList<>();
        for (Path file : WholeFiles.list(folder)) {
            Matcher matcher = FILE.matcher(String.valueOf(file.getFileName()));
            if (matcher.matches()) {
                try {
                    crls.add(new Queued(
                            CrlName.parse(matcher.group("name")),
                            file,
                            Crls.parse(new CrlDer(WholeFiles.source(file))),
                            matcher.group("number") != null));
                } catch (DevpkiException e) {
                    damaged.add(file + ": " + e.sentence());
                }
            }
        }
        return new Contents(List.copyOf(crls), List.copyOf(damaged));
    }

    /** Certificates that a CRL of this name must let pass; none if its CA had issued none. */
    List<CertificateDer> mustPass(CrlName name) {
        Path file = folder.resolve(live(name));
        return WholeFiles.readIfPresent(file, MOST_LIVE_OCTETS)
                .filter(pem -> pem.length() > 0)
                .map(pem -> Pem.readCertificates(pem, file.toString()))
                .orElse(List.of());
    }

    /** Takes away those of a name that have a lower number: a later queue takes their place. */
    void forgetBefore(CrlName name, BigInteger number) {
        for (Path file : WholeFiles.list(folder)) {
            Matcher matcher = FILE.matcher(String.valueOf(file.getFileName()));
            boolean isOlder = matcher.matches()
                    && name.toString().equals(matcher.group("name"))
                    && Optional.ofNullable(matcher.group("number"))
                            .filter(text -> new BigInteger(text).compareTo(number) < 0)
                            .isPresent();
            if (isOlder) {
                WholeFiles.delete(file);
            }
        }
    }
}
