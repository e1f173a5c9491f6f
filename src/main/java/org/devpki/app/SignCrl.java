package org.devpki.app;

import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import org.devpki.ca.CrlProof;
import org.devpki.ca.EntryTally;
import org.devpki.ca.LintedTbs;
import org.devpki.files.FileSpool;
import org.devpki.files.StagedFile;
import org.devpki.model.Bytes;
import org.devpki.model.Checkpoint;
import org.devpki.model.CrlDer;
import org.devpki.model.CrlName;
import org.devpki.model.CrlPlan;
import org.devpki.model.DevpkiException;
import org.devpki.model.LedgerCa;
import org.devpki.model.OctetSource;
import org.devpki.model.RevokedEntries;
import org.devpki.model.RevokedEntry;
import org.devpki.model.SerialNumber;
import org.devpki.publish.FolderShelf;
import org.devpki.x509.Certificates;
import org.devpki.x509.Crls;
import org.devpki.x509.Oids;
import org.devpki.x509.ParsedTbs;

/**
 * Makes one CRL: linted, signed, and proven from its octets on disk, beside the place that it is for. Entries flow from the
 * ledger to the disk one at a time, so memory does not grow with them.
 */
final class SignCrl {
    /** How many certificates that must pass the proof looks at. */
    private static final int LIVE_SAMPLE = 3;

    /** @param file its holder settles it, or closes it */
    record Signed(LedgerCa ca, CrlName name, CrlPlan plan, StagedFile file, long entries, long bytes) {}

    /**
     * What it is proven against.
     *
     * @param olds the CRLs that it takes the place of
     * @param revoked certificates that it must list
     */
    record Against(List<CrlProof.Shelved> olds, List<SerialNumber> revoked) {}

    private final Workshop shop;
    private final FolderShelf bench;

    /** @param bench where the file's place is */
    SignCrl(Workshop shop, FolderShelf bench) {
        this.shop = shop;
        this.bench = bench;
    }

    /** @param entries those of the ledger; another station's clock may be ahead of the CRL's */
    CrlPlan plan(
            LedgerCa ca, BigInteger number, Instant from, Instant until, RevokedEntries entries, CrlPlan.Scope scope) {
        ParsedTbs issuer = shop.certificate(ca.name()).tbs();
        return new CrlPlan(
                issuer.subject(),
                issuer.subjectKeyId()
                        .orElseThrow(
                                () -> DevpkiException.integrity("CA " + ca.name() + " has no subject key identifier")),
                number,
                from,
                until,
                consumer -> entries.each(entry -> consumer.accept(notAfter(entry, from))),
                scope);
    }

    private static RevokedEntry notAfter(RevokedEntry entry, Instant from) {
        return entry.at().isAfter(from)
                ? new RevokedEntry(entry.serial(), from, entry.reason(), entry.invalidAt())
                : entry;
    }

    /** @throws DevpkiException INTEGRITY if the proof fails; KEY_UNAVAILABLE */
    Signed run(LedgerCa ca, CrlName name, CrlPlan wanted, String file, Against against) {
        EntryTally told = new EntryTally();
        CrlPlan plan = wanted.telling(told.noting(wanted.entries()));
        try (FileSpool spool = bench.spool(file)) {
            OctetSource tbs = Crls.tbs(plan, shop.authority(ca.name()).algorithm(), spool);
            CrlDer der = shop.authority(ca.name()).crl(LintedTbs.crl(tbs, shop.linter()));
            reached(Checkpoint.Step.PUBLISH_3_SIGNED);
            StagedFile staged = bench.stage(file, der.octets());
            try {
                Instant from = plan.thisUpdate();
                Instant at = from.isAfter(shop.now()) ? from : shop.now();
                new CrlProof(shop.certificate(ca.name()).tbs(), told, against.olds(), live(ca, name), against.revoked())
                        .prove(Crls.parse(new CrlDer(staged.octets())), plan, at);
                reached(Checkpoint.Step.PUBLISH_4_PROVEN);
            } catch (RuntimeException | Error e) { // what failed its proof is not left for anybody to find
                staged.close();
                throw e;
            }
            return new Signed(ca, name, plan, staged, told.count(), der.octets().size());
        }
    }

    /** Some of the certificates that a CRL is for and that must pass. */
    List<ParsedTbs> live(LedgerCa ca, CrlName name) {
        OptionalInt shard = shop.crlNames().shard(ca, name);
        Bytes own = shop.certificate(ca.name()).tbs().publicKey().octets().sha256();
        return shop.store().live(ca.name(), shard, LIVE_SAMPLE).stream()
                .filter(row -> !row.reservation().keyHash().equals(own)) // nobody asks a root's CRL about the root
                .flatMap(row -> row.certificate().stream())
                .map(der -> Certificates.parse(der).tbs())
                .filter(tbs -> tbs.extension(Oids.OCSP_NO_CHECK).isEmpty())
                .toList();
    }

    private void reached(Checkpoint.Step step) {
        shop.surroundings().checkpoint().reached(step);
    }
}
