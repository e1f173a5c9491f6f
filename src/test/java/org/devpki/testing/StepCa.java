package org.devpki.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/** Databases that step-ca's own code writes, by the program in src/test/go. */
public final class StepCa {
    private static final Path SOURCE = Devpki.ROOT.resolve("src/test/go");
    private static final Path HOME = Devpki.ROOT.resolve("target/step-ca");

    /** Tests run in several processes at once, which share what Go has compiled and nothing else. */
    private static final Path FORK = HOME.resolve("fork-" + Devpki.FORK);

    /** How the writing ends. */
    public enum End {
        CLOSE,
        CRASH,
        COMPACT
    }

    private StepCa() {}

    /** @param folder has certificates, {@code *.der}, and revocations, {@code *.json} */
    public static void write(Path database, Path folder, End end) {
        Tool.in(folder)
                .run(
                        program().toString(),
                        database.toString(),
                        folder.toString(),
                        end.name().toLowerCase(Locale.ROOT))
                .exiting(0);
    }

    /** What step-ca notes of a revocation, as it writes it. */
    public static String revocation(String serial, int reason, String at) {
        return """
                {"Serial":"%s","ProvisionerID":"acme/factory","ReasonCode":%d,"Reason":"said by hand","RevokedAt":"%s",\
                "TokenID":"","MTLS":false,"ACME":false}""".formatted(serial, reason, at);
    }

    /** Go finds imports such as {@code badger/v2} for those who are in its path and have a go.mod. */
    private static synchronized Path program() {
        Path source = FORK.resolve("src/stepca");
        Path program = FORK.resolve("stepca");
        try {
            Files.createDirectories(source);
            for (String file : new String[] {"stepca.go", "go.mod"}) {
                Files.write(source.resolve(file), Files.readAllBytes(SOURCE.resolve(file)));
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        Tool.in(source)
                .with("GO111MODULE", "off")
                .with("GOFLAGS", "")
                .with("GOPATH", FORK + ":/usr/share/gocode")
                .with("GOCACHE", HOME.resolve("cache").toString())
                .within(Duration.ofMinutes(5))
                .run("go", "build", "-o", program.toString(), ".")
                .exiting(0);
        return program;
    }
}
