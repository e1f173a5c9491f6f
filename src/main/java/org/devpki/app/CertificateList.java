package org.devpki.app;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.devpki.config.CsvFile;
import org.devpki.model.Bytes;
import org.devpki.model.CsvRow;
import org.devpki.model.DevpkiException;
import org.devpki.model.Fault;
import org.devpki.model.IssuerAndSerialNumber;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.Quoted;
import org.devpki.model.SerialReference;

/**
 * The certificates that a list names: names or serials, one a line, or CSV whose header has a column {@code name} or
 * {@code serial}. All that is wrong with it is told at once, each with its line.
 */
final class CertificateList {
    private static final int MOST_PROBLEMS_TOLD = 50;

    private record Problem(int line, Fault fault, String sentence) {}

    private final Workshop shop;
    private final String origin;
    private final Predicate<LedgerCertificate> isFoundation;
    private final Set<IssuerAndSerialNumber> certificates = new LinkedHashSet<>();
    private final List<Problem> problems = new ArrayList<>();

    private CertificateList(Workshop shop, String origin) {
        this.shop = shop;
        this.origin = origin;
        this.isFoundation = shop.foundations();
    }

    /**
     * What the list comes to.
     *
     * @param certificates each once, in the order of the list
     * @param unknown how many lines name nothing in the ledger
     */
    record Read(List<IssuerAndSerialNumber> certificates, long unknown) {}

    /**
     * Looks up each line.
     *
     * @param skipsUnknown whether a line that names nothing in the ledger is counted rather than a problem
     * @throws DevpkiException INVALID_INPUT, CONFLICT or NOT_FOUND, whichever of them comes first in this order
     */
    static Read read(Workshop shop, Bytes file, String origin, boolean skipsUnknown) {
        CertificateList list = new CertificateList(shop, origin);
        list.lookUpAll(CsvFile.read(file, origin, CsvFile.Hash.COMMENT));
        long unknown = list.problems.stream()
                .filter(problem -> problem.fault() == Fault.NOT_FOUND)
                .count();
        if (skipsUnknown) {
            list.problems.removeIf(problem -> problem.fault() == Fault.NOT_FOUND);
        }
        list.tellProblems();
        return new Read(List.copyOf(list.certificates), unknown);
    }

    private void lookUpAll(List<CsvRow> rows) {
        List<String> header = rows.isEmpty()
                ? List.of()
                : rows.get(0).fields().stream()
                        .map(field -> field.strip().toLowerCase(Locale.ROOT))
                        .toList();
        int name = header.indexOf("name");
        int serial = header.indexOf("serial");
        boolean isTable = name >= 0 || serial >= 0;
        if (!isTable && rows.stream().anyMatch(row -> row.fields().size() > 1)) {
            throw DevpkiException.invalid(
                    origin + " has several columns, and its first line calls none of them" + " \"name\" or \"serial\"");
        }
        for (CsvRow row : isTable ? rows.subList(1, rows.size()) : rows) {
            Optional<String> bySerial = field(row, serial);
            Optional<String> byName = field(row, isTable ? name : 0);
            lookUp(row.line(), () -> {
                if (bySerial.isPresent()) {
                    return List.of(shop.revokeCertificate().withSerial(SerialReference.parse(bySerial.get())));
                }
                String text = byName.orElseThrow(() -> DevpkiException.invalid("has neither name nor serial"));
                return isTable ? shop.revokeCertificate().allNamed(text) : either(text);
            });
        }
    }

    private static Optional<String> field(CsvRow row, int column) {
        return column < 0 || column >= row.fields().size()
                ? Optional.empty()
                : Optional.of(row.fields().get(column).strip()).filter(text -> !text.isEmpty());
    }

    /** A name may look like a serial, and then may only be both of one certificate. */
    private List<LedgerCertificate> either(String text) {
        List<LedgerCertificate> named = shop.store().certificatesNamed(text);
        Optional<LedgerCertificate> bySerial = serial(text).flatMap(shop.revokeCertificate()::referred);
        if (bySerial.isPresent() && !named.isEmpty()) {
            throw DevpkiException.conflict(
                    Quoted.of(text) + " is one certificate's name and another's serial; make it CSV with a header");
        }
        return bySerial.map(List::of).orElseGet(() -> shop.revokeCertificate().meant(text, named));
    }

    private static Optional<SerialReference> serial(String text) {
        try {
            return Optional.of(SerialReference.parse(text));
        } catch (DevpkiException e) {
            return Optional.empty(); // then it is a name
        }
    }

    private void lookUp(int line, Supplier<List<LedgerCertificate>> looked) {
        try {
            List<LedgerCertificate> found = looked.get();
            found.stream().filter(isFoundation).findFirst().ifPresent(row -> {
                throw DevpkiException.conflict(
                        row.reservation().name() + " is a CA or an OCSP responder; revoke it by itself, not in a list");
            });
            found.forEach(row -> certificates.add(row.issuerAndSerial()));
        } catch (DevpkiException e) {
            if (!List.of(Fault.INVALID_INPUT, Fault.CONFLICT, Fault.NOT_FOUND).contains(e.fault())) {
                throw e;
            }
            problems.add(new Problem(line, e.fault(), e.sentence()));
        }
    }

    private void tellProblems() {
        for (Fault fault : List.of(Fault.INVALID_INPUT, Fault.CONFLICT, Fault.NOT_FOUND)) {
            if (problems.stream().anyMatch(problem -> problem.fault() == fault)) {
                String lines = problems.stream()
                        .limit(MOST_PROBLEMS_TOLD)
                        .map(problem -> "\n  line " + problem.line() + ": " + problem.sentence())
                        .reduce("", String::concat);
                int more = problems.size() - MOST_PROBLEMS_TOLD;
                throw DevpkiException.of(
                                fault,
                                "nothing was revoked, for " + origin + " has " + problems.size()
                                        + (problems.size() == 1 ? " line" : " lines")
                                        + " that cannot be obeyed:" + lines
                                        + (more > 0 ? "\n  and " + more + " more" : ""))
                        .hint(
                                fault == Fault.NOT_FOUND
                                        ? "--skip-unknown leaves out what the ledger does not know"
                                        : "mend the list");
            }
        }
    }
}
