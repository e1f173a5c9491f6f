package org.devpki.interop;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.devpki.model.Bytes;
import org.devpki.testing.Devpki;
import org.devpki.testing.Tool;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Object;

/** An S3Proxy of our own with buckets in memory, on a free port of 127.0.0.1; it ends with the test. */
final class S3Server implements AutoCloseable {
    static final String ID = "fleet-publisher";

    private final Process process;
    private final int port;
    private final String secret;
    private final S3Client client;

    private S3Server(Process process, int port, String secret) {
        this.process = process;
        this.port = port;
        this.secret = secret;
        this.client = S3Client.builder()
                .endpointOverride(URI.create(url()))
                .region(Region.US_EAST_1)
                .forcePathStyle(true)
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED) // it does not know the newer ones
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(ID, secret)))
                .build();
    }

    static S3Server start(Path folder) {
        int port = Mosquitto.freePort();
        String secret = UUID.randomUUID().toString();
        try {
            Path settings = Files.write(
                    folder.resolve("s3proxy.properties"),
                    List.of(
                            "s3proxy.endpoint=http://127.0.0.1:" + port,
                            "s3proxy.authorization=aws-v4",
                            "s3proxy.identity=" + ID,
                            "s3proxy.credential=" + secret,
                            "jclouds.provider=transient",
                            "jclouds.identity=local",
                            "jclouds.credential=local"));
            Path log = folder.resolve("s3proxy.log");
            Process process = Tool.in(folder)
                    .start(
                            log,
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "-jar",
                            Devpki.ROOT.resolve("target/s3proxy.jar").toString(),
                            "--properties",
                            settings.toString());
            try {
                Waiting.forText("Started Server@", log, process);
            } catch (AssertionError e) {
                process.destroyForcibly();
                throw e;
            }
            return new S3Server(process, port, secret);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    int port() {
        return port;
    }

    String secret() {
        return secret;
    }

    void makeBucket(String bucket) {
        client.createBucket(order -> order.bucket(bucket));
    }

    /** What is said of each object of a bucket when it is fetched, and its octets. */
    record Found(GetObjectResponse answer, Bytes octets) {}

    /** All of a bucket, by keys. */
    Map<String, Found> objects(String bucket) {
        Map<String, Found> all = new TreeMap<>();
        for (S3Object object :
                client.listObjectsV2(order -> order.bucket(bucket)).contents()) {
            var fetched = client.getObjectAsBytes(order -> order.bucket(bucket).key(object.key()));
            all.put(object.key(), new Found(fetched.response(), Bytes.of(fetched.asByteArray())));
        }
        return all;
    }

    void put(String bucket, String key, Bytes octets) {
        client.putObject(order -> order.bucket(bucket).key(key), RequestBody.fromBytes(octets.toArray()));
    }

    void delete(String bucket, String key) {
        client.deleteObject(order -> order.bucket(bucket).key(key));
    }

    @Override
    public void close() {
        client.close();
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }
}
