package org.devpki.cli;

import java.time.Instant;
import java.util.Optional;
import org.devpki.app.ShowLedger;
import org.devpki.model.BatchId;
import org.devpki.model.CaName;
import org.devpki.model.Instants;
import org.devpki.model.LifeState;
import org.devpki.model.NotAfter;
import picocli.CommandLine.Option;

/** Which certificates a command is about, of {@code device list} and {@code broker kick}. */
final class CertificateFilter {
    @Option(names = "--ca", paramLabel = "NAME", description = "Only of this CA.")
    Optional<String> ca = Optional.empty();

    @Option(names = "--profile", paramLabel = "NAME", description = "Only of this profile.")
    Optional<String> profile = Optional.empty();

    @Option(names = "--batch", paramLabel = "ID", description = "Only of this batch.")
    Optional<String> batch = Optional.empty();

    @Option(names = "--prefix", paramLabel = "TEXT", description = "Only names that begin so.")
    Optional<String> prefix = Optional.empty();

    @Option(
            names = "--revoked-since",
            paramLabel = "TIME",
            description = "Only revoked or held at this moment or later; 24h is a day ago.")
    Optional<String> revokedSince = Optional.empty();

    @Option(
            names = "--life",
            paramLabel = "STATE",
            description = "Only where the device is: planned, issued, exported, flashed, verified, shipped, in-field,"
                    + " revoked or retired.")
    Optional<String> life = Optional.empty();

    ShowLedger.Query query(Instant now) {
        return query(Optional.empty(), Optional.empty(), now);
    }

    ShowLedger.Query query(Optional<String> expiresWithin, Optional<Boolean> isRevoked, Instant now) {
        return new ShowLedger.Query(
                ca.map(CaName::new),
                prefix,
                profile,
                expiresWithin.map(NotAfter::parse),
                isRevoked,
                batch.map(BatchId::new),
                revokedSince.map(text -> Instants.since(text, now)),
                life.map(LifeState::parse));
    }
}
