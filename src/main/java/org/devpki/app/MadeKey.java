package org.devpki.app;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.devpki.esp.HmacKey;
import org.devpki.model.CsrDer;
import org.devpki.model.DeviceId;
import org.devpki.model.DeviceKey;
import org.devpki.model.DevpkiException;
import org.devpki.model.KeyHome;
import org.devpki.model.PublicKeyDer;
import org.devpki.model.SecretBytes;
import org.devpki.store.Store;
import org.devpki.x509.Csrs;
import org.devpki.x509.Keys;

/**
 * The key of a certificate: made here, or the public half that a request brought.
 *
 * @param hmacKey what the chip has in eFuse for it, where its home has such a key
 * @param salt what it is derived with, where it is derived
 */
record MadeKey(PublicKeyDer publicKey, Optional<DeviceKey> key, Optional<HmacKey> hmacKey, Optional<SecretBytes> salt)
        implements AutoCloseable {
    /** Any length does. */
    private static final int SALT_OCTETS = 32;

    /** Behind a device's name; no name has a space in it. */
    private static final String OF_NVS = " nvs";

    static MadeKey ofRequest(CsrDer csr) {
        return onDevice(Csrs.parse(csr).publicKey());
    }

    /** One whose private half the device has. */
    static MadeKey onDevice(PublicKeyDer key) {
        return new MadeKey(key, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /**
     * Makes the key that the home wants.
     *
     * @param given the chip's HMAC key; one is made when absent
     * @param source of keys that are not derived
     */
    static MadeKey of(KeyHome home, Optional<HmacKey> given, Supplier<DeviceKey> source, SecureRandom random) {
        return home.match(
                flash -> of(source.get(), Optional.empty(), Optional.empty()),
                ds -> of(source.get(), Optional.of(orMade(given, random)), Optional.empty()),
                ecdsa -> of(source.get(), Optional.empty(), Optional.empty()),
                hmac -> derived(orMade(given, random), random));
    }

    private static MadeKey of(DeviceKey key, Optional<HmacKey> hmacKey, Optional<SecretBytes> salt) {
        return new MadeKey(key.publicKey(), Optional.of(key), hmacKey, salt);
    }

    private static HmacKey orMade(Optional<HmacKey> given, SecureRandom random) {
        return given.orElseGet(() -> HmacKey.generate(random));
    }

    /** The key that firmware will derive; a salt that leads to no key is very rare, and another is taken. */
    private static MadeKey derived(HmacKey hmacKey, SecureRandom random) {
        while (true) {
            byte[] octets = new byte[SALT_OCTETS];
            random.nextBytes(octets);
            SecretBytes salt = SecretBytes.taking(octets);
            try (SecretBytes scalar = hmacKey.derive(salt)) {
                Optional<DeviceKey> key = Keys.ofScalar(scalar);
                if (key.isPresent()) {
                    return of(key.get(), Optional.of(hmacKey), Optional.of(salt));
                }
            }
        }
    }

    /**
     * All that is secret of it, to be kept until its certificate comes: private key, HMAC key, salt, each behind its length
     * in four octets, big-endian, which is 0 for what there is not.
     */
    SecretBytes toKeep() {
        List<Optional<SecretBytes>> parts = List.of(key.map(DeviceKey::pkcs8), hmacKey.map(HmacKey::octets), salt);
        ByteBuffer all = ByteBuffer.allocate(parts.stream()
                .mapToInt(part -> Integer.BYTES + part.map(SecretBytes::length).orElse(0))
                .sum());
        for (Optional<SecretBytes> part : parts) {
            all.putInt(part.map(SecretBytes::length).orElse(0));
            part.ifPresent(secret -> secret.lend(all::put));
        }
        return SecretBytes.taking(all.array());
    }

    /** What {@link #toKeep} kept, which was sealed and so is whole. */
    static MadeKey ofKept(SecretBytes kept) {
        return kept.lend(octets -> {
            ByteBuffer all = ByteBuffer.wrap(octets);
            try (SecretBytes pkcs8 = part(all).orElseThrow()) {
                return of(Keys.ofPkcs8(pkcs8), part(all).map(HmacKey::new), part(all));
            }
        });
    }

    private static Optional<SecretBytes> part(ByteBuffer all) {
        byte[] octets = new byte[all.getInt()];
        all.get(octets);
        return Optional.of(SecretBytes.taking(octets)).filter(part -> part.length() > 0);
    }

    /**
     * Notes in the ledger whose HMAC key this is, by a hash that leads nowhere back.
     *
     * @throws DevpkiException CONFLICT if it is another device's, or this one's for its NVS
     */
    static void claim(HmacKey key, DeviceId device, Store store) {
        claim(key.octets(), device.value(), store);
    }

    /** The same of the key that the device's NVS is encrypted under. */
    static void claimForNvs(SecretBytes key, DeviceId device, Store store) {
        claim(key, device.value() + OF_NVS, store);
    }

    /** Before the SHA-256 of a key, in the note of whose it is. */
    static final String CLAIM = "hmac-key ";

    private static void claim(SecretBytes key, String owner, Store store) {
        String note = CLAIM + key.sha256().hex();
        Optional<String> before = store.note(note);
        before.filter(name -> !name.equals(owner)).ifPresent(name -> {
            String whose =
                    name.endsWith(OF_NVS) ? name.replace(OF_NVS, "'s already, for its NVS") : name + "'s already";
            throw DevpkiException.conflict(
                    "this HMAC key is " + whose + "; each device has its own, and another for NVS");
        });
        if (before.isEmpty()) {
            store.setNote(note, owner);
        }
    }

    @Override
    public void close() {
        key.ifPresent(DeviceKey::close);
        hmacKey.ifPresent(HmacKey::close);
    }
}
