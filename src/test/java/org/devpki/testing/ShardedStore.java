package org.devpki.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.devpki.files.Modes;
import org.devpki.files.WholeFiles;

/** Copies of a store with two shards, delta CRLs, devices in each part, and nothing revoked; it is made when first wanted. */
public final class ShardedStore {
    /** How many devices each part has: those of before there were shards, and each shard. */
    private static final int IN_EACH_PART = 3;

    private static final int MOST = 60;
    private static final Path TEMPLATE = Devpki.ROOT.resolve("target/sharded-store-" + Devpki.FORK);

    /** Made once for all tests, with {@code crl.complete} on. */
    private static final class Made {
        static final Map<Integer, List<String>> NAMES = make();
    }

    private ShardedStore() {}

    private static Map<Integer, List<String>> make() {
        WholeFiles.delete(TEMPLATE);
        WholeFiles.makeFolder(TEMPLATE, Modes.SECRET_FOLDER);
        Devpki.in(TEMPLATE);
        InProcess devpki = InProcess.in(TEMPLATE);
        devpki.run(
                        "init",
                        "--org",
                        "Acme",
                        "--crl-url",
                        "http://crl.acme.example",
                        "--ocsp-url",
                        "http://127.0.0.1:8888",
                        "--crl-delta",
                        "1h")
                .exiting(0);
        Map<Integer, List<String>> names = new TreeMap<>();
        for (int i = 0; names.size() < 3 || names.values().stream().anyMatch(part -> part.size() < IN_EACH_PART); i++) {
            if (i == IN_EACH_PART) { // from now on chance decides the shard
                setting(TEMPLATE, "shards: 0", "shards: 2");
            }
            assertTrue(i < MOST, () -> "shards by chance: " + names);
            String name = "d" + i;
            devpki.run("issue", name, "--out", TEMPLATE.resolve("out").toString())
                    .exiting(0);
            names.computeIfAbsent(shard(TEMPLATE.resolve("out").resolve(name)), shard -> new ArrayList<>())
                    .add(name);
        }
        devpki.run("crl", "publish").exiting(0);
        return names;
    }

    /** A copy, with the devices' bundles in {@code out}. */
    public static void copyTo(Path folder) {
        assertEquals(Set.of(0, 1, 2), Made.NAMES.keySet());
        StoreProof.copy(TEMPLATE, folder);
    }

    private static int shard(Path bundle) {
        try {
            String der = new String(
                    StoreProof.certificates(bundle.resolve("client_crt.pem"))
                            .get(0)
                            .getEncoded(),
                    StandardCharsets.ISO_8859_1);
            return der.contains("/issuing-ca.1.crl") ? 1 : der.contains("/issuing-ca.2.crl") ? 2 : 0;
        } catch (IOException | java.security.GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** The nth device of each part, 0 to 2: one without a shard, one of shard 1, one of shard 2. */
    public static List<String> nth(int n) {
        return Made.NAMES.values().stream().map(part -> part.get(n)).toList();
    }

    /** Revokes these and tells their serials. */
    public static List<String> revoke(Path folder, List<String> names) {
        List<String> serials = new ArrayList<>();
        for (String name : names) {
            String row = InProcess.in(folder)
                    .run("revoke", name, "--reason", "key-compromise", "--json")
                    .exiting(0)
                    .out();
            serials.add(StoreProof.member(row, "serial"));
        }
        return serials;
    }

    /** Changes a line of the settings. */
    public static void setting(Path folder, String before, String after) {
        Path settings = folder.resolve("pki/devpki.yaml");
        try {
            String text = Files.readString(settings);
            assertTrue(text.contains(before), text);
            Files.writeString(settings, text.replace(before, after));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
