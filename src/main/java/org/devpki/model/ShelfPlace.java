package org.devpki.model;

import java.nio.file.Path;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Where CRLs are put for others to fetch: a folder, or a bucket of an S3-compatible object store. */
public sealed interface ShelfPlace {
    /** A folder on this machine, or one that is mounted there. */
    record Folder(Path path) implements ShelfPlace {}

    /**
     * A bucket, and where in it.
     *
     * @param name 3 to 63 of {@code a-z 0-9 . -}, by S3's rules for general purpose buckets
     * @param prefix what every key begins with: empty, or names that each end with a slash
     */
    record Bucket(String name, String prefix) implements ShelfPlace {
        private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");
        private static final Pattern ADDRESS = Pattern.compile("[0-9]+(?:[.][0-9]+){3}");
        // of S3's "safe characters", those that a URL holds as they are; no name that a URL would take out, as ".."
        private static final Pattern PREFIX = Pattern.compile("(?:(?![.]{1,2}/)[A-Za-z0-9._-]+/)*");
        private static final int MOST_PREFIX = 512;

        public Bucket {
            if (!NAME.matcher(name).matches() || ADDRESS.matcher(name).matches() || name.contains("..")) {
                throw DevpkiException.invalid("bucket name " + Quoted.of(name)
                        + " must be 3 to 63 of a-z 0-9 . - between letters or digits, without two dots in a row, and no"
                        + " IP address");
            }
            if (!PREFIX.matcher(prefix).matches() || prefix.length() > MOST_PREFIX) {
                throw DevpkiException.invalid("prefix " + Quoted.of(prefix) + " in a bucket must be names of"
                        + " A-Z a-z 0-9 . _ - with one slash between them, at most " + MOST_PREFIX + " characters");
            }
        }

        /** The key of an object. */
        public String key(String file) {
            return prefix + file;
        }

        /** As people write it, without a slash at its end. */
        @Override
        public String toString() {
            String all = SCHEME + name + "/" + prefix;
            return all.substring(0, all.length() - 1);
        }
    }

    /** What a bucket begins with. */
    String SCHEME = "s3://";

    /** What looks like a URL, so that a slip of the finger does not make a folder called {@code s3:}. */
    Pattern LIKE_A_URL = Pattern.compile("(?i)s3:.*|[a-z][a-z0-9+.-]+:/.*", Pattern.DOTALL);

    /** Reads {@code s3://BUCKET} with or without {@code /PREFIX}; all else is a folder, unless it looks like a URL. */
    static ShelfPlace parse(String text) {
        if (text.startsWith(SCHEME)) {
            String rest = text.substring(SCHEME.length());
            int slash = rest.indexOf('/');
            String prefix = slash < 0 ? "" : rest.substring(slash + 1);
            return new Bucket(
                    slash < 0 ? rest : rest.substring(0, slash),
                    prefix.isEmpty() || prefix.endsWith("/") ? prefix : prefix + "/");
        }
        if (LIKE_A_URL.matcher(text).matches()) {
            throw DevpkiException.invalid("shelf " + Quoted.of(text)
                            + " is neither a folder nor a bucket, which is s3://BUCKET or s3://BUCKET/PREFIX")
                    .hint("a folder of that name is " + Quoted.of("./" + text));
        }
        return new Folder(Path.of(text));
    }

    /** The same where only a folder will do. */
    static Path parseFolder(String text) {
        return parse(text).match(Folder::path, bucket -> {
            throw DevpkiException.invalid("this goes into a folder, not into bucket " + bucket);
        });
    }

    default <T> T match(Function<Folder, T> folder, Function<Bucket, T> bucket) {
        if (this instanceof Folder f) {
            return folder.apply(f);
        }
        return bucket.apply((Bucket) this);
    }
}
