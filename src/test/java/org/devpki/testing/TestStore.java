package org.devpki.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.devpki.app.Destination;
import org.devpki.app.DeviceOrder;
import org.devpki.app.InitOrder;
import org.devpki.app.InitStore;
import org.devpki.app.MigrateStore;
import org.devpki.app.NvsOrder;
import org.devpki.app.PackingOrder;
import org.devpki.app.Surroundings;
import org.devpki.app.Workshop;
import org.devpki.files.WholeFiles;
import org.devpki.model.Actor;
import org.devpki.model.CaName;
import org.devpki.model.Checkpoint;
import org.devpki.model.Crypto;
import org.devpki.model.Curve;
import org.devpki.model.DeviceId;
import org.devpki.model.KeySpec;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.SecretBytes;
import org.devpki.model.Settings;
import org.devpki.model.UrlKind;

/** A real store in a folder, made as {@code init} makes it, at a clock of the test's choosing. */
public final class TestStore {
    private static final Map<Instant, TestStore> TEMPLATES = new ConcurrentHashMap<>();

    private final Surroundings surroundings;

    private TestStore(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    public static TestStore in(Path folder, Clock clock) {
        Surroundings surroundings = surroundings(folder, clock, new CountingRandom());
        new InitStore(surroundings)
                .run(new InitOrder(
                        Optional.of("Acme"),
                        Map.of(UrlKind.CRL, "http://crl.acme.example", UrlKind.OCSP, "http://ocsp.acme.example/ocsp"),
                        new KeySpec.Ec(Curve.P_256),
                        new KeySpec.Ec(Curve.P_256),
                        Settings.defaults().crl(),
                        Optional.empty()));
        return new TestStore(surroundings);
    }

    /** The same store in another folder, which takes less time than to make one; nobody may have it open. */
    public TestStore copyTo(Path folder, Clock clock) {
        Surroundings there = surroundings(folder, clock, new CountingRandom(1)); // else keys would come again
        try (Stream<Path> all = Files.walk(surroundings.store())) {
            for (Path path : all.toList()) {
                Files.copy(
                        path,
                        there.store().resolve(surroundings.store().relativize(path)),
                        StandardCopyOption.COPY_ATTRIBUTES);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return new TestStore(there);
    }

    /** A copy, beside a file with its passphrase, of a store that was made at this moment, once for all tests. */
    public static TestStore copied(Path folder, FixedClock clock) {
        TestStore template = TEMPLATES.computeIfAbsent(clock.instant(), TestStore::template);
        try {
            Files.writeString(folder.resolve("passphrase"), "correct horse");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return template.copyTo(folder, clock);
    }

    private static TestStore template(Instant at) {
        try {
            Path folder = Files.createTempDirectory("devpki-store");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> WholeFiles.delete(folder)));
            return in(folder, FixedClock.at(at.toString()));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Surroundings surroundings(Path folder, Clock clock, CountingRandom random) {
        return new Surroundings(
                folder.resolve("pki"),
                Duration.ofSeconds(10),
                clock,
                random,
                new Actor("tester@bench"),
                purpose -> SecretBytes.taking("correct horse".getBytes(UTF_8)),
                Checkpoint.NONE,
                words -> {},
                Crypto.JAVA);
    }

    public Workshop open() {
        return Workshop.open(surroundings);
    }

    /** Moves the ledger, as {@code store migrate} does. */
    public void migrate(String to) {
        new MigrateStore(surroundings).run(to, false);
    }

    public Path folder() {
        return surroundings.store();
    }

    /** Issues a certificate by the default profile; its files go nowhere. */
    public LedgerCertificate issue(Workshop shop, String name) {
        return issue(shop, name, CaName.ISSUING);
    }

    public LedgerCertificate issue(Workshop shop, String name, CaName ca) {
        return shop.issueDevice()
                .run(new DeviceOrder(
                        new DeviceId(name),
                        Optional.empty(),
                        Optional.of(ca),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        List.of(),
                        new PackingOrder(
                                List.of(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                NvsOrder.PLAIN,
                                Optional.empty(),
                                new Destination.Stream(files -> {})),
                        Optional.empty()))
                .certificate();
    }
}
