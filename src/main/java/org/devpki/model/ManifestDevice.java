package org.devpki.model;

import java.util.List;

/**
 * What one device of a batch got.
 *
 * @param row its ID in the batch
 * @param sha256 of the certificate's DER
 * @param files of its folder, and of what is burned into its eFuse
 */
public record ManifestDevice(String row, String name, SerialNumber serial, Bytes sha256, List<File> files) {
    /**
     * A file.
     *
     * @param name with its folder, such as {@code sensor-7/client_crt.pem}
     */
    public record File(String name, long octets, Bytes sha256) {}

    public ManifestDevice {
        files = List.copyOf(files);
    }
}
