package org.devpki.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A PKCS #11 token of SoftHSM2 in a folder of the test's own, named {@code acme}. */
public final class SoftToken {
    public static final String PIN = "471108";
    public static final String MODULE = "/usr/lib/softhsm/libsofthsm2.so";

    private final Path folder;

    private SoftToken(Path folder) {
        this.folder = folder;
    }

    /** With the token in {@code tokens}, the configuration in {@code softhsm2.conf} and the PIN in {@code pin}. */
    public static SoftToken made(Path folder) {
        SoftToken token = at(folder);
        try {
            Files.createDirectories(token.objects());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        token.softhsm("--init-token", "--free", "--label", "acme", "--pin", PIN, "--so-pin", "12345678");
        return token;
    }

    /** The same of a token that was copied there. */
    public static SoftToken at(Path folder) {
        SoftToken token = new SoftToken(folder);
        try {
            Files.writeString(token.configuration(), "directories.tokendir = " + token.objects() + "\n");
            Files.writeString(folder.resolve("pin"), PIN + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return token;
    }

    /** Where SoftHSM2 keeps its tokens; moved away they are pulled out. */
    public Path objects() {
        return folder.resolve("tokens");
    }

    private Path configuration() {
        return folder.resolve("softhsm2.conf");
    }

    /** The program, with this token's PIN. */
    public Devpki devpki() {
        return Devpki.in(folder)
                .with("SOFTHSM2_CONF", configuration().toString())
                .with("DEVPKI_PIN_FILE", folder.resolve("pin").toString());
    }

    /** {@code softhsm2-util}. */
    public Finished softhsm(String... options) {
        return run("softhsm2-util", List.of(), options);
    }

    /** {@code pkcs11-tool}, logged in. */
    public Finished tool(String... options) {
        return run(
                "pkcs11-tool", List.of("--module", MODULE, "--token-label", "acme", "--login", "--pin", PIN), options);
    }

    private Finished run(String program, List<String> first, String... options) {
        List<String> command = new ArrayList<>(List.of(program));
        command.addAll(first);
        command.addAll(Arrays.asList(options));
        return Tool.in(folder)
                .with("SOFTHSM2_CONF", configuration().toString())
                .run(command.toArray(String[]::new))
                .exiting(0);
    }
}
