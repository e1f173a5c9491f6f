package org.devpki.app;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.devpki.model.Bytes;
import org.devpki.model.CertificateStatus;
import org.devpki.model.OcspCertId;
import org.devpki.model.OcspResponse;
import org.devpki.model.SerialNumber;

/**
 * OCSP answers that are signed already, kept to be said again; those that were not asked for longest are forgotten first.
 * Safe between threads. Whether an answer is still true is for its reader to find out.
 */
final class SignedAnswers {
    private static final int MOST_ANSWERS = 100_000;

    /** A heap of 256 MB keeps 32,768 answers of one to two kilobytes. */
    private static final long HEAP_OCTETS_AN_ANSWER = 8192;

    /** With the longest hash a CertID has some 200 octets; algorithm parameters could make it as long as a request. */
    private static final int MOST_CERT_ID_OCTETS = 256;

    /**
     * One answer and what it rests on.
     *
     * @param sequence of the CA's last revocation or release when the status was read, or an earlier one
     * @param responder whose signature it has
     */
    record Signed(OcspResponse response, CertificateStatus status, SerialNumber responder, long sequence) {
        /** Half its life is the most that an answer is kept here, so that caches elsewhere have the other half. */
        boolean isYoung(Instant now) {
            return response.freshness()
                    .filter(freshness -> freshness.isYoung(now))
                    .isPresent();
        }
    }

    private final Map<Bytes, Signed> answers;

    SignedAnswers() {
        this((int) Math.min(MOST_ANSWERS, Runtime.getRuntime().maxMemory() / HEAP_OCTETS_AN_ANSWER));
    }

    SignedAnswers(int most) {
        answers = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Bytes, Signed> eldest) {
                return size() > most;
            }
        };
    }

    synchronized Optional<Signed> about(OcspCertId id) {
        return Optional.ofNullable(answers.get(id.der()));
    }

    synchronized void keep(OcspCertId id, Signed answer) {
        if (id.der().length() <= MOST_CERT_ID_OCTETS) {
            answers.put(id.der(), answer);
        }
    }
}
