package org.devpki.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.devpki.model.Bytes;
import org.devpki.model.Curve;
import org.devpki.model.DeviceKey;
import org.devpki.model.KeySpec;
import org.devpki.model.SignatureAlgorithm;
import org.devpki.testing.CountingRandom;
import org.devpki.testing.Finished;
import org.devpki.testing.Tool;
import org.devpki.x509.Engine;
import org.devpki.x509.LocalSigningKey;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What native code signs and makes, read by OpenSSL; and what OpenSSL signs, verified by native code. */
class EngineIT {
    private static final Engine NATIVE = Engine.forMany();
    private static final List<KeySpec> KINDS = List.of(
            new KeySpec.Ec(Curve.P_256),
            new KeySpec.Ec(Curve.P_384),
            new KeySpec.Ec(Curve.P_521),
            new KeySpec.Rsa(2048));
    private static final Bytes OCTETS = Bytes.utf8("what is to be signed");

    @TempDir
    Path folder;

    @TestFactory
    Stream<DynamicTest> opensslAndNativeCodeReadEachOther() {
        return KINDS.stream().map(spec -> DynamicTest.dynamicTest(spec.text(), () -> readEachOther(spec)));
    }

    private void readEachOther(KeySpec spec) throws IOException {
        SignatureAlgorithm algorithm = SignatureAlgorithm.of(spec);
        String digest = "-" + algorithm.digest().replace("-", "").toLowerCase(java.util.Locale.ROOT);
        try (DeviceKey made = NATIVE.generate(spec, new CountingRandom())) {
            Files.write(folder.resolve("key.der"), made.pkcs8().lend(byte[]::clone));
            Files.write(folder.resolve("public.der"), made.publicKey().octets().toArray());
            Files.write(folder.resolve("octets"), OCTETS.toArray());
            Files.write(
                    folder.resolve("signature"),
                    LocalSigningKey.of(made).by(NATIVE).sign(OCTETS).toArray());

            openssl("pkey", "-inform", "DER", "-in", "key.der", "-check", "-noout");
            Finished verified = openssl(
                    "dgst", digest, "-keyform", "DER", "-verify", "public.der", "-signature", "signature", "octets");
            openssl("dgst", digest, "-keyform", "DER", "-sign", "key.der", "-out", "theirs", "octets");

            assertEquals("Verified OK", verified.out().strip());
            assertTrue(
                    NATIVE.verify(OCTETS, algorithm, Files.readAllBytes(folder.resolve("theirs")), made.publicKey()));
        }
    }

    private Finished openssl(String... arguments) {
        return Tool.in(folder)
                .run(Stream.concat(Stream.of("openssl"), Stream.of(arguments)).toArray(String[]::new))
                .exiting(0);
    }
}
