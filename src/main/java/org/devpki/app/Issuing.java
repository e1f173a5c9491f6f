package org.devpki.app;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.devpki.ca.Authority;
import org.devpki.ca.CertificateOrder;
import org.devpki.ca.LintedTbs;
import org.devpki.ca.lint.LintSubject;
import org.devpki.model.BatchId;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.CertificateDer;
import org.devpki.model.CertificatePlan;
import org.devpki.model.Checkpoint;
import org.devpki.model.DevpkiException;
import org.devpki.model.Fault;
import org.devpki.model.Finding;
import org.devpki.model.Flashed;
import org.devpki.model.IssuerAndSerialNumber;
import org.devpki.model.Profile;
import org.devpki.model.Reservation;
import org.devpki.model.SerialNumber;
import org.devpki.model.SignatureAlgorithm;
import org.devpki.x509.Certificates;
import org.devpki.x509.Keys;
import org.devpki.x509.ParsedTbs;
import org.devpki.x509.Seals;

/** The one way in which anything is signed: plan, reserve, lint, sign, verify, record. */
final class Issuing {
    /**
     * @param name as the duplicate policy counts it
     * @param batch that it belongs to
     * @param seenLive the name's live certificates
     * @param superseded those of them, or other serials, that end with the reservation
     * @param flashed what its files are for: the rules of the chip have to pass
     * @param rehearsal tries what will be made of the certificate, on one without signature, before anything is reserved
     */
    record Wanted(
            String name,
            Profile profile,
            CaName ca,
            CertificateOrder order,
            Bytes orderHash,
            Optional<BatchId> batch,
            boolean isKeyMadeHere,
            Set<SerialNumber> seenLive,
            List<IssuerAndSerialNumber> superseded,
            Optional<Flashed> flashed,
            Consumer<CertificateDer> rehearsal) {}

    /**
     * @param warnings of lint
     */
    record Issued(CertificateDer certificate, IssuerAndSerialNumber of, List<Finding> warnings) {}

    private final Workshop shop;

    Issuing(Workshop shop) {
        this.shop = shop;
    }

    /**
     * Plans a certificate that nobody will sign, and has lint look at it.
     *
     * @return what would be signed
     * @throws DevpkiException REFUSED by the plan or lint
     */
    ParsedTbs lint(Profile profile, CaName ca, CertificateOrder order, Optional<Flashed> flashed) {
        ParsedTbs issuer = shop.certificate(ca).tbs();
        shop.refuseIdle(ca);
        CertificatePlan plan = shop.planner().plan(profile, order, ca, issuer);
        SignatureAlgorithm algorithm =
                SignatureAlgorithm.of(Keys.spec(issuer.publicKey()).orElseThrow());
        LintSubject subject = subject(Certificates.tbs(plan, algorithm), profile, flashed);
        LintedTbs.certificate(subject.below(shop.issuers(ca)), shop.linter());
        return subject.tbs();
    }

    private static LintSubject subject(Bytes tbs, Profile profile, Optional<Flashed> flashed) {
        return LintSubject.of(ParsedTbs.parse(tbs)).madeBy(profile).on(flashed);
    }

    /** A certificate from a CA of the store. */
    Issued issue(Wanted wanted, Authority authority) {
        ParsedTbs issuer = shop.certificate(wanted.ca()).tbs();
        if (!wanted.profile().purpose().isOcspNoCheck()) { // a revoked CA's certificates still have a status to tell
            shop.refuseRevoked(wanted.ca());
        }
        CertificatePlan plan = shop.planner().plan(wanted.profile(), wanted.order(), wanted.ca(), issuer);
        return issue(wanted, authority, plan, Optional.of(issuer));
    }

    /** A root's own certificate. */
    Issued issueSelfSigned(Wanted wanted, Authority authority) {
        CertificatePlan plan = shop.planner().planSelfSigned(wanted.profile(), wanted.order(), wanted.ca());
        return issue(wanted, authority, plan, Optional.empty());
    }

    private Issued issue(Wanted wanted, Authority authority, CertificatePlan plan, Optional<ParsedTbs> issuer) {
        Checkpoint checkpoint = shop.surroundings().checkpoint();
        Bytes tbs = Certificates.tbs(plan, authority.algorithm());
        Keys.spec(authority.publicKey())
                .ifPresent(signer -> wanted.rehearsal().accept(new CertificateDer(Seals.unsigned(tbs, signer))));
        checkpoint.reached(Checkpoint.Step.ISSUE_2_PLANNED);
        refuseRepeated(plan.serial());
        shop.store()
                .reserve(
                        reservation(wanted, plan, tbs),
                        wanted.seenLive(),
                        wanted.superseded(),
                        !Delegates.Task.isProfile(wanted.profile().name()));
        checkpoint.reached(Checkpoint.Step.ISSUE_3_RESERVED);
        LintSubject subject = subject(tbs, wanted.profile(), wanted.flashed())
                .below(issuer.isPresent() ? shop.issuers(wanted.ca()) : List.of());
        IssuerAndSerialNumber of = new IssuerAndSerialNumber(wanted.ca(), plan.serial());
        LintedTbs linted = linted(subject, of);
        if (wanted.profile().purpose().isCa()) { // a device's go with its files
            linted.warnings().forEach(warning -> shop.surroundings().words().accept("warning: " + warning.sentence()));
        }
        CertificateDer certificate = authority.certificate(linted);
        checkpoint.reached(Checkpoint.Step.ISSUE_4_SIGNED);
        shop.store().record(of, certificate);
        checkpoint.reached(Checkpoint.Step.ISSUE_5_RECORDED);
        return new Issued(certificate, of, linted.warnings());
    }

    /** A CA that came from another program may have given any serial; one that is made here nobody gave before (law 1). */
    private void refuseRepeated(SerialNumber made) {
        if (!shop.store().certificatesWithSerial(made).isEmpty()) {
            throw DevpkiException.integrity("the random source gave serial " + made
                    + " again: it is broken, and so may be" + " every key that was made with it");
        }
    }

    private LintedTbs linted(LintSubject subject, IssuerAndSerialNumber of) {
        try {
            return LintedTbs.certificate(subject, shop.linter());
        } catch (DevpkiException e) {
            if (e.fault() == Fault.REFUSED) {
                shop.store().refuse(of, e.sentence());
            }
            throw e;
        }
    }

    private static Reservation reservation(Wanted wanted, CertificatePlan plan, Bytes tbs) {
        return new Reservation(
                wanted.ca(),
                plan.serial(),
                wanted.name(),
                wanted.profile().name(),
                wanted.profile().source().sha256(),
                wanted.orderHash(),
                plan.publicKey().octets().sha256(),
                tbs.sha256(),
                plan.validity(),
                plan.shard(),
                wanted.batch(),
                wanted.isKeyMadeHere());
    }
}
