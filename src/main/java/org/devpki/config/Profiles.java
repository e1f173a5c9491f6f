package org.devpki.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.devpki.files.Modes;
import org.devpki.files.WholeFiles;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.devpki.model.Profile;
import org.devpki.model.Quoted;

/** The profiles of a site: its own in {@code profiles/}, which shadow the shipped ones of the same name. */
public final class Profiles {
    /** Names of the shipped profiles, in the order that people meet them. */
    public static final List<String> SHIPPED = List.of(
            "root-ca",
            "issuing-ca",
            "device-mqtt",
            "device-ds-rsa",
            "device-idevid",
            "broker-server",
            "cloud-proof",
            "batch-signer",
            "line-token-signer",
            "manifest-signer",
            "ocsp-responder");

    private static final String ENDING = ".yaml";
    private static final int MOST_OCTETS = 1 << 20;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private final Optional<Path> folder;

    /** @param folder the site's own; absent where there is no store */
    public Profiles(Optional<Path> folder) {
        this.folder = folder;
    }

    /** All profiles by name; the value tells where each comes from. */
    public Map<String, String> origins() {
        TreeMap<String, String> origins = new TreeMap<>();
        SHIPPED.forEach(name -> origins.put(name, "shipped"));
        folder.ifPresent(own -> WholeFiles.list(own).stream()
                .map(path -> String.valueOf(path.getFileName()))
                .filter(file -> file.endsWith(ENDING))
                .map(file -> file.substring(0, file.length() - ENDING.length()))
                .forEach(name -> origins.put(name, SHIPPED.contains(name) ? "site, shadows shipped" : "site")));
        return origins;
    }

    /** @throws DevpkiException NOT_FOUND, or INVALID_INPUT with all that is wrong in the file */
    public Profile named(String name) {
        Optional<Path> own = ownFile(name);
        String origin = own.map(Path::toString).orElse(name + ENDING);
        return ProfileReader.read(name, text(name, own), origin);
    }

    /** A profile in a file anywhere. */
    public static Profile inFile(Path file) {
        String base = String.valueOf(file.getFileName());
        String name = base.endsWith(ENDING) ? base.substring(0, base.length() - ENDING.length()) : base;
        return ProfileReader.read(name, WholeFiles.read(file, MOST_OCTETS).asUtf8(), file.toString());
    }

    /** The site's own, as they stand in their files, by name. */
    public SortedMap<String, String> own() {
        TreeMap<String, String> own = new TreeMap<>();
        origins().forEach((name, origin) -> {
            if (!origin.equals("shipped")) {
                own.put(name, text(name, ownFile(name)));
            }
        });
        return own;
    }

    /** Keeps a profile of the site's own. @throws DevpkiException INVALID_INPUT if it is none */
    public static void write(Path folder, String name, String text) {
        checkName(name);
        ProfileReader.read(name, text, name + ENDING);
        WholeFiles.write(folder.resolve(name + ENDING), Bytes.utf8(text), Modes.PUBLIC_FILE);
    }

    private Optional<Path> ownFile(String name) {
        checkName(name);
        return folder.map(own -> own.resolve(name + ENDING)).filter(Files::exists);
    }

    private static void checkName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw DevpkiException.invalid("profile name " + Quoted.of(name) + " is not of A-Z a-z 0-9 . _ -");
        }
    }

    private String text(String name, Optional<Path> own) {
        if (own.isPresent()) {
            return WholeFiles.read(own.get(), MOST_OCTETS).asUtf8();
        }
        try (InputStream in = Profiles.class.getResourceAsStream("/ca-templates/" + name + ENDING)) {
            if (in == null) {
                throw DevpkiException.notFound("there is no profile " + Quoted.of(name) + "; there are "
                                + String.join(", ", origins().keySet()))
                        .hint("devpki profile list");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
