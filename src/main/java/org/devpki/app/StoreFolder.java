package org.devpki.app;

import java.nio.file.Path;

/** Where things are in a store. */
record StoreFolder(Path path) {
    Path settings() {
        return path.resolve("devpki.yaml");
    }

    Path ledger() {
        return path.resolve("ledger.db");
    }

    Path keys() {
        return path.resolve("keys");
    }

    /** Keys made ahead. */
    Path pool() {
        return path.resolve("pool");
    }

    Path profiles() {
        return path.resolve("profiles");
    }

    Path publish() {
        return path.resolve("publish");
    }

    /** The default shelf of CRLs. */
    Path crls() {
        return publish().resolve("crl");
    }

    /** The default shelf of OCSP answers. */
    Path ocsp() {
        return publish().resolve("ocsp");
    }

    /** The shelf of what verifies access tokens. */
    Path tokens() {
        return publish().resolve("token");
    }

    Path jwks() {
        return tokens().resolve("jwks.json");
    }

    /** The shelf of issuer certificates. */
    Path issuers() {
        return publish().resolve("ca");
    }
}
