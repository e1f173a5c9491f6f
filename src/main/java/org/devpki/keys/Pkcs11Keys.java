package org.devpki.keys;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.devpki.keys.Cryptoki.Attribute;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.devpki.model.KeySpec;
import org.devpki.model.Passphrases;
import org.devpki.model.PublicKeyDer;
import org.devpki.model.SignatureAlgorithm;
import org.devpki.x509.Keys;
import org.devpki.x509.SigningKey;
import org.devpki.x509.TokenForms;

/** {@code pkcs11:} keys: in a token, which they never leave; docs/adr/0020-pkcs11.md says how they are reached. */
public final class Pkcs11Keys implements KeyBackend {
    private static final int ID_OCTETS = 16;
    private static final Bytes F4 = Bytes.of(new byte[] {1, 0, 1});

    @Override
    public String scheme() {
        return Pkcs11Uri.SCHEME;
    }

    @Override
    public SigningKey create(KeyPlace place, KeySpec spec, Passphrases passphrases, SecureRandom random) {
        byte[] id = new byte[ID_OCTETS];
        random.nextBytes(id);
        return createFor(Bytes.of(id), place, spec, passphrases, random);
    }

    @Override
    public void refuse(KeyPlace place, KeySpec spec, Passphrases passphrases) {
        Pkcs11Uri uri = labelled(place);
        mechanism(spec);
        try (TokenSession session = TokenSession.open(cryptoki(uri, place), uri, passphrases, true)) {
            session.privateKey();
        } catch (CryptokiFault e) {
            throw TokenSession.unavailable(uri, e);
        }
    }

    private static Pkcs11Uri labelled(KeyPlace place) {
        Pkcs11Uri uri = Pkcs11Uri.parse(place.uri());
        if (uri.object().isEmpty()) {
            throw DevpkiException.invalid("a key that is made in a token needs a label: object= in its URI");
        }
        return uri;
    }

    /** The owner is the key's id, where the URI names none: so its own key is known again. */
    @Override
    public SigningKey createFor(
            Bytes owner, KeyPlace place, KeySpec spec, Passphrases passphrases, SecureRandom random) {
        Pkcs11Uri uri = labelled(place);
        long mechanism = mechanism(spec);
        Cryptoki cryptoki = cryptoki(uri, place);
        try (TokenSession session = TokenSession.open(cryptoki, uri, passphrases, true)) {
            Optional<Long> there = session.privateKey();
            boolean isOwn = uri.id().isEmpty()
                    && there.flatMap(key -> session.attribute(key, Cryptoki.ID)).equals(Optional.of(owner));
            if (there.isPresent() && !isOwn) {
                throw DevpkiException.conflict(uri.tokenText() + " has a private " + uri.keyText()
                                + " already, and it is never replaced")
                        .hint("--found-keys takes the keys that are there");
            }
            if (there.isEmpty()) {
                Bytes id = uri.id().orElse(owner);
                session.generate(mechanism, ofPublic(uri, spec, id), ofPrivate(uri, id));
            }
            return found(cryptoki, session, uri, spec, passphrases);
        } catch (CryptokiFault e) {
            throw TokenSession.unavailable(uri, e);
        }
    }

    private static long mechanism(KeySpec spec) {
        return spec.match(
                ec -> Cryptoki.EC_KEY_PAIR_GEN,
                rsa -> Cryptoki.RSA_KEY_PAIR_GEN,
                ed -> {
                    throw notInTokens(spec);
                },
                ml -> {
                    throw notInTokens(spec);
                });
    }

    private static List<Attribute> ofPublic(Pkcs11Uri uri, KeySpec spec, Bytes id) {
        List<Attribute> wanted = named(uri, id);
        wanted.add(Attribute.of(Cryptoki.VERIFY, true));
        spec.match(
                ec -> wanted.add(new Attribute(Cryptoki.EC_PARAMS, TokenForms.parameters(ec.curve()))),
                rsa -> wanted.add(Attribute.of(Cryptoki.MODULUS_BITS, rsa.bits()))
                        && wanted.add(new Attribute(Cryptoki.PUBLIC_EXPONENT, F4)),
                ed -> {
                    throw notInTokens(spec);
                },
                ml -> {
                    throw notInTokens(spec);
                });
        return wanted;
    }

