package org.devpki.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.devpki.app.Destination;
import org.devpki.app.DeviceOrder;
import org.devpki.app.InitOrder;
import org.devpki.app.InitStore;
import org.devpki.app.NvsOrder;
import org.devpki.app.PackingOrder;
import org.devpki.app.Surroundings;
import org.devpki.app.Workshop;
import org.devpki.model.Actor;
import org.devpki.model.Checkpoint;
import org.devpki.model.Curve;
import org.devpki.model.DeviceId;
import org.devpki.model.KeySpec;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.SecretBytes;
import org.devpki.model.Settings;
import org.devpki.model.UrlKind;

/** A real store in a folder, made as {@code init} makes it, at a clock of the test's choosing. */
public final class TestStore {
    private final Surroundings surroundings;

    private TestStore(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    public static TestStore in(Path folder, Clock clock) {
        Surroundings surroundings = new Surroundings(
                folder.resolve("pki"),
                Duration.ofSeconds(10),
                clock,
                new CountingRandom(),
                new Actor("tester@bench"),
                purpose -> SecretBytes.taking("correct horse".getBytes(UTF_8)),
                Checkpoint.NONE,
                words -> {});
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

    public Workshop open() {
        return Workshop.open(surroundings);
    }

    public Path folder() {
        return surroundings.store();
    }

    /** Issues a certificate by the default profile; its files go nowhere. */
    public LedgerCertificate issue(Workshop shop, String name) {
        return shop.issueDevice()
                .run(new DeviceOrder(
                        new DeviceId(name),
                        Optional.empty(),
                        Optional.empty(),
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
                                new Destination.Stream(files -> {}))))
                .certificate();
    }
}
