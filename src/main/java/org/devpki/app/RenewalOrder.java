package org.devpki.app;

import java.util.Optional;
import org.devpki.model.Renewal;
import org.devpki.model.SerialNumber;

/**
 * That an order follows a certificate of its device: profile, CA and alternative names are that one's.
 *
 * @param kind RENEWED asks for the same key, unless a request brings another
 * @param of which certificate; the device's newest when absent
 */
public record RenewalOrder(Renewal.Kind kind, Optional<SerialNumber> of) {}
