package org.devpki.app;

import org.devpki.model.Bytes;

/** Where OCSP answers come from: a responder, or a folder of answers that were signed before. */
public interface OcspSource {
    /** What people call it, such as its URL. */
    String place();

    /**
     * The answer to a request, both DER.
     *
     * @throws org.devpki.model.DevpkiException NOT_FOUND if there is none, and why
     */
    Bytes answer(Bytes request);
}
