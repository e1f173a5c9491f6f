package org.devpki;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.devpki.bench.FillLedger;
import org.devpki.testing.Devpki;
import org.devpki.testing.Finished;
import org.devpki.testing.Tool;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CRLs that are larger than the memory that publishes them. */
@Tag("long")
class CrlSizeIT {
    /** Their entries alone, as objects, would take more than twice this. */
    private static final String LITTLE_MEMORY = "-Xmx28m";

    private static final int ENTRIES = 200_000;

    @TempDir
    private Path folder;

    private Finished inLittleMemory(String... arguments) {
        List<String> command = new ArrayList<>(Arrays.asList(Devpki.command(arguments)));
        command.add(1, LITTLE_MEMORY);
        return Tool.in(folder)
                .with("DEVPKI_PASSPHRASE_FILE", "passphrase")
                .with("DEVPKI_STORE", "pki")
                .run(command.toArray(String[]::new));
    }

    @Test
    void aCrlIsPublishedProvenAndCheckedInMemoryThatDoesNotGrowWithIt() throws SQLException {
        // given
        Devpki devpki = Devpki.withStore(folder);
        devpki.run("issue", "model", "--out", "out").exiting(0);
        FillLedger.main(new String[] {devpki.file("pki").toString(), "" + ENTRIES, "" + ENTRIES, "0"});

        // when
        Finished first = inLittleMemory("crl", "publish").exiting(0);
        Finished again = inLittleMemory("crl", "publish").exiting(0); // merged with the one on the shelf
        Finished checked = inLittleMemory("crl", "check").exiting(0);
        Finished nothingDue = inLittleMemory("crl", "publish", "--if-needed").exiting(0);

        // then
        assertTrue(first.out().contains("of issuing-ca: " + ENTRIES + " revoked"), first::out);
        assertTrue(again.out().contains("of issuing-ca: " + ENTRIES + " revoked"), again::out);
        assertTrue(checked.out().contains("good"), checked::out);
        assertEquals("", nothingDue.out());
        Finished openssl = Tool.in(folder)
                .run(
                        "sh",
                        "-c",
                        "openssl crl -in pki/publish/crl/issuing-ca.crl -inform DER -noout -text | grep -c 'Serial Number'");
        assertEquals(ENTRIES + "\n", openssl.exiting(0).out());
        Finished signature = Tool.in(folder)
                .run(
                        "openssl",
                        "crl",
                        "-in",
                        "pki/publish/crl/issuing-ca.crl",
                        "-inform",
                        "DER",
                        "-noout",
                        "-CAfile",
                        "pki/publish/ca/all.pem");
        assertEquals("verify OK\n", signature.exiting(0).err());
    }
}
