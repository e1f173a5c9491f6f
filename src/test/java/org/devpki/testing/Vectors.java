package org.devpki.testing;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import org.devpki.model.Bytes;
import org.devpki.model.SecretBytes;

/**
 * One folder of golden octets.
 *
 * @param folder {@code src/test/vectors/KIND/NAME}
 */
public record Vectors(Path folder) {
    /** All folders of a kind, in the order of their names. */
    public static List<Vectors> of(String kind) {
        try (Stream<Path> folders =
                Files.list(Devpki.ROOT.resolve("src/test/vectors").resolve(kind))) {
            return folders.filter(Files::isDirectory).sorted().map(Vectors::new).toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    public static Vectors of(String kind, String name) {
        return new Vectors(Devpki.ROOT.resolve("src/test/vectors").resolve(kind).resolve(name));
    }

    public String name() {
        return String.valueOf(folder.getFileName());
    }

    public Bytes octets(String file) {
        try {
            return Bytes.of(Files.readAllBytes(folder.resolve(file)));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    public SecretBytes secret(String file) {
        return SecretBytes.taking(octets(file).toArray());
    }

    public boolean has(String file) {
        return Files.exists(folder.resolve(file));
    }

    /** A key of {@code input.properties}. */
    public Optional<String> input(String key) {
        try {
            Properties properties = new Properties();
            properties.load(new StringReader(octets("input.properties").asUtf8()));
            return Optional.ofNullable(properties.getProperty(key));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
