package org.devpki.bench;

import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.devpki.model.Bytes;
import org.devpki.testing.TestKeys;
import org.devpki.x509.SigningKey;

/**
 * Prints how many ECDSA P-256 signatures a second an engine makes on all cores: the limit of whatever signs. {@code
 * SignatureRate plain|native SECONDS}
 */
public final class SignatureRate {
    private static final int OCTETS_OF_AN_OCSP_ANSWER = 250;

    private SignatureRate() {}

    public static void main(String[] args) {
        double seconds = Double.parseDouble(args[1]);
        SigningKey key = TestKeys.signing(TestKeys.P_256, "bench").by(Engines.named(args[0]));
        Bytes octets = Bytes.of(new byte[OCTETS_OF_AN_OCSP_ANSWER]);
        rate(key, octets, Math.min(seconds, 3)); // until the compiler is done
        System.out.printf("%.0f 0%n", rate(key, octets, seconds));
    }

    private static double rate(SigningKey key, Bytes octets, double seconds) {
        LongAdder signatures = new LongAdder();
        long start = System.nanoTime();
        long end = start + (long) (seconds * 1e9);
        IntStream.range(0, Runtime.getRuntime().availableProcessors())
                .parallel()
                .forEach(thread -> {
                    while (System.nanoTime() - end < 0) {
                        key.sign(octets);
                        signatures.increment();
                    }
                });
        return signatures.sum() * 1e9 / (System.nanoTime() - start);
    }
}
