package org.devpki.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.devpki.testing.Devpki;
import org.devpki.testing.Finished;
import org.devpki.testing.Tool;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** OpenSSL believes a manifest's signature, and other people's JSON Schema and Merkle tree find it right. */
class ManifestIT {
    private static final Path PAGE = Path.of(System.getProperty("devpki.root"), "docs/formats");

    @TempDir
    private static Path home;

    @TempDir
    private Path folder;

    @BeforeAll
    static void writeAManifest() throws IOException {
        Devpki devpki = Devpki.withStore(home);
        Files.writeString(home.resolve("list.csv"), "name\nd1\nd2\nd3\nd4\nd5\n");
        devpki.run("batch", "run", "list.csv", "--batch", "L3W47", "--out", "out")
                .exiting(0);
        devpki.run("batch", "manifest", "L3W47", "--from", "out").exiting(0);
    }

    private static Finished openssl(Path manifest) {
        return Tool.in(home)
                .run(
                        "openssl",
                        "cms",
                        "-verify",
                        "-binary",
                        "-inform",
                        "DER",
                        "-in",
                        "out/L3W47.manifest.json.p7s",
                        "-content",
                        manifest.toString(),
                        "-CAfile",
                        "pki/publish/ca/root-ca.pem",
                        "-out",
                        "/dev/null");
    }

    @Test
    void opensslVerifiesTheSignatureWithTheRootAlone() throws IOException {
        Path manifest = home.resolve("out/L3W47.manifest.json");
        Path other = folder.resolve("other.json");
        Files.writeString(other, Files.readString(manifest).replace("\"row\":\"d1\"", "\"row\":\"d9\""));

        assertTrue(openssl(manifest).exiting(0).all().contains("CMS Verification successful"));
        assertTrue(openssl(other).all().contains("CMS Verification failure"));
    }

    @Test
    void opensslPrintsALineTokenWithTheRootAlone() {
        Devpki.in(home)
                .run(
                        "batch",
                        "token",
                        "--devices",
                        "5",
                        "--name",
                        "sensor-*",
                        "--profile",
                        "device-mqtt",
                        "--until",
                        "90d",
                        "--out",
                        "line3.token")
                .exiting(0);

        Finished printed = Tool.in(home)
                .run(
                        "openssl",
                        "cms",
                        "-verify",
                        "-binary",
                        "-inform",
                        "DER",
                        "-in",
                        "line3.token",
                        "-CAfile",
                        "pki/publish/ca/root-ca.pem");

        assertTrue(printed.exiting(0).out().startsWith("{\"schema\":\"devpki/line-token/1\",\"id\":"), printed.out());
        assertTrue(printed.out().contains("\"devices\":5,\"name\":\"sensor-*\""), printed.out());
    }

    @Test
    void itFollowsItsJsonSchema() throws IOException {
        Path check = folder.resolve("check.py");
        Files.writeString(check, """
                import json, sys
                from jsonschema import Draft202012Validator
                schema = json.load(open(sys.argv[1]))
                Draft202012Validator.check_schema(schema)
                faults = list(Draft202012Validator(schema).iter_errors(json.load(open(sys.argv[2]))))
                print(len(faults), *[fault.message for fault in faults])
                """);
        String schema = PAGE.resolve("manifest.schema.json").toString();
        Path other = folder.resolve("other.json");
        Files.writeString(
                other, Files.readString(home.resolve("out/L3W47.manifest.json")).replace("\"octets\"", "\"bytes\""));

        Finished right = Tool.in(home).run("python3", check.toString(), schema, "out/L3W47.manifest.json");
        Finished wrong = Tool.in(home).run("python3", check.toString(), schema, other.toString());

        assertEquals("0\n", right.exiting(0).out());
        assertTrue(wrong.exiting(0).out().contains("'octets' is a required property"), wrong.out());
    }

    /** The page's own words. */
    @Test
    void theMerkleRootIsWhatThePageSays() throws IOException {
        Matcher code = Pattern.compile("```python\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(PAGE.resolve("manifest.md")));
        assertTrue(code.find());
        Files.writeString(folder.resolve("root.py"), code.group(1));

        Tool.in(home).run("python3", folder.resolve("root.py").toString()).exiting(0);

        Path manifest = home.resolve("out/L3W47.manifest.json");
        Path other = Files.createDirectories(folder.resolve("out")).resolve("L3W47.manifest.json");
        Files.writeString(other, Files.readString(manifest).replace("\"row\":\"d1\"", "\"row\":\"d9\""));
        assertTrue(Tool.in(folder).run("python3", "root.py").all().contains("AssertionError"));
    }
}