    private static List<Attribute> ofPrivate(Pkcs11Uri uri, Bytes id) {
        List<Attribute> wanted = named(uri, id);
        wanted.add(Attribute.of(Cryptoki.PRIVATE, true));
        wanted.add(Attribute.of(Cryptoki.SENSITIVE, true));
        wanted.add(Attribute.of(Cryptoki.EXTRACTABLE, false));
        wanted.add(Attribute.of(Cryptoki.SIGN, true));
        return wanted;
    }

    private static List<Attribute> named(Pkcs11Uri uri, Bytes id) {
        List<Attribute> wanted = new ArrayList<>(List.of(Attribute.of(Cryptoki.TOKEN, true)));
        uri.object().ifPresent(label -> wanted.add(Attribute.of(Cryptoki.LABEL, label)));
        wanted.add(new Attribute(Cryptoki.ID, id));
        return wanted;
    }

    private static DevpkiException notInTokens(KeySpec spec) {
        return DevpkiException.invalid("a key of kind " + spec.text() + " is not made in tokens; P-256, P-384, P-521,"
                + " RSA-2048, RSA-3072 and RSA-4096 are");
    }

    @Override
    public SigningKey find(KeyPlace place, KeySpec spec, Passphrases passphrases) {
        Pkcs11Uri uri = Pkcs11Uri.parse(place.uri());
        Cryptoki cryptoki = cryptoki(uri, place);
        try (TokenSession session = TokenSession.open(cryptoki, uri, passphrases, false)) {
            return found(cryptoki, session, uri, spec, passphrases);
        } catch (CryptokiFault e) {
            throw TokenSession.unavailable(uri, e);
        }
    }

    private static SigningKey found(
            Cryptoki cryptoki, TokenSession session, Pkcs11Uri uri, KeySpec spec, Passphrases passphrases) {
        PublicKeyDer publicKey = publicKey(session, uri);
        Optional<KeySpec> found = Keys.spec(publicKey);
        if (!found.equals(Optional.of(spec))) {
            throw DevpkiException.keyUnavailable(uri.keyText() + " in " + uri.tokenText() + " is of kind "
                    + found.map(KeySpec::text).orElse("unknown here") + ", and " + spec.text() + " was asked for");
        }
        return TokenKey.open(cryptoki, uri, passphrases, publicKey, SignatureAlgorithm.of(spec));
    }

    private static PublicKeyDer publicKey(TokenSession session, Pkcs11Uri uri) {
        long privateKey = session.privateKey()
                .orElseThrow(
                        () -> DevpkiException.keyUnavailable(uri.tokenText() + " has no private " + uri.keyText()));
        long named = session.publicKey(privateKey).orElse(privateKey); // an RSA key has both halves' numbers
        Optional<Bytes> parameters = session.attribute(named, Cryptoki.EC_PARAMS);
        Optional<Bytes> point = session.attribute(named, Cryptoki.EC_POINT);
        if (parameters.isPresent() && point.isPresent()) {
            return TokenForms.ecKey(parameters.get().toArray(), point.get().toArray());
        }
        Optional<Bytes> modulus = session.attribute(named, Cryptoki.MODULUS);
        Optional<Bytes> exponent = session.attribute(named, Cryptoki.PUBLIC_EXPONENT);
        if (modulus.isPresent() && exponent.isPresent()) {
            return TokenForms.rsaKey(modulus.get().toArray(), exponent.get().toArray());
        }
        throw DevpkiException.keyUnavailable(uri.tokenText() + " has the private " + uri.keyText()
                + " without its public key, which must be there under the same id");
    }

    /** A token tells its keys to nobody without a PIN, so this is not asked. */
    @Override
    public boolean has(KeyPlace place) {
        return true;
    }

    @Override
    public Keeping keeping(KeyPlace place) {
        return new Keeping("PKCS #11 " + Pkcs11Uri.parse(place.uri()).tokenText(), false);
    }

    @Override
    public SigningKey open(KeyPlace place, PublicKeyDer publicKey, Passphrases passphrases) {
        Pkcs11Uri uri = Pkcs11Uri.parse(place.uri());
        KeySpec spec = Keys.spec(publicKey).orElseThrow();
        return TokenKey.open(cryptoki(uri, place), uri, passphrases, publicKey, SignatureAlgorithm.of(spec));
    }

    private static Cryptoki cryptoki(Pkcs11Uri uri, KeyPlace place) {
        return Cryptoki.of(uri.module()
                .or(place::module)
                .orElseThrow(() -> DevpkiException.keyUnavailable(
                                "no PKCS #11 library is named for " + uri.keyText() + " in " + uri.tokenText())
                        .hint("pkcs11.module in devpki.yaml names it, or init --pkcs11-module")));
    }
}
