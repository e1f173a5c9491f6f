package org.devpki.broker;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.devpki.model.Broker;
import org.devpki.model.Kick;

/**
 * A shell script that ends sessions with the broker's own command, a line a client; POSIX, and none of it secret: where
 * the broker is and who asks comes from the tool's own files. It says which clients could not be kicked, and then ends
 * with 1. docs/kick.md names the page of each broker's manual.
 */
public final class KickScript {
    /** What one request to EMQX holds; 500 names of 64 characters are 33 kB. */
    private static final int MOST_IN_ONE_REQUEST = 500;

    private KickScript() {}

    public static String of(Broker broker, List<Kick> kicks) {
        List<String> lines = new ArrayList<>(List.of(
                "#!/bin/sh",
                "# Ends the sessions of " + kicks.size() + (kicks.size() == 1 ? " client" : " clients")
                        + " whose certificates were revoked, with what " + broker.text() + " has for it.",
                "# Run it after the broker has read the CRL that lists them: else they come straight back."));
        lines.addAll(before(broker));
        lines.addAll(
                broker == Broker.EMQX_API
                        ? requests(kicks)
                        : kicks.stream().map(kick -> line(broker, kick)).toList());
        lines.add("[ $failed = 0 ] || { echo \"$failed not kicked\" >&2; exit 1; }");
        return String.join("\n", lines) + "\n";
    }

    private static String line(Broker broker, Kick kick) {
        String client = "kick '" + kick.client() + "'"; // law 6 leaves no quote in a name
        return broker == Broker.MOSQUITTO && kick.isLiveAgain() ? client + " again" : client;
    }

    /** JSON of names that need no escapes, by law 6. */
    private static List<String> requests(List<Kick> kicks) {
        List<String> requests = new ArrayList<>();
        for (int from = 0; from < kicks.size(); from += MOST_IN_ONE_REQUEST) {
            requests.add("kick '"
                    + kicks.subList(from, Math.min(kicks.size(), from + MOST_IN_ONE_REQUEST)).stream()
                            .map(kick -> "\"" + kick.client() + "\"")
                            .collect(Collectors.joining(",", "[", "]"))
                    + "'");
        }
        return requests;
    }

    private static List<String> before(Broker broker) {
        return switch (broker) {
            case MOSQUITTO ->
                List.of(
                        "# Where the broker is, and the administrator's certificate: ~/.config/mosquitto_ctrl",
                        "failed=0",
                        "kick() {",
                        "    # it ends with 0 even where the broker says no, and with another number where there is no broker",
                        "    said=$(mosquitto_ctrl dynsec disableClient \"$1\" 2>&1) || { echo \"$said\" >&2; exit 1; }",
                        "    case $said in *Error*) echo \"$1: $said\" >&2; failed=$((failed + 1)) ;; esac",
                        "    # whoever has another certificate may come back with that one",
                        "    [ -z \"${2-}\" ] || mosquitto_ctrl dynsec enableClient \"$1\"",
                        "}");
            case EMQX ->
                List.of(
                        "# Runs on a node of the cluster. A client without a session is no failure.",
                        "failed=0",
                        "kick() { emqx ctl clients kick \"$1\" || failed=$((failed + 1)); }");
            case EMQX_API ->
                List.of(
                        "# EMQX_API is the API's address; an API key and its secret are login and password in ~/.netrc.",
                        "failed=0",
                        "kick() {",
                        "    curl -sS -f -n -H 'Content-Type: application/json' --data-binary \"$1\" \\",
                        "        \"${EMQX_API:-http://127.0.0.1:18083}/api/v5/clients/kickout/bulk\" || failed=$((failed + 1))",
                        "}");
            case VERNEMQ ->
                List.of(
                        "# Runs on a node of the cluster.",
                        "failed=0",
                        "kick() { vmq-admin session disconnect client-id=\"$1\" || failed=$((failed + 1)); }");
            case HIVEMQ ->
                List.of(
                        "# HIVEMQ_API is the API's address; user and password, if it wants them, are in ~/.netrc.",
                        "failed=0",
                        "kick() {",
                        "    status=$(curl -sS -n -o /dev/null -w '%{http_code}' -X DELETE \\",
                        "        \"${HIVEMQ_API:-http://127.0.0.1:8888}/api/v1/mqtt/clients/$1/connection\")",
                        "    # 404: there is no such client, which is as good",
                        "    case $status in 2?? | 404) ;; *) echo \"$1: $status\" >&2; failed=$((failed + 1)) ;; esac",
                        "}");
        };
    }
}
