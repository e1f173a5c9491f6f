package org.devpki.model;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A cloud that devices log in to with certificates of a CA of one's own. docs/cloud.md names the source of each sentence. */
public enum Cloud {
    AWS(
            "AWS IoT Core",
            "a certificate is what AWS's registry says of it, and its pages speak of no CRL of a device's CA:"
                    + " aws iot update-certificate --certificate-id ID --new-status REVOKED, or INACTIVE for a while;"
                    + " a CA: aws iot update-ca-certificate --certificate-id ID --new-status INACTIVE"),
    AZURE(
            "Azure DPS",
            "its pages speak of no CRL: a disabled individual enrollment with the device's certificate keeps it from"
                    + " DPS, and disabling the device in IoT Hub ends what it has there; a CA: disable its enrollment"
                    + " group"),
    THINGSBOARD(
            "ThingsBoard",
            "its pages speak of no CRL, and its device profile would let the certificate in again: take the CA out of"
                    + " the device profile or switch its provisioning off, then delete the device or change its"
                    + " credentials"),
    CUMULOCITY(
            "Cumulocity",
            "CRL checks are off until they are switched on in the settings of trusted certificates: online, by the"
                    + " certificate's CRL distribution point, or offline, by serial numbers that are entered there and"
                    + " stay; a CA: status DISABLED");

    private final String title;
    private final String revocation;

    Cloud(String title, String revocation) {
        this.title = title;
        this.revocation = revocation;
    }

    public static Cloud parse(String text) {
        return Arrays.stream(values())
                .filter(cloud -> cloud.text().equals(text.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> DevpkiException.invalid("cloud " + Quoted.of(text) + " is not one of "
                        + Arrays.stream(values()).map(Cloud::text).collect(Collectors.joining(", "))));
    }

    /** One of them, or {@code all}. */
    public static List<Cloud> parseAll(String text) {
        return text.equalsIgnoreCase("all") ? List.of(values()) : List.of(parse(text));
    }

    /** As options, JSON and file names spell it, such as {@code thingsboard}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** As its vendor spells it. */
    public String title() {
        return title;
    }

    /** How a device or a CA is kept out there, for what devpki revokes it need not know. */
    public String revocation() {
        return revocation;
    }
}
