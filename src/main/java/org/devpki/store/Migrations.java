package org.devpki.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * The schema's history. Version n is reached by running script n; scripts are never changed once released.
 *
 * @param scripts the first makes version 1 of an empty database
 */
record Migrations(List<String> scripts) {
    /** The version of a ledger that has moved elsewhere: newer than any, so that no devpki of whatever age opens it. */
    static final int MOVED = 1_000_000_000;

    private static final List<String> FILES = List.of(
            "0001-ledger.sql",
            "0002-shards.sql",
            "0003-batches.sql",
            "0004-life.sql",
            "0005-line-tokens.sql",
            "0006-ca-life.sql",
            "0007-passwords.sql",
            "0008-jwt-keys.sql",
            "0009-serials-by-ca.sql");

    Migrations {
        scripts = List.copyOf(scripts);
    }

    static Migrations shipped() {
        return new Migrations(FILES.stream().map(Migrations::load).toList());
    }

    int version() {
        return scripts.size();
    }

    /** The statements of one step. */
    List<String> statements(int toVersion) {
        return Arrays.stream(scripts.get(toVersion - 1).split(";"))
                .map(Migrations::withoutComments)
                .filter(statement -> !statement.isBlank())
                .toList();
    }

    private static String withoutComments(String statement) {
        return statement.lines().filter(line -> !line.startsWith("--")).reduce("", (a, b) -> a + b + "\n");
    }

    private static String load(String file) {
        try (InputStream in = Migrations.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("schema " + file + " is not in the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
