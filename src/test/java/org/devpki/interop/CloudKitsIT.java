package org.devpki.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.devpki.testing.Finished;
import org.devpki.testing.InProcess;
import org.devpki.testing.Tool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Kits for clouds, read by programs of others: OpenSSL, Python, ShellCheck, curl, the AWS CLI. The clouds themselves are not
 * here: a server on this machine writes down what the scripts ask of them.
 */
@Tag("long")
class CloudKitsIT {
    private static final String AWS_CODE = "4f".repeat(32);
    private static final String AZURE_CODE = "A901A843EFF75419AC1F0EB460E85DF153092A0547AA30F5";
    private static final String CUMULOCITY_CODE = "abc-DEF_123";

    @TempDir
    private static Path home;

    @TempDir
    private Path folder;

    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    private HttpServer server;

    @BeforeAll
    static void aStoreAndADevice() throws IOException {
        Files.writeString(home.resolve("passphrase"), "correct horse");
        run("init", "--org", "Acme", "--root-key", "P-256", "--crl-url", "http://crl.acme.example", "--quiet");
        run(
                "issue",
                "esp32-cert-client-01",
                "--format",
                "pem",
                "--out",
                home.resolve("out").toString());
    }

    @BeforeEach
    void aServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stopIt() {
        server.stop(0);
    }

    private static Finished run(String... arguments) {
        return InProcess.in(home).run(arguments).exiting(0);
    }

    private Path kit(String cloud, String... more) {
        Path kit = folder.resolve(cloud);
        List<String> words = new ArrayList<>(List.of("cloud", "kit", cloud, "--out", kit.toString()));
        words.addAll(List.of(more));
        run(words.toArray(String[]::new));
        return kit;
    }

    private Path awsKit(String... more) {
        List<String> words = new ArrayList<>(List.of("--region", "eu-central-1", "--account", "123456789012"));
        words.addAll(List.of(more));
        return kit("aws", words.toArray(String[]::new));
    }

    private Tool tool() {
        return Tool.in(folder);
    }

    private String python(String program, Path file) {
        return tool().run("python3", "-c", program, file.toString())
                .exiting(0)
                .out()
                .strip();
    }

    // What proves the key.

    @ParameterizedTest
    @CsvSource({"aws, " + "--registration-code", "azure, --verification-code"})
    void opensslVerifiesTheVerificationCertificateAndLetsNobodyInWithIt(String cloud, String option) {
        String code = cloud.equals("aws") ? AWS_CODE : AZURE_CODE;
        Path kit = cloud.equals("aws") ? awsKit(option, code) : kit(cloud, option, code);
        Tool there = Tool.in(kit);

        there.run("openssl", "verify", "-x509_strict", "-partial_chain", "-CAfile", "ca.pem", "verification.pem")
                .exiting(0);
        assertEquals(
                "subject=CN = " + code + "\n",
                there.run("openssl", "x509", "-in", "verification.pem", "-noout", "-subject")
                        .exiting(0)
                        .out());
        for (String purpose : List.of("sslclient", "sslserver")) {
            Finished refused = there.run(
                    "openssl",
                    "verify",
                    "-partial_chain",
                    "-purpose",
                    purpose,
                    "-CAfile",
                    "ca.pem",
                    "verification.pem");
            assertEquals(2, refused.exit(), refused::all);
            assertTrue(
                    refused.all().contains("unsuitable certificate purpose")
                            || refused.all().contains("unsupported certificate purpose"),
                    refused::all);
        }
    }

    @Test
    void opensslVerifiesTheSignatureOverCumulocitysCode() throws IOException {
        Path kit = kit("cumulocity", "--verification-code", CUMULOCITY_CODE);
        String signature = python(
                "import json,sys; print(json.load(open(sys.argv[1]))['proofOfPossessionSignedVerificationCode'])",
                kit.resolve("proof-of-possession.json"));
        Files.write(kit.resolve("signature"), Base64.getDecoder().decode(signature));
        Files.writeString(kit.resolve("code"), CUMULOCITY_CODE);
        Files.writeString(kit.resolve("other"), CUMULOCITY_CODE + "4");
        Tool there = Tool.in(kit);
        there.run("openssl", "x509", "-in", "ca.pem", "-noout", "-pubkey", "-out", "key.pem")
                .exiting(0);

        there.run("openssl", "dgst", "-sha256", "-verify", "key.pem", "-signature", "signature", "code")
                .exiting(0);
        there.run("openssl", "dgst", "-sha256", "-verify", "key.pem", "-signature", "signature", "other")
                .exiting(1);
    }

