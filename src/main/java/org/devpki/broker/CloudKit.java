package org.devpki.broker;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.devpki.model.Cloud;

/**
 * A folder that makes a cloud take devices of a CA: what the cloud reads, a script that hands it over, and a page that says
 * what is what. None of it is secret. docs/cloud.md names the vendor's page for each fact.
 */
public final class CloudKit {
    /** The CA's certificate, PEM. */
    static final String CA = "ca.pem";
    /** The certificate that shows the CA's key, PEM. */
    static final String VERIFICATION = "verification.pem";

    static final String SCRIPT = "apply.sh";
    private static final String PAGE = "README.txt";

    private CloudKit() {}

    /**
     * The texts by the names of their files.
     *
     * @param json writes an object as JSON
     */
    public static Map<String, String> of(CloudPlan plan, Function<Map<String, ?>, String> json) {
        Map<String, String> files = new TreeMap<>();
        files.put(CA, plan.certificate());
        files.putAll(
                switch (plan.cloud()) {
                    case AWS -> AwsKit.files(plan, json);
                    case AZURE -> AzureKit.files(plan, json);
                    case THINGSBOARD -> ThingsBoardKit.files(plan, json);
                    case CUMULOCITY -> CumulocityKit.files(plan, json);
                });
        files.put(PAGE, page(plan));
        return files;
    }

    private static String page(CloudPlan plan) {
        Cloud cloud = plan.cloud();
        List<String> lines = new ArrayList<>(List.of(
                cloud.title() + ": devices of CA " + plan.ca(),
                "",
                "Written by devpki cloud kit " + cloud.text()
                        + " after the vendor's documentation. Nobody ran it against the",
                "cloud before: read apply.sh, then run sh apply.sh, and try one device before the fleet.",
                "",
                "What is here:"));
        lines.addAll(
                switch (cloud) {
                    case AWS -> AwsKit.page();
                    case AZURE -> AzureKit.page();
                    case THINGSBOARD -> ThingsBoardKit.page();
                    case CUMULOCITY -> CumulocityKit.page();
                });
        lines.addAll(List.of("", "To revoke: " + cloud.revocation() + "."));
        return text(lines);
    }

    static String text(List<String> lines) {
        return String.join("\n", lines) + "\n";
    }

    /** The head of a script. */
    static List<String> script(String... comment) {
        List<String> lines = new ArrayList<>(List.of("#!/bin/sh"));
        lines.addAll(List.of(comment));
        lines.addAll(List.of("set -eu", "cd \"$(dirname \"$0\")\""));
        return lines;
    }

    /** A JSON object, its members in order. */
    static Map<String, Object> object(Object... namesAndValues) {
        Map<String, Object> members = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            members.put(namesAndValues[i].toString(), namesAndValues[i + 1]);
        }
        return members;
    }
}
