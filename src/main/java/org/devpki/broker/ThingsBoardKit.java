package org.devpki.broker;

import static org.devpki.broker.CloudKit.object;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** ThingsBoard 3.5 and later: a device profile that makes devices of whoever shows a certificate of the CA. */
final class ThingsBoardKit {
    private static final String PROFILE = "device-profile.json";
    private static final String SERVER = "thingsboard.conf";

    /** What ThingsBoard calls the way in. */
    private static final String STRATEGY = "X509_CERTIFICATE_CHAIN";

    private ThingsBoardKit() {}

    static Map<String, String> files(CloudPlan plan, Function<Map<String, ?>, String> json) {
        Map<String, String> files = new TreeMap<>();
        files.put(PROFILE, json.apply(profile(plan)));
        files.put(SERVER, server());
        files.put(CloudKit.SCRIPT, script(plan));
        return files;
    }

    private static Map<String, Object> profile(CloudPlan plan) {
        return object(
                "name",
                "devpki " + plan.ca(),
                "description",
                "Devices with certificates of CA " + plan.ca() + "; the common name is the device's name",
                "type",
                "DEFAULT",
                "transportType",
                "DEFAULT",
                "provisionType",
                STRATEGY,
                "profileData",
                object(
                        "configuration",
                        object("type", "DEFAULT"),
                        "transportConfiguration",
                        object("type", "DEFAULT"),
                        "provisionConfiguration",
                        object(
                                "type",
                                STRATEGY,
                                "provisionDeviceSecret", // which is where it keeps the certificate
                                plan.certificate(),
                                "certificateRegExPattern",
                                "^(.+)$", // the whole common name
                                "allowCreateNewDevicesByX509Certificate",
                                true)));
    }

    private static String server() {
        return CloudKit.text(List.of(
                "# For thingsboard.conf of a ThingsBoard of one's own, then a restart: MQTT with TLS.",
                "# devpki issue mqtt.acme.example --profile broker-server --san dns:mqtt.acme.example --format pem --out out/",
                "# makes chain.pem and key.pem; the file with the key is for the server's user alone.",
                "export MQTT_SSL_ENABLED=true",
                "export MQTT_SSL_BIND_PORT=8883",
                "export MQTT_SSL_CREDENTIALS_TYPE=PEM",
                "export MQTT_SSL_PEM_CERT=chain.pem",
                "export MQTT_SSL_PEM_KEY=key.pem",
                "# a certificate that has ended is refused; true would let it in",
                "export MQTT_SSL_SKIP_VALIDITY_CHECK_FOR_CLIENT_CERT=false"));
    }

    private static String script(CloudPlan plan) {
        List<String> lines = new ArrayList<>(CloudKit.script(
                "# Makes a device profile for devices of CA " + plan.ca() + ", by curl; importing " + PROFILE
                        + " in the",
                "# console does the same. TB_TOKEN is a token of a tenant's administrator.",
                "#   TB_URL=https://tb.acme.example TB_TOKEN=... sh " + CloudKit.SCRIPT));
        lines.addAll(List.of(
                ": \"${TB_URL:?is the address of ThingsBoard}\" \"${TB_TOKEN:?is a token of an administrator}\"",
                "",
                "# the token comes by standard input, for all on the machine see arguments",
                "printf 'X-Authorization: Bearer %s\\n' \"$TB_TOKEN\" |",
                "    curl -sS -f -H @- -H 'Content-Type: application/json' --data-binary @" + PROFILE + " \\",
                "        \"$TB_URL/api/deviceProfile\""));
        return CloudKit.text(lines);
    }

    static List<String> page() {
        return List.of(
                "  ca.pem               the CA, as it is in the device profile",
                "  device-profile.json  the device profile: to be imported in the console, or by apply.sh",
                "  thingsboard.conf     what a server of one's own needs for TLS; not for ThingsBoard Cloud",
                "",
                "A device connects to port 8883, sends its certificate and its CA's, as the bundles of devpki have them, and",
                "is made under its common name when it first connects. A renewed certificate takes the place of the old one.",
                "Topics are v1/devices/me/telemetry and the like.");
    }
}