    // What clouds read.

    @Test
    void pythonReadsEveryJsonFileAndTheTemplateInsideTheRegistration() throws IOException {
        kit("azure");
        kit("thingsboard");
        kit("cumulocity", "--verification-code", CUMULOCITY_CODE);
        Path aws = awsKit();
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> json =
                    files.filter(file -> file.toString().endsWith(".json")).toList();
            assertEquals(7, json.size(), json::toString);
            json.forEach(file ->
                    tool().run("python3", "-m", "json.tool", file.toString()).exiting(0));
        }

        assertEquals(
                "AWS::IoT::Certificate::CommonName AWS::IoT::Certificate::Id certificate policy thing",
                python(
                        "import json,sys; t=json.loads(json.load(open(sys.argv[1]))['templateBody'])\n"
                                + "print(*sorted(t['Parameters']), *sorted(t['Resources']))",
                        aws.resolve("registration-config.json")));
        assertEquals(
                "arn:aws:iam::123456789012:role/devpki-jitp",
                python(
                        "import json,sys; print(json.load(open(sys.argv[1]))['roleArn'])",
                        aws.resolve("registration-config.json")));
    }

    @Test
    void theCaInEachFileIsTheOneThatOpensslVerifiesTheDeviceWith() throws IOException {
        record Place(String cloud, String file, String path) {}
        for (Place place : List.of(
                new Place(
                        "azure",
                        "enrollment-group.json",
                        "['attestation']['x509']['signingCertificates']['primary']['certificate']"),
                new Place(
                        "thingsboard",
                        "device-profile.json",
                        "['profileData']['provisionConfiguration']['provisionDeviceSecret']"),
                new Place("cumulocity", "trusted-certificate.json", "['certInPemFormat']"))) {
            Path kit = kit(place.cloud());
            Files.writeString(
                    folder.resolve("ca.pem"),
                    python(
                            "import json,sys; print(json.load(open(sys.argv[1]))" + place.path() + ")",
                            kit.resolve(place.file())));

            tool().run(
                            "openssl",
                            "verify",
                            "-partial_chain",
                            "-purpose",
                            "sslclient",
                            "-CAfile",
                            "ca.pem",
                            home.resolve("out/esp32-cert-client-01/cert.pem").toString())
                    .exiting(0);
        }
    }

    @Test
    void aRootThatIssuesItselfIsReferredToAtAzure() {
        run("ca", "create", "lab-root", "--root", "--key", "P-256");

        Path kit = kit("azure", "--ca", "lab-root");

        assertEquals(
                "lab-root",
                python(
                        "import json,sys\n"
                                + "print(json.load(open(sys.argv[1]))['attestation']['x509']['caReferences']['primary'])",
                        kit.resolve("enrollment-group.json")));
    }

    // What hands it over.

    @Test
    void shellcheckHasNothingToSayOfTheScripts() {
        for (Path kit : List.of(awsKit(), kit("azure"), kit("thingsboard"), kit("cumulocity"))) {
            Tool.in(kit).run("shellcheck", "--shell=sh", "apply.sh").exiting(0);
        }
    }

    /** The AWS CLI itself refuses options and shapes of JSON that are not AWS's, before it asks anybody. */
    @ParameterizedTest
    @CsvSource({"true, DEFAULT", "false, SNI_ONLY"})
    void theAwsCliTakesEveryCommandOfTheScript(boolean hasCode, String mode) throws IOException {
        Path kit = hasCode ? awsKit("--registration-code", AWS_CODE) : awsKit();
        Path standIn = Files.createDirectory(folder.resolve("bin")).resolve("aws");
        Files.writeString(
                standIn, "#!/bin/sh\nPATH=${PATH#*:} exec aws --endpoint-url \"$CLOUD\" --no-cli-pager \"$@\"\n");
        assertTrue(standIn.toFile().setExecutable(true));

        tool().with("PATH", standIn.getParent() + ":/usr/bin:/bin")
                .with("CLOUD", address())
                .with("AWS_ACCESS_KEY_ID", "key")
                .with("AWS_SECRET_ACCESS_KEY", "secret")
                .with("AWS_EC2_METADATA_DISABLED", "true")
                .with("HOME", folder.toString())
                .run("sh", kit.resolve("apply.sh").toString())
                .exiting(0);

        assertEquals(7, asked.size(), asked::toString);
        assertTrue(asked.get(0).contains("Action=GetCallerIdentity"), asked::toString);
        assertTrue(asked.get(1).contains("Action=GetRole"), asked::toString);
        assertTrue(
                asked.get(2).contains("Action=CreateRole") && asked.get(2).contains("iot.amazonaws.com"),
                asked::toString);
        assertTrue(asked.get(3).contains("policy/service-role/AWSIoTThingsRegistration"), asked::toString);
        assertTrue(asked.get(4).startsWith("GET /policies/devpki-device"), asked::toString);
        assertTrue(asked.get(5).startsWith("POST /policies/devpki-device"), asked::toString);
        String registration = asked.get(6);
        assertTrue(
                registration.startsWith("POST /cacertificate?setAsActive=true&allowAutoRegistration=true"),
                registration);
        assertTrue(registration.contains("\"certificateMode\": \"" + mode + "\""), registration);
        assertEquals(hasCode, registration.contains("\"verificationCertificate\": \"-----BEGIN"), registration);
        assertTrue(registration.contains("\"roleArn\": \"arn:aws:iam::123456789012:role/devpki-jitp\""), registration);
    }

    @Test
    void nothingGoesIntoAnotherAccount() throws IOException {
        Path kit = awsKit();
        Path standIn = Files.createDirectory(folder.resolve("bin")).resolve("aws");
        Files.writeString(standIn, "#!/bin/sh\n[ \"$1\" = sts ] && echo 999999999999 && exit\necho \"$*\" >>asked\n");
        assertTrue(standIn.toFile().setExecutable(true));

        Finished refused = tool().with("PATH", standIn.getParent() + ":/usr/bin:/bin")
                .run("sh", kit.resolve("apply.sh").toString());

        assertEquals(1, refused.exit());
        assertEquals("these files are for account 123456789012\n", refused.err());
        assertTrue(Files.notExists(kit.resolve("asked")));
    }

    /** The Azure CLI is not in Debian: a stand-in notes what it is told, and says what the service would. */
    @Test
    void azureIsAskedForACodeFirstAndShownTheCertificateThen() throws IOException {
        Path kit = kit("azure");
        Path standIn = Files.createDirectory(folder.resolve("bin")).resolve("az");
        Files.writeString(
                standIn,
                "#!/bin/sh\necho \"$*\" | sed 's/ --dps-name my-dps --resource-group my-group//' >>asked\n"
                        + "case $* in\n"
                        + "    *' --query etag '*) [ -e made ] && echo AAAA= || exit 3 ;;\n"
                        + "    *' certificate create '*) : >made ;;\n"
                        + "    *isVerified*) echo false ;;\n"
                        + "    *generate-verification-code*) echo " + AZURE_CODE + " ;;\n"
                        + "    *'enrollment-group show'*) exit 3 ;;\n"
                        + "esac\n");
        assertTrue(standIn.toFile().setExecutable(true));
        Tool tool = tool().with("PATH", standIn.getParent() + ":/usr/bin:/bin")
                .with("DPS", "my-dps")
                .with("GROUP", "my-group");
        String script = kit.resolve("apply.sh").toString();

        Finished first = tool.run("sh", script).exiting(0);
        kit("azure", "--verification-code", AZURE_CODE);
        tool.run("sh", script).exiting(0);

        assertTrue(first.out().contains("--ca issuing-ca --verification-code " + AZURE_CODE), first::out);
        String certificate = " --certificate-name issuing-ca";
        List<String> changes = Files.readAllLines(kit.resolve("asked")).stream()
                .filter(line -> !line.contains(" show "))
                .toList();
        assertEquals(
                List.of(
                        "iot dps certificate create" + certificate + " --path ca.pem --output none",
                        "iot dps certificate generate-verification-code" + certificate
                                + " --etag AAAA= --query properties.verificationCode --output tsv",
                        "iot dps certificate verify" + certificate
                                + " --path verification.pem --etag AAAA= --output none",
                        "iot dps enrollment-group create --enrollment-id issuing-ca --certificate-path ca.pem"),
                changes);
    }

    @Test
    void thingsBoardIsGivenTheDeviceProfileAndTheTokenIsNoArgument() throws IOException {
        Path kit = kit("thingsboard");

        tool().with("TB_URL", address())
                .with("TB_TOKEN", "a.token")
                .run("sh", kit.resolve("apply.sh").toString())
                .exiting(0);

        assertEquals(
                List.of("POST /api/deviceProfile Bearer a.token "
                        + Files.readString(kit.resolve("device-profile.json"))),
                asked);
    }

    @Test
    void cumulocityIsGivenTheCertificateFirstAndTheProofThen() throws IOException {
        Path kit = kit("cumulocity");
        Files.writeString(folder.resolve(".netrc"), "machine 127.0.0.1 login admin password secret\n");
        Tool tool = tool().with("HOME", folder.toString())
                .with("C8Y_URL", address())
                .with("C8Y_TENANT", "t12345")
                .with("C8Y_FINGERPRINT", "ab12");
        String script = kit.resolve("apply.sh").toString();

        Finished first = tool.run("sh", script).exiting(0);
        kit("cumulocity", "--verification-code", CUMULOCITY_CODE);
        tool.run("sh", script).exiting(0);

        assertTrue(first.out().contains("devpki cloud kit cumulocity --ca issuing-ca"), first::out);
        String basic = "Basic " + Base64.getEncoder().encodeToString("admin:secret".getBytes(UTF_8)) + " ";
        assertEquals(
                List.of(
                        "POST /tenant/tenants/t12345/trusted-certificates " + basic
                                + Files.readString(kit.resolve("trusted-certificate.json")),
                        "POST /tenant/tenants/t12345/trusted-certificates-pop/ab12/pop " + basic
                                + Files.readString(kit.resolve("proof-of-possession.json"))),
                asked);
    }

    private String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Writes down what is asked; to the AWS CLI it says that nothing is there yet, and that all was made. */
    private void answer(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
        String token = exchange.getRequestHeaders().getFirst("X-Authorization");
        String login = exchange.getRequestHeaders().getFirst("Authorization");
        String who = token != null ? token + " " : login != null && login.startsWith("Basic") ? login + " " : "";
        asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + who
                + (body.startsWith("Action=") ? URLDecoder.decode(body, UTF_8) : body));
        boolean isMissing = body.startsWith("Action=GetRole&")
                || exchange.getRequestMethod().equals("GET");
        String answer = isMissing && body.isEmpty()
                ? "{\"message\":\"there is none\"}"
                : isMissing
                        ? "<ErrorResponse><Error><Code>NoSuchEntity</Code><Message>none</Message></Error></ErrorResponse>"
                        : body.startsWith("Action=GetCallerIdentity")
                                ? result("GetCallerIdentity", "<Account>123456789012</Account>")
                                : body.startsWith("Action=CreateRole")
                                        ? result("CreateRole", "<Role><RoleName>devpki-jitp</RoleName></Role>")
                                        : body.startsWith("Action=") ? result("AttachRolePolicy", "") : "{}";
        byte[] octets = answer.getBytes(UTF_8);
        exchange.sendResponseHeaders(isMissing ? 404 : 200, octets.length);
        exchange.getResponseBody().write(octets);
        exchange.close();
    }

    private static String result(String action, String content) {
        return "<" + action + "Response><" + action + "Result>" + content + "</" + action + "Result></" + action
                + "Response>";
    }
}
