package org.devpki.publish;

import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.devpki.model.DevpkiException;
import org.devpki.model.Quoted;
import org.devpki.model.ShelfPlace;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.scheme.AuthSchemeOption;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.AwsProfileRegionProvider;
import software.amazon.awssdk.regions.providers.AwsRegionProviderChain;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.regions.providers.SystemSettingsRegionProvider;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.auth.scheme.S3AuthSchemeParams;
import software.amazon.awssdk.services.s3.auth.scheme.S3AuthSchemeProvider;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * The way to a bucket: endpoint, region and credentials as the AWS SDK finds them in environment and configuration files,
 * and one sentence for whatever goes wrong. Every failure is STORE_FAILED.
 */
final class ObjectStore implements AutoCloseable {
    private static final int ATTEMPTS = 3;
    private static final S3AuthSchemeProvider STANDARD = S3AuthSchemeProvider.defaultProvider();

    /**
     * How long to wait, so that no run hangs.
     *
     * @param silence without an octet
     * @param call from the first attempt to the end of the last
     */
    record Patience(Duration connecting, Duration silence, Duration call) {
        /** Half a gigabyte arrives in time at 5 Mbit/s. */
        static final Patience USUAL =
                new Patience(Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofMinutes(15));

        /**
         * When the SDK gives up a call whose answer is read with an eye on the clock. Its alarm closes the connection under
         * whoever reads from it, and they may wait for each other until the store is through, however slowly it sends.
         */
        Duration whileReading() {
            return call.multipliedBy(2);
        }
    }

    private final String name;
    private final Patience patience;
    private final SdkHttpClient http;
    private final S3Client client;

    private ObjectStore(String name, Patience patience, SdkHttpClient http, S3Client client) {
        this.name = name;
        this.patience = patience;
        this.http = http;
        this.client = client;
    }

    /** Nothing goes over the network yet, but where a machine in the cloud asks for its own region and credentials. */
    static ObjectStore of(ShelfPlace.Bucket bucket, Patience patience) {
        Optional<URI> endpoint = endpoint();
        SdkHttpClient http = UrlConnectionHttpClient.builder()
                .connectionTimeout(patience.connecting())
                .socketTimeout(patience.silence())
                // whether HTTP_PROXY or HTTPS_PROXY counts
                .proxyConfiguration(
                        proxy -> proxy.scheme(endpoint.map(URI::getScheme).orElse("https")))
                .build();
        S3Client client = S3Client.builder()
                .httpClient(http)
                .region(region(bucket, endpoint))
                .credentialsProvider(credentials(bucket))
                .forcePathStyle(endpoint.isPresent()) // a store of one's own seldom has a host name for each bucket
                // the signature covers the SHA-256 of the octets, and every store checks it before the object is there;
                // newer checksums and signed chunks are not known everywhere
                .authSchemeProvider(ObjectStore::overOctets)
                .serviceConfiguration(s3 -> s3.chunkedEncodingEnabled(false))
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .overrideConfiguration(calls -> calls.apiCallTimeout(patience.call())
                        .retryStrategy(AwsRetryStrategy.standardRetryStrategy().toBuilder()
                                .maxAttempts(ATTEMPTS)
                                .build()))
                .build();
        return new ObjectStore(
                bucket
                        + endpoint.map(uri -> " at " + uri.getScheme() + "://" + uri.getRawAuthority())
                                .orElse(""),
                patience,
                http,
                client);
    }

    /** The one that environment or configuration files name; found by asking a client, so that it is the SDK's own. */
    private static Optional<URI> endpoint() {
        try (S3Client any = S3Client.builder()
                .region(Region.US_EAST_1)
                .credentialsProvider(AnonymousCredentialsProvider.create())
                .build()) {
            return any.serviceClientConfiguration().endpointOverride();
        } catch (RuntimeException e) { // the SDK says nothing of which ones
            throw DevpkiException.storeFailed("the endpoint in AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL or the profile is"
                            + " no URL such as https://minio.example:9000")
                    .causedBy(e);
        }
    }

