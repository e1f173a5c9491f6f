package org.devpki.publish;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.devpki.files.Modes;
import org.devpki.files.ScratchFile;
import org.devpki.files.WholeFiles;
import org.devpki.model.DevpkiException;
import org.devpki.model.OctetSource;
import org.devpki.model.ShelfPlace;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.RetryableException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * A shelf in a bucket. One put is atomic there, and durable when it is answered: whoever reads sees the old object or the
 * new one. Octets go from disk to network and back, so memory does not grow with them.
 */
public final class S3Shelf implements Shelf {
    private static final long MOST_OCTETS = 5L << 30; // of one put, by S3's rules
    private static final int NOT_MODIFIED = 304;

    /**
     * A cache counts from when it fetched, so only a short time is right from an object's first day to its last: it must
     * neither pass nextUpdate, before half of which the object is replaced, nor hide a revocation for long.
     */
    private static final String CACHE_CONTROL = "public, max-age=60";

    private final ShelfPlace.Bucket bucket;
    private final Path scratch;
    private final ObjectStore.Patience patience;
    private final Map<String, Copy> copies = new HashMap<>();
    private final List<ScratchFile> scratches = new ArrayList<>();
    private Optional<ObjectStore> store = Optional.empty();

    /** @param eTag what the store calls these octets, if it does */
    private record Copy(Optional<String> eTag, OctetSource octets) {}

    /** @param scratch a folder for what is read, until this is closed */
    public S3Shelf(ShelfPlace.Bucket bucket, Path scratch) {
        this(bucket, scratch, ObjectStore.Patience.USUAL);
    }

    S3Shelf(ShelfPlace.Bucket bucket, Path scratch, ObjectStore.Patience patience) {
        this.bucket = bucket;
        this.scratch = scratch;
        this.patience = patience;
    }

    @Override
    public String place() {
        return bucket.toString();
    }

    /** The octets as they are now; what has not changed since it was last read is not fetched again. */
    @Override
    public Optional<OctetSource> read(String file) {
        Optional<Copy> last = Optional.ofNullable(copies.get(file));
        GetObjectRequest.Builder wanted = GetObjectRequest.builder()
                .bucket(bucket.name())
                .key(bucket.key(file))
                .overrideConfiguration(call -> call.apiCallTimeout(patience.whileReading()));
        last.flatMap(Copy::eTag).ifPresent(wanted::ifNoneMatch);
        long deadline = System.nanoTime() + patience.call().toNanos();
        Optional<Copy> current = store().ask("read " + file, s3 -> get(s3, wanted.build(), last, deadline));
        current.ifPresent(copy -> copies.put(file, copy));
        return current.map(Copy::octets);
    }

    private Optional<Copy> get(S3Client s3, GetObjectRequest wanted, Optional<Copy> last, long deadline) {
        try {
            return Optional.of(s3.getObject(wanted, (answer, body) -> keep(answer, body, deadline)));
        } catch (NoSuchKeyException e) {
            return Optional.empty();
        } catch (S3Exception e) {
            if (e.statusCode() == NOT_MODIFIED && last.isPresent()) {
                return last;
            }
            throw e;
        }
    }

    private Copy keep(GetObjectResponse answer, InputStream body, long deadline) {
        WholeFiles.makeFolder(scratch, Modes.PUBLIC_FOLDER);
        Optional<Long> expected = Optional.ofNullable(answer.contentLength());
        ScratchFile kept = ScratchFile.in(scratch, out -> copy(body, out, expected, deadline));
        scratches.add(kept);
        return new Copy(Optional.ofNullable(answer.eTag()), kept);
    }

    private void copy(InputStream body, OutputStream out, Optional<Long> expected, long deadline) throws IOException {
        byte[] chunk = new byte[OctetSource.CHUNK_OCTETS];
        long count = 0;
        for (int length = next(body, chunk, count); length >= 0; length = next(body, chunk, count)) {
            out.write(chunk, 0, length);
            count += length;
            if (System.nanoTime() - deadline > 0) {
                throw ApiCallTimeoutException.create(patience.call().toMillis());
            }
        }
        if (expected.isPresent() && expected.get() != count) { // older JDKs take what breaks off for the end
            throw brokenOff(count);
        }
    }

    private static int next(InputStream body, byte[] chunk, long count) {
        try {
            return body.read(chunk);
        } catch (IOException e) {
            RetryableException broken = brokenOff(count);
            broken.addSuppressed(e);
            throw broken;
        }
    }

    /** Unlike the disk, the network may do better the next time. */
    private static RetryableException brokenOff(long count) {
        String why = "the answer broke off after " + count + " octets";
        return RetryableException.create(why, new EOFException(why));
    }

    /** Puts it there and reads it back. */
    @Override
    public void put(String file, OctetSource content) {
        if (content.size() > MOST_OCTETS) {
            throw DevpkiException.invalid(file + " has " + content.size() + " octets, and a bucket takes at most "
                            + MOST_OCTETS + " in one put")
                    .hint("shards make CRLs smaller: devpki crl forecast");
        }
        PutObjectRequest order = PutObjectRequest.builder()
                .bucket(bucket.name())
                .key(bucket.key(file))
                .contentType(contentType(file))
                .cacheControl(CACHE_CONTROL)
                .build();
        RequestBody body = RequestBody.fromContentProvider(() -> opened(content), content.size(), contentType(file));
        store().ask("write " + file, s3 -> s3.putObject(order, body));
        if (read(file).filter(content::hasOctetsOf).isEmpty()) {
            throw DevpkiException.storeFailed(place() + " does not hold what was just written to " + file)
                    .hint("does another publisher write there?");
        }
    }

    private static InputStream opened(OctetSource content) {
        try {
            return content.open();
        } catch (IOException e) {
            throw WholeFiles.failed("cannot read what is to be written", e);
        }
    }

    /** RFC 5280 section 4.2.1.13 has CRLs in DER as {@code application/pkix-crl}; PEM has no registered type. */
    private static String contentType(String file) {
        return file.endsWith(".pem") ? "application/x-pem-file" : "application/pkix-crl";
    }

    @Override
    public void tidy() {
        // a put that was interrupted left nothing
    }

    private ObjectStore store() {
        ObjectStore reached = store.orElseGet(() -> ObjectStore.of(bucket, patience));
        store = Optional.of(reached);
        return reached;
    }

    @Override
    public void close() {
        scratches.forEach(ScratchFile::close);
        store.ifPresent(ObjectStore::close);
    }
}
