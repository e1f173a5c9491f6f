package org.devpki.broker;

import java.util.Optional;
import org.devpki.model.CaName;
import org.devpki.model.Cloud;
import org.devpki.model.DevpkiException;

/**
 * What a cloud is to be told.
 *
 * @param ca the CA that issues the devices' certificates
 * @param certificate its own, PEM
 * @param isRoot whether that one is signed by itself
 * @param proof that its key is here: a certificate in PEM, or for Cumulocity a signature in Base64
 * @param account for AWS, which has the account in the names of all things
 */
public record CloudPlan(
        Cloud cloud,
        CaName ca,
        String certificate,
        boolean isRoot,
        Optional<String> proof,
        Optional<AwsAccount> account) {
    public CloudPlan {
        if ((cloud == Cloud.AWS) != account.isPresent()) {
            throw DevpkiException.invalid(
                            cloud == Cloud.AWS
                                    ? "AWS names everything by region and account, so the kit has to know both"
                                    : "a region and an account are of AWS, not of " + cloud.title())
                    .hint("devpki cloud kit aws --region eu-central-1 --account 123456789012 --out aws/");
        }
    }
}
