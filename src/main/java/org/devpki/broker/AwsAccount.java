package org.devpki.broker;

import java.util.regex.Pattern;
import org.devpki.model.DevpkiException;
import org.devpki.model.Quoted;

/**
 * Where in AWS.
 *
 * @param region such as {@code eu-central-1}
 * @param id 12 digits
 */
public record AwsAccount(String region, String id) {
    private static final Pattern REGION = Pattern.compile("[a-z]{2}(?:-[a-z]+)+-[0-9]{1,2}");
    private static final Pattern ID = Pattern.compile("[0-9]{12}");

    public AwsAccount {
        if (!REGION.matcher(region).matches()) {
            throw DevpkiException.invalid("region " + Quoted.of(region) + " is not one like eu-central-1");
        }
        if (!ID.matcher(id).matches()) {
            throw DevpkiException.invalid("account " + Quoted.of(id) + " is not 12 digits");
        }
    }

    /** The part of AWS that the region is in, as ARNs begin. */
    String partition() {
        return region.startsWith("cn-") ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
    }

    /** The name of something of AWS IoT there, such as {@code topic/devices/d1}. */
    String iot(String resource) {
        return "arn:" + partition() + ":iot:" + region + ":" + id + ":" + resource;
    }

    /** The name of a role of the account. */
    String role(String name) {
        return "arn:" + partition() + ":iam::" + id + ":role/" + name;
    }

    /** The name of a policy that AWS itself keeps. */
    String managedPolicy(String name) {
        return "arn:" + partition() + ":iam::aws:policy/" + name;
    }
}
