package org.devpki.bench;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.devpki.ca.lint.LintSubject;
import org.devpki.ca.lint.Linter;
import org.devpki.model.Bytes;
import org.devpki.model.CertificateDer;
import org.devpki.model.CertificatePlan;
import org.devpki.model.Finding;
import org.devpki.model.PublicKeyDer;
import org.devpki.model.SerialNumber;
import org.devpki.testing.TestAuthority;
import org.devpki.testing.TestKeys;
import org.devpki.x509.Certificates;
import org.devpki.x509.Engine;
import org.devpki.x509.ParsedCertificate;
import org.devpki.x509.Seals;
import org.devpki.x509.SigningKey;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What is done for each device, piece by piece: microseconds of one core. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class InnerLoops {
    private static final List<String> CRL_URL = List.of("http://crl.example/issuing-ca.crl");

    private final TestAuthority ca = TestAuthority.root("bench CA");
    private final CertificatePlan plan = ca.devicePlan("bench", SerialNumber.parse("4f01"), CRL_URL);
    private final Bytes tbs = Certificates.tbs(plan, ca.key().algorithm());
    private final CertificateDer der = ca.device("bench", SerialNumber.parse("4f01"), CRL_URL);
    private final ParsedCertificate certificate = Certificates.parse(der);
    private final Linter linter = new Linter();

    /** Which engine signs, and with what. */
    @State(Scope.Thread)
    public static class Signing {
        @Param({"native", "plain"})
        public String engine = "plain";

        private final SecureRandom random = new SecureRandom();
        private final SigningKey plainKey = TestKeys.signing(TestKeys.P_256, "bench");

        private Engine engine() {
            return engine.equals("native") ? Engine.forMany() : Engine.PLAIN;
        }

        SigningKey key() {
            return plainKey.by(engine());
        }
    }

    @Benchmark
    public Bytes encode() {
        return Certificates.tbs(plan, ca.key().algorithm());
    }

    @Benchmark
    public ParsedCertificate parse() {
        return Certificates.parse(der);
    }

    @Benchmark
    public List<Finding> lint() {
        return linter.certificate(LintSubject.of(certificate.tbs()).issuedBy(ca.tbs()));
    }

    @Benchmark
    public PublicKeyDer generate(Signing signing) throws IOException {
        try (var key = signing.engine().generate(TestKeys.P_256, signing.random)) {
            return key.publicKey();
        }
    }

    @Benchmark
    public Bytes sign(Signing signing) {
        return signing.key().sign(tbs);
    }

    @Benchmark
    public boolean verify(Signing signing) {
        return Seals.verify(der.octets(), ca.key().publicKey(), signing.engine());
    }
}
