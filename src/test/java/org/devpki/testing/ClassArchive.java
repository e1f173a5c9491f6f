package org.devpki.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.devpki.files.WholeFiles;

/**
 * An archive of the classes that a command loads, as {@code scripts/devpki} makes one when it builds; it halves the start
 * of each of the thousand processes that the integration tests run.
 */
final class ClassArchive {
    private static final Path FILE =
            Devpki.ROOT.resolve("target/tests-" + System.getProperty("java.version") + "-" + Devpki.FORK + ".jsa");

    private ClassArchive() {}

    /** The options with which the archive is made from a run of the jar at this place, and then used. */
    static List<String> options(List<String> java, Path jar) {
        try {
            Path folder = FILE.resolveSibling("tests-archive-" + Devpki.FORK);
            WholeFiles.delete(folder);
            Files.createDirectories(folder);
            Files.writeString(folder.resolve("passphrase"), "only for training\n");
            Tool tool =
                    Tool.in(folder).with("DEVPKI_PASSPHRASE_FILE", "passphrase").with("DEVPKI_STORE", "pki");
            Files.deleteIfExists(FILE);
            tool.run(command(java, List.of(), jar, "init", "--quiet", "--crl-url", "http://crl.example"))
                    .exiting(0);
            tool.run(command(
                            java,
                            List.of("-XX:ArchiveClassesAtExit=" + FILE, "-Xlog:cds=off", "-Xlog:cds+dynamic=off"),
                            jar,
                            "issue",
                            "device"))
                    .exiting(0);
            WholeFiles.delete(folder);
            return List.of("-XX:SharedArchiveFile=" + FILE, "-Xlog:cds=off", "-Xlog:cds+dynamic=off");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String[] command(List<String> java, List<String> more, Path jar, String... arguments) {
        List<String> command = new ArrayList<>(java);
        command.addAll(more);
        command.addAll(List.of("-jar", jar.toString()));
        command.addAll(List.of(arguments));
        return command.toArray(String[]::new);
    }
}
