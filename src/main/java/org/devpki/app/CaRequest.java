package org.devpki.app;

import java.util.Optional;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.CsrDer;
import org.devpki.model.PublicKeyDer;
import org.devpki.store.Store;
import org.devpki.x509.Csrs;

/**
 * A request for a CA's certificate that waits for its answer; a note in the ledger.
 *
 * @param order SHA-256 of what was ordered, to tell the same order from a different one
 * @param profile of the CA
 * @param keyUri where its key is
 */
record CaRequest(Bytes order, String profile, String keyUri, CsrDer csr) {
    private static final String NOTE = "ca-request ";

    /** Of a CA that is not on the ledger yet. */
    static Optional<CaRequest> waiting(Store store, CaName name) {
        return store.ca(name).isPresent() ? Optional.empty() : noted(store, name);
    }

    /** The last one, also of a CA that has its certificate. */
    static Optional<CaRequest> noted(Store store, CaName name) {
        return store.note(NOTE + name).map(text -> {
            String[] parts = text.split(" ", 4);
            return new CaRequest(Bytes.fromHex(parts[0]), parts[1], parts[3], new CsrDer(Bytes.fromHex(parts[2])));
        });
    }

    /** Whose request for a key waits in this store. */
    static Optional<CaName> waitingFor(Store store, PublicKeyDer key) {
        return store.notes(NOTE).keySet().stream()
                .map(note -> new CaName(note.substring(NOTE.length())))
                .filter(name -> waiting(store, name)
                        .filter(request -> Csrs.parse(request.csr()).publicKey().equals(key))
                        .isPresent())
                .findFirst();
    }

    void note(Store store, CaName name) {
        store.setNote(
                NOTE + name, String.join(" ", order.hex(), profile, csr.octets().hex(), keyUri));
    }
}