    private static Region region(ShelfPlace.Bucket bucket, Optional<URI> endpoint) {
        AwsRegionProviderChain chain = endpoint.isPresent()
                ? new AwsRegionProviderChain(new SystemSettingsRegionProvider(), new AwsProfileRegionProvider())
                : new DefaultAwsRegionProviderChain();
        try {
            return chain.getRegion();
        } catch (SdkClientException e) {
            if (endpoint.isPresent()) {
                return Region.US_EAST_1; // what compatible stores take when nobody said anything
            }
            throw DevpkiException.storeFailed("there is no region for " + bucket)
                    .hint("AWS_REGION names it; AWS_ENDPOINT_URL_S3 the store, where it is not Amazon's")
                    .causedBy(e);
        }
    }

    private static DefaultCredentialsProvider credentials(ShelfPlace.Bucket bucket) {
        DefaultCredentialsProvider chain = DefaultCredentialsProvider.builder().build();
        try {
            chain.resolveCredentials();
            return chain;
        } catch (SdkException e) {
            throw DevpkiException.storeFailed("there are no credentials for " + bucket)
                    .hint("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment, or AWS_PROFILE")
                    .causedBy(e);
        }
    }

    static List<AuthSchemeOption> overOctets(S3AuthSchemeParams call) {
        return STANDARD.resolveAuthScheme(call).stream()
                .map(option -> option.toBuilder()
                        .putSignerProperty(AwsV4HttpSigner.PAYLOAD_SIGNING_ENABLED, true)
                        .build())
                .toList();
    }

    /**
     * Asks the store for something.
     *
     * @param what such as {@code read issuing-ca.crl}
     * @throws DevpkiException STORE_FAILED, or what the call itself threw
     */
    <T> T ask(String what, Function<S3Client, T> call) {
        try {
            return call.apply(client);
        } catch (SdkException e) {
            for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
                if (cause instanceof DevpkiException told) {
                    throw told;
                }
            }
            throw failed("cannot " + what + " in " + name + ": ", e);
        }
    }

    private DevpkiException failed(String what, SdkException e) {
        DevpkiException told = e instanceof S3Exception answer ? refused(what, answer) : broken(what, e);
        return told.causedBy(e);
    }

    private static DevpkiException refused(String what, S3Exception answer) {
        Optional<AwsErrorDetails> details = Optional.ofNullable(answer.awsErrorDetails());
        String code = details.map(AwsErrorDetails::errorCode).orElse("");
        Optional<String> region =
                details.flatMap(all -> all.sdkHttpResponse().firstMatchingHeader("x-amz-bucket-region"));
        return switch (code) {
            case "NoSuchBucket" -> DevpkiException.storeFailed(what + "there is no such bucket");
            case "AccessDenied" ->
                DevpkiException.storeFailed(what + "access is denied")
                        .hint("the credentials need s3:GetObject, s3:PutObject and s3:ListBucket there");
            case "InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "ExpiredToken" ->
                DevpkiException.storeFailed(what + "the credentials are not accepted (" + code + ")")
                        .hint("they are those of AWS_ACCESS_KEY_ID, or of AWS_PROFILE");
            case "PermanentRedirect", "TemporaryRedirect", "AuthorizationHeaderMalformed" ->
                DevpkiException.storeFailed(what + "the bucket is in "
                                + region.map(Quoted::of).orElse("another") + " region")
                        .hint("AWS_REGION names the region");
            default ->
                DevpkiException.storeFailed(
                        what + "the answer is " + answer.statusCode() + (code.isEmpty() ? "" : " " + Quoted.of(code)));
        };
    }

    private DevpkiException broken(String what, SdkException e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        if (e instanceof ApiCallTimeoutException || root instanceof ApiCallTimeoutException) {
            return DevpkiException.storeFailed(
                    what + "it took more than " + patience.call().toSeconds() + " s");
        }
        String why = String.valueOf(root.getMessage());
        return DevpkiException.storeFailed(what
                + (root instanceof UnknownHostException ? "there is no host " + why : why.toLowerCase(Locale.ROOT)));
    }

    @Override
    public void close() {
        client.close();
        http.close();
    }
}
