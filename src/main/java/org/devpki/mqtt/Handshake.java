package org.devpki.mqtt;

import java.util.List;
import java.util.Optional;
import org.devpki.model.CertificateDer;

/**
 * What was seen of the broker in TLS.
 *
 * @param protocol such as {@code TLSv1.3}
 * @param cipherSuite as the IANA registry spells it
 * @param chain as the broker sent it, its own certificate first
 * @param fault why the chain is not to be believed
 */
public record Handshake(String protocol, String cipherSuite, List<CertificateDer> chain, Optional<String> fault) {
    public Handshake {
        chain = List.copyOf(chain);
    }
}
