package org.devpki.config;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.devpki.model.BatchAnswer;
import org.devpki.model.BatchId;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.CertificateDer;
import org.devpki.model.Fault;
import org.devpki.model.Trust;
import org.devpki.testing.Broken;
import org.junit.jupiter.api.Test;

/** What goes over an air gap: as docs/formats/airgap.md has it, and nothing else is read. */
class AirGapFilesTest {
    private static final BatchId BATCH = new BatchId("L3W47");
    private static final CertificateDer CERTIFICATE = new CertificateDer(Bytes.of(new byte[] {0x30, 0, 1, 2}));

    private static final Bytes REQUESTS = BatchRequestsFile.write(
            BATCH, List.of(new TreeMap<>(Map.of("name", "d1", "csr", "MIHP")), new TreeMap<>(Map.of("name", "d2"))));

    private static final BatchCertificatesFile.Answers ANSWERS = new BatchCertificatesFile.Answers(
            BATCH,
            List.of(
                    new BatchAnswer("1", "d1", Optional.of(CERTIFICATE), Optional.empty()),
                    new BatchAnswer("2", "d2", Optional.empty(), Optional.of("it is \"bad\""))));

    private static final Trust TRUST = new Trust(
            "organization: Acme\n",
            List.of(
                    new Trust.Ca(CaName.ROOT, Optional.empty(), CERTIFICATE),
                    new Trust.Ca(CaName.ISSUING, Optional.of(CaName.ROOT), CERTIFICATE)),
            new TreeMap<>(Map.of("sensor", "keys: [P-256]\n")));

    @Test
    void requestsAreAListBehindALineThatCountsThem() {
        assertEquals("""
                {"schema":"devpki/batch-requests/1","batch":"L3W47","rows":2}
                {"csr":"MIHP","name":"d1"}
                {"name":"d2"}
                """, REQUESTS.asUtf8());
        BatchRequestsFile.Requests read = BatchRequestsFile.read(REQUESTS, "it");
        assertEquals(BATCH, read.batch());
        assertEquals(
                "{\"csr\":\"MIHP\",\"name\":\"d1\"}\n{\"name\":\"d2\"}\n",
                read.list().asUtf8());
    }

    @Test
    void answersAreACertificateOrAReasonEach() {
        Bytes written = BatchCertificatesFile.write(ANSWERS);

        assertEquals("""
                {"schema":"devpki/batch-certificates/1","batch":"L3W47","rows":2}
                {"id":"1","name":"d1","certificate":"MAABAg=="}
                {"id":"2","name":"d2","refused":"it is \\"bad\\""}
                """, written.asUtf8());
        assertEquals(ANSWERS, BatchCertificatesFile.read(written, "it"));
    }

    @Test
    void trustIsOneLine() {
        Bytes written = TrustFile.write(TRUST);

        assertEquals(
                "{\"schema\":\"devpki/trust/1\",\"settings\":\"organization: Acme\\n\",\"cas\":["
                        + "{\"name\":\"root-ca\",\"certificate\":\"MAABAg==\"},"
                        + "{\"name\":\"issuing-ca\",\"parent\":\"root-ca\",\"certificate\":\"MAABAg==\"}],"
                        + "\"profiles\":[{\"name\":\"sensor\",\"yaml\":\"keys: [P-256]\\n\"}]}\n",
                written.asUtf8());
        assertEquals(TRUST, TrustFile.read(written, "it"));
    }

    @Test
    void aRowMoreOrLessThanCountedIsNoFileOfRequests() {
        String whole = REQUESTS.asUtf8();

        for (String other : List.of(whole + "{\"name\":\"d3\"}\n", whole.replace("{\"name\":\"d2\"}\n", ""))) {
            assertFault(
                    Fault.INTEGRITY, "does not hold requests", () -> BatchRequestsFile.read(Bytes.utf8(other), "it"));
        }
    }

    @Test
    void brokenFilesAreFaultsOfIntegrityAndNothingElse() {
        Broken.assertHarmless("requests", REQUESTS, Fault.INTEGRITY, file -> BatchRequestsFile.read(file, "it"));
        Broken.assertHarmless(
                "certificates",
                BatchCertificatesFile.write(ANSWERS),
                Fault.INTEGRITY,
                file -> BatchCertificatesFile.read(file, "it"));
        Broken.assertHarmless("trust", TrustFile.write(TRUST), Fault.INTEGRITY, file -> TrustFile.read(file, "it"));
    }
}
