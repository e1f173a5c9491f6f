package org.devpki.model;

import java.util.Optional;

/**
 * What is handed to a device.
 *
 * @param key the private key, when it was made here and not on the device
 */
public record Credential(DeviceId device, CredentialChain chain, Optional<DeviceKey> key) {}
