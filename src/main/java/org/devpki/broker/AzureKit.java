package org.devpki.broker;

import static org.devpki.broker.CloudKit.object;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** Azure IoT Hub Device Provisioning Service: the CA is uploaded and verified, and an enrollment group stands on it. */
final class AzureKit {
    private static final String GROUP = "enrollment-group.json";

    private AzureKit() {}

    static Map<String, String> files(CloudPlan plan, Function<Map<String, ?>, String> json) {
        Map<String, String> files = new TreeMap<>();
        files.put(GROUP, json.apply(group(plan)));
        files.put(CloudKit.SCRIPT, script(plan));
        plan.proof().ifPresent(pem -> files.put(CloudKit.VERIFICATION, pem));
        return files;
    }

    /** As the service's REST API and SDKs have it; a root is referred to by its name, another CA is in it. */
    private static Map<String, Object> group(CloudPlan plan) {
        Map<String, Object> x509 = plan.isRoot()
                ? object("caReferences", object("primary", plan.ca()))
                : object("signingCertificates", object("primary", object("certificate", plan.certificate())));
        return object(
                "enrollmentGroupId",
                plan.ca(),
                "attestation",
                object("type", "x509", "x509", x509),
                "provisioningStatus",
                "enabled");
    }

    private static String script(CloudPlan plan) {
        String certificate = "--certificate-name " + plan.ca();
        String group = "--enrollment-id " + plan.ca();
        List<String> lines = new ArrayList<>(CloudKit.script(
                "# Uploads CA " + plan.ca()
                        + " to a Device Provisioning Service, shows that its key is here, and makes an",
                "# enrollment group for its devices, by the Azure CLI and its extension azure-iot. The code to be shown comes",
                "# from the service, so it runs twice: it says what to do in between.",
                "#   DPS=my-dps GROUP=my-group sh " + CloudKit.SCRIPT));
        lines.addAll(List.of(
                ": \"${DPS:?is the name of the provisioning service}\" \"${GROUP:?is its resource group}\"",
                "",
                "certificate() {",
                "    verb=$1",
                "    shift",
                "    az iot dps certificate \"$verb\" --dps-name \"$DPS\" --resource-group \"$GROUP\" \\",
                "        " + certificate + " \"$@\"",
                "}",
                "etag() { certificate show --query etag --output tsv; }",
                "",
                "etag >/dev/null 2>&1 || certificate create --path " + CloudKit.CA + " --output none",
                "",
                "case $(certificate show --query properties.isVerified --output tsv) in",
                "    [Tt]rue) ;;",
                "    *)",
                "        if [ ! -e " + CloudKit.VERIFICATION + " ]; then",
                "            code=$(certificate generate-verification-code --etag \"$(etag)\" \\",
                "                --query properties.verificationCode --output tsv)",
                "            echo \"next: devpki cloud kit azure --ca " + plan.ca()
                        + " --verification-code $code --out FOLDER\"",
                "            echo \"with this folder, then this script again\"",
                "            exit 0",
                "        fi",
                "        certificate verify --path " + CloudKit.VERIFICATION + " --etag \"$(etag)\" --output none",
                "        ;;",
                "esac",
                "",
                "az iot dps enrollment-group show --dps-name \"$DPS\" --resource-group \"$GROUP\" \\",
                "    " + group + " >/dev/null 2>&1 ||",
                "    az iot dps enrollment-group create --dps-name \"$DPS\" --resource-group \"$GROUP\" \\",
                "        " + group
                        + (plan.isRoot() ? " --ca-name " + plan.ca() : " --certificate-path " + CloudKit.CA)));
        return CloudKit.text(lines);
    }

    static List<String> page() {
        return List.of(
                "  ca.pem                 the CA to upload and to verify",
                "  verification.pem       shows that the CA's key is here; only with --verification-code",
                "  enrollment-group.json  what apply.sh makes, for the REST API or an SDK instead",
                "",
                "A device registers with global.azure-devices-provisioning.net, port 8883; its registration ID is the common",
                "name of its certificate and becomes its device ID in IoT Hub. It sends its certificate and its CA's. It",
                "trusts the roots that Microsoft names for both services, not yours. Topics are IoT Hub's own.");
    }
}
