package org.devpki.keys;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.devpki.keys.Cryptoki.Attribute;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.devpki.model.Passphrases;
import org.devpki.model.SecretBytes;

/** A session with the token that a URI names, logged in. */
final class TokenSession implements AutoCloseable {
    private final Cryptoki cryptoki;
    private final Pkcs11Uri uri;
    private final Cryptoki.Session session;

    private TokenSession(Cryptoki cryptoki, Pkcs11Uri uri, Cryptoki.Session session) {
        this.cryptoki = cryptoki;
        this.uri = uri;
        this.session = session;
    }

    /** @throws DevpkiException KEY_UNAVAILABLE if the token is not there, or its PIN is not to be had or another */
    static TokenSession open(Cryptoki cryptoki, Pkcs11Uri uri, Passphrases passphrases, boolean isWriting) {
        try {
            Cryptoki.Token token = token(cryptoki, uri);
            TokenSession session = new TokenSession(cryptoki, uri, cryptoki.open(token, isWriting));
            boolean isLoggedIn = false;
            try {
                session.login(token, passphrases);
                isLoggedIn = true;
                return session;
            } finally {
                if (!isLoggedIn) {
                    session.close();
                }
            }
        } catch (CryptokiFault e) {
            throw unavailable(uri, e);
        }
    }

    private void login(Cryptoki.Token token, Passphrases passphrases) {
        if (!Cryptoki.wantsPin(token)) {
            cryptoki.login(session, token, Optional.empty());
            return;
        }
        try (SecretBytes pin = pin(uri, passphrases)) {
            cryptoki.login(session, token, Optional.of(pin));
        }
    }

    private static Cryptoki.Token token(Cryptoki cryptoki, Pkcs11Uri uri) {
        long starts = cryptoki.starts();
        List<Cryptoki.Token> fitting = fitting(cryptoki, uri);
        if (fitting.isEmpty()) { // it may have come since the library looked
            cryptoki.restart(starts);
            fitting = fitting(cryptoki, uri);
        }
        if (fitting.isEmpty()) {
            throw DevpkiException.keyUnavailable(uri.tokenText() + " is not there: no slot of " + cryptoki + " has it")
                    .hint("put it in, and run the same again; devpki key list --open tells whether it is found");
        }
        if (fitting.size() > 1) {
            throw DevpkiException.keyUnavailable(uri.tokenText() + " is there " + fitting.size()
                    + " times; serial= in the key's URI tells them apart");
        }
        return fitting.get(0);
    }

    private static List<Cryptoki.Token> fitting(Cryptoki cryptoki, Pkcs11Uri uri) {
        return cryptoki.tokens().stream().filter(uri::fits).toList();
    }

    private static SecretBytes pin(Pkcs11Uri uri, Passphrases passphrases) {
        return uri.pinSource().map(passphrases::pinIn).orElseGet(() -> passphrases.pinFor(uri.tokenText()));
    }

    /** One sentence for what a library answered. */
    static DevpkiException unavailable(Pkcs11Uri uri, CryptokiFault fault) {
        String sentence = uri.tokenText()
                + (fault.is(CryptokiFault.PIN_INCORRECT)
                        ? " refuses the PIN, which is not tried again"
                        : fault.is(CryptokiFault.PIN_LOCKED)
                                ? " is locked, for its PIN was wrong too often"
                                : " cannot be reached (" + fault.text() + "); it must be in its slot, and ready");
        return DevpkiException.keyUnavailable(sentence).causedBy(fault);
    }

    /** The private key that the URI names; empty if the token has none. */
    Optional<Long> privateKey() {
        List<Long> found = cryptoki.find(session, wanted(Cryptoki.PRIVATE_KEY));
        if (found.size() > 1) {
            throw DevpkiException.keyUnavailable(uri.tokenText() + " has more than one private " + uri.keyText()
                    + "; object= and id= together tell them apart");
        }
        return found.stream().findFirst();
    }

    /** The public key beside a private one, with the same id. */
    Optional<Long> publicKey(long privateKey) {
        Optional<Bytes> id = attribute(privateKey, Cryptoki.ID);
        List<Attribute> wanted = id.map(value ->
                        List.of(Attribute.of(Cryptoki.CLASS, Cryptoki.PUBLIC_KEY), new Attribute(Cryptoki.ID, value)))
                .orElseGet(() -> wanted(Cryptoki.PUBLIC_KEY));
        return cryptoki.find(session, wanted).stream().findFirst();
    }

    private List<Attribute> wanted(long kind) {
        List<Attribute> wanted = new ArrayList<>(List.of(Attribute.of(Cryptoki.CLASS, kind)));
        uri.object().ifPresent(label -> wanted.add(Attribute.of(Cryptoki.LABEL, label)));
        uri.id().ifPresent(id -> wanted.add(new Attribute(Cryptoki.ID, id)));
        return wanted;
    }

    Optional<Bytes> attribute(long object, long type) {
        return cryptoki.attribute(session, object, type);
    }

    void generate(long mechanism, List<Attribute> ofPublic, List<Attribute> ofPrivate) {
        cryptoki.generate(session, mechanism, ofPublic, ofPrivate);
    }

    byte[] sign(long key, long mechanism, Bytes octets) {
        return cryptoki.sign(session, key, mechanism, octets);
    }

    /** Has the library look at its slots again, which ends this session and all others. */
    void restart() {
        cryptoki.restart(session.starts());
    }

    @Override
    public void close() {
        cryptoki.close(session);
    }
}
