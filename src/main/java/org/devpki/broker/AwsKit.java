package org.devpki.broker;

import static org.devpki.broker.CloudKit.object;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** AWS IoT Core: the CA is registered with a template by which a device's first connection makes its thing. */
final class AwsKit {
    private static final String POLICY = "policy.json";
    private static final String REGISTRATION = "registration-config.json";
    private static final String TRUST = "role-trust.json";

    /** One for all devices: what differs is in the policy's variables. */
    private static final String POLICY_NAME = "devpki-device";

    private static final String ROLE_NAME = "devpki-jitp";

    private static final String COMMON_NAME = "AWS::IoT::Certificate::CommonName";
    private static final String ID = "AWS::IoT::Certificate::Id";

    /** AWS puts the common name of the device's certificate there. */
    private static final String DEVICE = "${iot:Certificate.Subject.CommonName}";

    private AwsKit() {}

    static Map<String, String> files(CloudPlan plan, Function<Map<String, ?>, String> json) {
        AwsAccount account = plan.account().orElseThrow();
        Map<String, String> files = new TreeMap<>();
        files.put(POLICY, json.apply(policy(account)));
        files.put(
                REGISTRATION,
                json.apply(object("templateBody", json.apply(template()).strip(), "roleArn", account.role(ROLE_NAME))));
        files.put(TRUST, json.apply(trust()));
        files.put(CloudKit.SCRIPT, script(plan, account));
        plan.proof().ifPresent(pem -> files.put(CloudKit.VERIFICATION, pem));
        return files;
    }

    /** A device connects under its own name alone, and its topics are those that brokers are told of too. */
    private static Map<String, Object> policy(AwsAccount account) {
        String topics = BrokerTopics.ofDevice(DEVICE).replace("#", "*");
        return object(
                "Version",
                "2012-10-17", // of the policy language; there is no later one
                "Statement",
                List.of(
                        allow("iot:Connect", account.iot("client/" + DEVICE)),
                        object(
                                "Effect",
                                "Allow",
                                "Action",
                                List.of("iot:Publish", "iot:Receive"),
                                "Resource",
                                account.iot("topic/" + topics)),
                        allow("iot:Subscribe", account.iot("topicfilter/" + topics))));
    }

    private static Map<String, Object> allow(String action, String resource) {
        return object("Effect", "Allow", "Action", action, "Resource", resource);
    }

    private static Map<String, Object> template() {
        Map<String, Object> text = object("Type", "String");
        return object(
                "Parameters",
                object(COMMON_NAME, text, ID, text),
                "Resources",
                object(
                        "thing",
                        object(
                                "Type",
                                "AWS::IoT::Thing",
                                "Properties",
                                object("ThingName", object("Ref", COMMON_NAME))),
                        "certificate",
                        object(
                                "Type",
                                "AWS::IoT::Certificate",
                                "Properties",
                                object("CertificateId", object("Ref", ID), "Status", "ACTIVE")),
                        "policy",
                        object("Type", "AWS::IoT::Policy", "Properties", object("PolicyName", POLICY_NAME))));
    }

    private static Map<String, Object> trust() {
        return object(
                "Version",
                "2012-10-17",
                "Statement",
                List.of(object(
                        "Effect",
                        "Allow",
                        "Principal",
                        object("Service", "iot.amazonaws.com"),
                        "Action",
                        "sts:AssumeRole")));
    }

    private static String script(CloudPlan plan, AwsAccount account) {
        List<String> lines = new ArrayList<>(CloudKit.script(
                "# Registers CA " + plan.ca() + " with AWS IoT Core in " + account.region() + ", account "
                        + account.id() + ",",
                "# by the AWS CLI, version 2. From then on a device of the CA is let in, and gets a thing and the policy,",
                "# when it first connects."));
        lines.addAll(List.of(
                "export AWS_REGION=" + account.region() + " AWS_DEFAULT_REGION=" + account.region(),
                "",
                "# not into another account than the files were written for",
                "[ \"$(aws sts get-caller-identity --query Account --output text)\" = " + account.id() + " ] || {",
                "    echo \"these files are for account " + account.id() + "\" >&2",
                "    exit 1",
                "}",
                "",
                "# the role in which AWS IoT makes things; a new one may take some seconds until it counts",
                "aws iam get-role --role-name " + ROLE_NAME + " >/dev/null 2>&1 || {",
                "    aws iam create-role --role-name " + ROLE_NAME + " --assume-role-policy-document file://" + TRUST,
                "    aws iam attach-role-policy --role-name " + ROLE_NAME + " \\",
                "        --policy-arn " + account.managedPolicy("service-role/AWSIoTThingsRegistration"),
                "}",
                "",
                "# what a device may do: connect under its own name, publish and subscribe below its own topics",
                "aws iot get-policy --policy-name " + POLICY_NAME + " >/dev/null 2>&1 ||",
                "    aws iot create-policy --policy-name " + POLICY_NAME + " --policy-document file://" + POLICY,
                "",
                "# DEFAULT: one account in the region has the CA, and shows that it has the key; SNI_ONLY: several may",
                "# have it, and nothing is shown",
                "if [ -e " + CloudKit.VERIFICATION + " ]; then",
                "    set -- --certificate-mode DEFAULT --verification-certificate file://" + CloudKit.VERIFICATION,
                "else",
                "    set -- --certificate-mode SNI_ONLY",
                "fi",
                "aws iot register-ca-certificate --ca-certificate file://" + CloudKit.CA + " \"$@\" \\",
                "    --set-as-active --allow-auto-registration --registration-config file://" + REGISTRATION));
        return CloudKit.text(lines);
    }

    static List<String> page() {
        return List.of(
                "  ca.pem                    the CA to register; it has to be the one that signs devices, not its root",
                "  verification.pem          shows that the CA's key is here, for mode DEFAULT; only with --registration-code",
                "  policy.json               what a device may do",
                "  registration-config.json  the template by which its first connection makes its thing",
                "  role-trust.json           lets AWS IoT take the role that makes things",
                "",
                "A device connects to what aws iot describe-endpoint --endpoint-type iot:Data-ATS says, port 8883, with the",
                "name of that host in TLS (SNI), and trusts Amazon's root CA there, not yours. Its client ID is its common",
                "name. Its own certificate is enough.");
    }
}
