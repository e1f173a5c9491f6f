package org.devpki.broker;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.devpki.model.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AwsAccountTest {
    @ParameterizedTest
    @CsvSource({"eu-central-1, aws", "cn-north-1, aws-cn", "us-gov-west-1, aws-us-gov", "ap-southeast-2, aws"})
    void namesBeginWithThePartOfAwsThatTheRegionIsIn(String region, String partition) {
        AwsAccount account = new AwsAccount(region, "123456789012");

        assertEquals("arn:" + partition + ":iot:" + region + ":123456789012:client/d1", account.iot("client/d1"));
        assertEquals("arn:" + partition + ":iam::123456789012:role/r", account.role("r"));
        assertEquals("arn:" + partition + ":iam::aws:policy/p", account.managedPolicy("p"));
    }

    @Test
    void whatIsNoRegionOrAccountReachesNoScript() {
        assertFault(
                Fault.INVALID_INPUT,
                "region \"eu-central-1; rm\"",
                () -> new AwsAccount("eu-central-1; rm", "123456789012"));
        assertFault(
                Fault.INVALID_INPUT, "is not one like eu-central-1", () -> new AwsAccount("Frankfurt", "123456789012"));
        assertFault(Fault.INVALID_INPUT, "is not 12 digits", () -> new AwsAccount("eu-central-1", "12345678901"));
    }
}
