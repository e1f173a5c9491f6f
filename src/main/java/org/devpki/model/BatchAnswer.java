package org.devpki.model;

import java.util.Optional;

/**
 * What a CA elsewhere made of a row's request.
 *
 * @param row the row's ID
 * @param name the device's
 * @param certificate absent if it was refused
 * @param why it was refused, one sentence
 */
public record BatchAnswer(String row, String name, Optional<CertificateDer> certificate, Optional<String> why) {
    public BatchAnswer {
        if (certificate.isPresent() == why.isPresent()) {
            throw DevpkiException.invalid("row " + row + " has neither a certificate nor a reason, or both");
        }
    }
}
