package org.devpki.app;

import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.devpki.badger.StepDatabase;
import org.devpki.config.OpensslIndex;
import org.devpki.config.StepRevocation;
import org.devpki.files.WholeFiles;
import org.devpki.model.Bytes;
import org.devpki.model.CertificateDer;
import org.devpki.model.DevpkiException;
import org.devpki.model.OldCertificate;
import org.devpki.model.Quoted;
import org.devpki.store.CfsslDatabase;
import org.devpki.x509.Certificates;
import org.devpki.x509.ForeignSeals;
import org.devpki.x509.Names;
import org.devpki.x509.ParsedCertificate;
import org.devpki.x509.Pem;

/**
 * What another program knows of the certificates that it issued. Its files are read and stay as they are.
 *
 * @param certificates in the order of the ledger, or of the names of files
 * @param unreadable files that should hold a certificate and do not, each with what is wrong
 */
record OldLedger(List<OldCertificate> certificates, Map<String, String> unreadable) {
    /** The programs whose ledgers are read. */
    public enum Kind {
        OPENSSL("openssl"),
        EASY_RSA("easy-rsa"),
        CFSSL("cfssl"),
        STEP_CA("step-ca"),
        FOLDER("folder");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }

        static Kind parse(String text) {
            for (Kind kind : values()) {
                if (kind.text.equals(text)) {
                    return kind;
                }
            }
            throw DevpkiException.invalid(
                            "--from " + Quoted.of(text) + " is not one of openssl, easy-rsa, cfssl, step-ca, folder")
                    .hint("of any other program: a folder of its certificates, and its CRL by ca import --crl");
        }
    }

    private static final String INDEX = "index.txt";

    private static final Set<String> ENDINGS = Set.of("pem", "crt", "cer", "der", "cert");

    /** Where these programs keep keys, which are nobody's business here. */
    private static final String KEYS = "private";

    private static final String BEGIN = "-----BEGIN CERTIFICATE-----";

    private static final int DEEPEST = 8;
    private static final int MOST_OCTETS = 1 << 20;
    private static final long MOST_INDEX_OCTETS = 1L << 30;

    /**
     * @param ca whose ledger it should be
     * @throws DevpkiException NOT_FOUND if there is no such ledger; INVALID_INPUT if it makes no sense; CONFLICT if it is of
     *     one CA, and that is another
     */
    static OldLedger read(Kind kind, Path place, ParsedCertificate ca) {
        return switch (kind) {
            case OPENSSL, EASY_RSA -> index(place, ca);
            case CFSSL -> cfssl(place);
            case STEP_CA -> stepCa(place);
            case FOLDER -> folder(place);
        };
    }

    /** The lines of {@code index.txt}, each with its certificate if any file of the folder has that. */
    private static OldLedger index(Path place, ParsedCertificate ca) {
        Path folder = Files.exists(place.resolve("pki").resolve(INDEX)) ? place.resolve("pki") : place;
        Path file = folder.resolve(INDEX);
        if (!Files.isRegularFile(file)) {
            throw DevpkiException.notFound(
                    "there is no " + INDEX + " in " + place + "; name the folder of openssl ca, or easy-rsa's pki");
        }
        List<OldCertificate> rows = OpensslIndex.read(WholeFiles.read(file, MOST_INDEX_OCTETS), INDEX);
        Map<BigInteger, List<CertificateDer>> found = new HashMap<>();
        for (OldCertificate certificate : folder(folder).certificates()) {
            certificate
                    .certificate()
                    .ifPresent(der -> found.computeIfAbsent(certificate.serial(), serial -> new ArrayList<>())
                            .add(der));
        }
        List<OldCertificate> matched = rows.stream()
                .map(row -> found.getOrDefault(row.serial(), List.of()).stream()
                        .filter(der -> ForeignSeals.isIssuer(ca, Certificates.parse(der)))
                        .findFirst()
                        .map(row::with)
                        .orElse(row))
                .toList();
        boolean isOurs = matched.stream().anyMatch(row -> row.certificate().isPresent());
        rows.stream()
                .flatMap(row -> found.getOrDefault(row.serial(), List.of()).stream())
                .findFirst()
                .filter(stranger -> !isOurs) // else another CA, whose folder is in this one, gave that serial too
                .ifPresent(stranger -> {
                    throw DevpkiException.conflict(file + " is not the ledger of "
                            + Names.text(ca.tbs().subject()) + ": its certificates are of "
                            + Names.text(Certificates.parse(stranger).tbs().issuer()) + "; is --ca the right one?");
                });
        return new OldLedger(matched, Map.of());
    }

    private static OldLedger cfssl(Path place) {
        return new OldLedger(
                CfsslDatabase.read(place).stream().map(OldLedger::read).toList(), Map.of());
    }

    /** By serial; what was revoked and is not there, it may have issued before it had a database. */
    private static OldLedger stepCa(Path place) {
        StepDatabase database = StepDatabase.read(place);
        SortedSet<BigInteger> serials = new TreeSet<>(database.certificates().keySet());
        serials.addAll(database.revocations().keySet());
        Map<String, String> misnamed = new TreeMap<>();
        database.misnamed()
                .keySet()
                .forEach(text -> misnamed.put(
                        "revoked_x509_certs " + Quoted.of(text), "it is no serial, so step-ca revoked nothing by it"));
        return new OldLedger(
                serials.stream()
                        .map(serial -> new OldCertificate(
                                "x509_certs " + serial,
                                serial,
                                Optional.empty(),
                                Optional.ofNullable(database.certificates().get(serial))
                                        .map(CertificateDer::new),
                                Optional.ofNullable(database.revocations().get(serial))
                                        .map(json -> StepRevocation.read(json, "revocation of serial " + serial))))
                        .toList(),
                misnamed);
    }

    /** A row whose certificate makes no sense is one without. */
    private static OldCertificate read(CfsslDatabase.Row row) {
        OldCertificate told = row.certificate();
        try {
            return told.with(Pem.readCertificate(Bytes.utf8(row.pem()), told.place()));
        } catch (DevpkiException e) {
            return told;
        }
    }

    /** Every certificate in a folder and those below it, once. */
    private static OldLedger folder(Path place) {
        if (!Files.isDirectory(place)) {
            throw DevpkiException.notFound("there is no folder " + place);
        }
        OldLedger ledger = new OldLedger(new ArrayList<>(), new HashMap<>());
        ledger.walk(place, place, new HashSet<>(), DEEPEST);
        return ledger;
    }

    private void walk(Path top, Path folder, Set<CertificateDer> seen, int deeper) {
        for (Path path : WholeFiles.list(folder)) {
            String name = String.valueOf(path.getFileName());
            if (Files.isDirectory(path)) {
                if (deeper > 0 && !name.equals(KEYS) && !Files.isSymbolicLink(path)) {
                    walk(top, path, seen, deeper - 1);
                }
            } else if (ENDINGS.contains(
                    name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT))) {
                look(path, top.relativize(path).toString(), seen);
            }
        }
    }

    private void look(Path file, String place, Set<CertificateDer> seen) {
        if (!Files.isRegularFile(file)) { // a pipe, say, that nobody ever writes into
            unreadable.put(place, "it is no file");
            return;
        }
        try {
            Bytes octets = WholeFiles.read(file, MOST_OCTETS);
            List<CertificateDer> read = Pem.readCertificates(octets, place);
            if (read.size() < begun(octets) || (read.isEmpty() && !mayBeOther(place))) {
                unreadable.put(place, "it is cut or damaged, or has no certificate in it");
            }
            for (CertificateDer der : read) {
                if (seen.add(der)) {
                    certificates.add(new OldCertificate(
                            place,
                            Certificates.parse(der).tbs().serial(),
                            Optional.empty(),
                            Optional.of(der),
                            Optional.empty()));
                }
            }
        } catch (DevpkiException e) {
            unreadable.put(place, e.sentence());
        }
    }

    /** How many certificates a PEM file says that it has. */
    private static int begun(Bytes octets) {
        return Pem.isPem(octets) ? octets.asUtf8().split(BEGIN, -1).length - 1 : 0;
    }

    /** Keys and requests have this ending too. */
    private static boolean mayBeOther(String name) {
        return name.endsWith(".pem");
    }
}
