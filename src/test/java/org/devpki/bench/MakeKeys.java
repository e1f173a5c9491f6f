package org.devpki.bench;

import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.devpki.model.DeviceKey;
import org.devpki.model.KeySpec;
import org.devpki.x509.Engine;

/** Makes keys by an engine on all cores and keeps none: the limit of whatever makes keys. {@code plain|native KIND KEYS} */
public final class MakeKeys {
    private MakeKeys() {}

    public static void main(String[] args) {
        Engine engine = Engines.named(args[0]);
        KeySpec kind = KeySpec.parse(args[1]);
        int keys = Integer.parseInt(args[2]);
        SecureRandom random = new SecureRandom();
        AtomicInteger begun = new AtomicInteger();
        IntStream.range(0, Runtime.getRuntime().availableProcessors())
                .parallel()
                .forEach(thread -> {
                    while (begun.getAndIncrement() < keys) {
                        DeviceKey key = engine.generate(kind, random);
                        key.close();
                    }
                });
    }
}
