package org.devpki.broker;

import static org.devpki.broker.CloudKit.object;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** Cumulocity: the CA becomes a trusted certificate of the tenant, and devices register themselves. */
final class CumulocityKit {
    private static final String TRUSTED = "trusted-certificate.json";
    private static final String PROOF = "proof-of-possession.json";

    private CumulocityKit() {}

    static Map<String, String> files(CloudPlan plan, Function<Map<String, ?>, String> json) {
        Map<String, String> files = new TreeMap<>();
        files.put(
                TRUSTED,
                json.apply(object(
                        "name",
                        plan.ca(),
                        "status",
                        "ENABLED",
                        "autoRegistrationEnabled",
                        true,
                        "certInPemFormat",
                        plan.certificate())));
        plan.proof()
                .ifPresent(signature ->
                        files.put(PROOF, json.apply(object("proofOfPossessionSignedVerificationCode", signature))));
        files.put(CloudKit.SCRIPT, script(plan));
        return files;
    }

    private static String script(CloudPlan plan) {
        List<String> lines = new ArrayList<>(CloudKit.script(
                "# Makes CA " + plan.ca()
                        + " a trusted certificate of a tenant, and then shows that its key is here, by",
                "# curl; user and password of an administrator are in ~/.netrc. The code to be shown comes from the first",
                "# run, so it runs twice.",
                "#   C8Y_URL=https://acme.example C8Y_TENANT=t12345 sh " + CloudKit.SCRIPT));
        lines.addAll(List.of(
                ": \"${C8Y_URL:?is the address of the tenant}\" \"${C8Y_TENANT:?is its ID}\"",
                "",
                "post() {",
                "    curl -sS -f -n -H 'Content-Type: application/json' -H 'Accept: application/json' \\",
                "        --data-binary \"@$1\" \"$C8Y_URL/tenant/tenants/$C8Y_TENANT/$2\"",
                "    echo",
                "}",
                "",
                "if [ ! -e " + PROOF + " ]; then",
                "    post " + TRUSTED + " trusted-certificates",
                "    echo 'next, with proofOfPossessionUnsignedVerificationCode of the answer and this folder:'",
                "    echo 'devpki cloud kit cumulocity --ca " + plan.ca() + " --verification-code CODE --out FOLDER'",
                "    echo 'then this script again, with fingerprint of the answer as C8Y_FINGERPRINT'",
                "else",
                "    : \"${C8Y_FINGERPRINT:?is the fingerprint that the first run was answered}\"",
                "    post " + PROOF + " \"trusted-certificates-pop/$C8Y_FINGERPRINT/pop\"",
                "fi"));
        return CloudKit.text(lines);
    }

    static List<String> page() {
        return List.of(
                "  ca.pem                    the CA that the tenant is to trust",
                "  trusted-certificate.json  the request that makes it trusted, with registration of devices by themselves",
                "  proof-of-possession.json  shows that the CA's key is here; only with --verification-code",
                "",
                "A device connects to port 8883 of the tenant, with its common name as client ID, and sends its certificate",
                "and its CA's, as the bundles of devpki have them. Topics are Cumulocity's own, such as s/us.");
    }
}
