package org.devpki.model;

/**
 * A client whose session is to end.
 *
 * @param isLiveAgain whether the name has another certificate that may connect
 */
public record Kick(DeviceId client, boolean isLiveAgain) {}
