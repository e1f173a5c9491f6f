package org.devpki.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.devpki.app.OcspSource;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;

/** A responder, or a web server with published answers, asked by GET (RFC 6960 appendix A.1). */
public final class OcspUrl implements OcspSource {
    private static final int MOST_OCTETS = 65_536;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final String url;
    private final Duration patience;
    private final HttpClient client;

    /** @param url as it stands in certificates, checked already */
    public OcspUrl(String url) {
        this(url, PATIENCE);
    }

    OcspUrl(String url, Duration patience) {
        this.url = url;
        this.patience = patience;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(patience)
                .build();
    }

    @Override
    public String place() {
        return url;
    }

    @Override
    public Bytes answer(Bytes request) {
        String base64 = Base64.getEncoder().encodeToString(request.toArray());
        URI uri = URI.create(
                (url.endsWith("/") ? url : url + "/") + URLEncoder.encode(base64, StandardCharsets.US_ASCII));
        try {
            // the client's own timeout ends with the header; a body may drip
            return client.sendAsync(
                            HttpRequest.newBuilder(uri).timeout(patience).build(),
                            HttpResponse.BodyHandlers.ofInputStream())
                    .thenApplyAsync(this::body)
                    .get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof DevpkiException told) {
                throw told;
            }
            throw silent("cannot be reached").causedBy(e);
        } catch (TimeoutException e) {
            throw silent("did not answer within " + patience.toSeconds() + " seconds")
                    .causedBy(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw silent("was not waited for").causedBy(e);
        }
    }

    private Bytes body(HttpResponse<InputStream> response) {
        try (InputStream in = response.body()) {
            if (response.statusCode() != 200) {
                throw silent("answers with HTTP status " + response.statusCode());
            }
            byte[] octets = in.readNBytes(MOST_OCTETS + 1);
            if (octets.length > MOST_OCTETS) {
                throw silent("answers with more than " + MOST_OCTETS + " octets");
            }
            return Bytes.of(octets);
        } catch (IOException e) {
            throw silent("broke off its answer").causedBy(e);
        }
    }

    private DevpkiException silent(String how) {
        return DevpkiException.notFound(url + " " + how);
    }
}
