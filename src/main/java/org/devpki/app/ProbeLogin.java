package org.devpki.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.devpki.files.WholeFiles;
import org.devpki.jose.ParsedJwt;
import org.devpki.model.CertificateDer;
import org.devpki.model.DeviceId;
import org.devpki.model.DeviceKey;
import org.devpki.model.DevpkiException;
import org.devpki.model.KeySpec;
import org.devpki.model.SecretBytes;
import org.devpki.mqtt.Login;
import org.devpki.x509.Certificates;
import org.devpki.x509.Keys;
import org.devpki.x509.LocalSigningKey;
import org.devpki.x509.ParsedTbs;
import org.devpki.x509.Seals;

/** What a device logs in with, read from what was exported for it, and the same made wrong. */
final class ProbeLogin {
    private static final int MOST_OCTETS = 1 << 20;

    // what pem and embed call the leaf with its intermediates, its key, and the root
    private static final List<String> CHAINS = List.of("chain.pem", "client_crt.pem");
    private static final List<String> KEYS = List.of("key.pem", "client_key.pem");
    private static final List<String> ROOTS = List.of("ca.pem", "server_root_ca.pem");

    private ProbeLogin() {}

    /**
     * What the device logs in with, as the broker expects it; the user name is the client ID.
     *
     * @return the caller closes it, by {@link #close}
     * @throws DevpkiException INVALID_INPUT if the folder is another device's; as {@link #shown} and {@link #secret}
     */
    static Login of(ProbeBroker.Device device) {
        Optional<SecretBytes> secret = device.password().or(device::token).map(ProbeLogin::secret);
        Login login = new Login(
                device.id().value(),
                Optional.empty(),
                secret.map(present -> device.id().value()),
                secret);
        try {
            return login.showing(device.bundle().map(folder -> shown(folder, device.id())));
        } catch (DevpkiException e) {
            close(login);
            throw e;
        }
    }

    private static Login.Shown shown(Path folder, DeviceId device) {
        Login.Shown shown = shown(folder);
        DeviceId name = name(shown);
        if (!name.equals(device)) {
            shown.key().close();
            throw DevpkiException.invalid("folder " + folder + " is of " + name + ", not of " + device);
        }
        return shown;
    }

    static void close(Login login) {
        login.password().ifPresent(SecretBytes::close);
        login.certificate().ifPresent(pair -> pair.key().close());
    }

    /**
     * @param folder as {@code device issue} writes it
     * @throws DevpkiException NOT_FOUND if the folder has no certificate and key in PEM; INVALID_INPUT if they are not one another's
     */
    static Login.Shown shown(Path folder) {
        Path chain = first(folder, CHAINS);
        Path key = first(folder, KEYS);
        try (SecretBytes secret = WholeFiles.readSecret(key, MOST_OCTETS);
                ServerIdentity pair = ServerIdentity.read(
                        WholeFiles.read(chain, MOST_OCTETS), chain.toString(), secret, key.toString())) {
            return new Login.Shown(
                    pair.chain(),
                    new DeviceKey(
                            pair.key().spec(),
                            pair.key().publicKey(),
                            pair.key().pkcs8().copy()));
        }
    }

    /** The root that the device believes, where the folder has it. */
    static Optional<Path> root(Path folder) {
        return ROOTS.stream().map(folder::resolve).filter(Files::exists).findFirst();
    }

    private static Path first(Path folder, List<String> names) {
        return names.stream()
                .map(folder::resolve)
                .filter(Files::exists)
                .findFirst()
                .orElseThrow(
                        () -> DevpkiException.notFound("folder " + folder + " has none of " + String.join(", ", names))
                                .hint(
                                        "devpki issue NAME --format pem --out FOLDER writes them; bundle open opens what is sealed"));
    }

    /** @throws DevpkiException INVALID_INPUT if the certificate has no common name that a device may have */
    static DeviceId name(Login.Shown shown) {
        List<String> names = Certificates.parse(shown.chain().get(0)).tbs().commonNames();
        if (names.size() != 1) {
            throw DevpkiException.invalid("the certificate has " + names.size() + " common names; a device's has one");
        }
        return new DeviceId(names.get(0));
    }

    /** The same certificate for the same key, by somebody who has not the CA's key; empty if nobody knows what kind that is. */
    static Optional<Login.Shown> strange(Login.Shown shown, List<CertificateDer> trusted, SecureRandom random) {
        ParsedTbs tbs = Certificates.parse(shown.chain().get(0)).tbs();
        List<CertificateDer> known =
                new ArrayList<>(shown.chain().subList(1, shown.chain().size()));
        known.addAll(trusted);
        Optional<KeySpec> kind = known.stream()
                .map(der -> Certificates.parse(der).tbs())
                .filter(ca -> ca.subject().equals(tbs.issuer()))
                .flatMap(ca -> Keys.spec(ca.publicKey()).stream())
                .findFirst();
        return kind.map(spec -> {
            List<CertificateDer> chain = new ArrayList<>(shown.chain());
            try (DeviceKey stranger = Keys.generate(spec, random)) {
                chain.set(0, new CertificateDer(Seals.seal(tbs.octets(), LocalSigningKey.of(stranger))));
            }
            return new Login.Shown(chain, shown.key());
        });
    }

    /** A password or token, of a file whose last line may end. */
    static SecretBytes secret(Path file) {
        try (SecretBytes whole = WholeFiles.readSecret(file, MOST_OCTETS)) {
            SecretBytes secret = whole.lend(octets -> {
                int end = octets.length;
                while (end > 0 && (octets[end - 1] == '\n' || octets[end - 1] == '\r')) {
                    end--;
                }
                return SecretBytes.taking(Arrays.copyOf(octets, end));
            });
            if (secret.length() == 0) {
                throw DevpkiException.invalid("file " + file + " is empty; a password or token is right");
            }
            return secret;
        }
    }

    /**
     * A token that is over.
     *
     * @throws DevpkiException INVALID_INPUT if it is none, still counts, or is another device's
     */
    static SecretBytes expired(Path file, DeviceId device, Clock clock) {
        SecretBytes secret = secret(file);
        try {
            ParsedJwt token = ParsedJwt.parse(secret.lend(octets -> new String(octets, UTF_8)), "file " + file);
            if (token.expires().filter(end -> end.isBefore(clock.instant())).isEmpty()) {
                throw DevpkiException.invalid("the token in " + file + " is not over; one that is, is right");
            }
            if (token.clientId().filter(id -> !id.equals(device.value())).isPresent()) {
                throw DevpkiException.invalid("the token in " + file + " is another device's, not of " + device);
            }
            return secret;
        } catch (DevpkiException e) {
            secret.close();
            throw e;
        }
    }

    /** The token with another signature of the same length: a letter in its middle is another one. */
    static SecretBytes forged(SecretBytes token) {
        return token.lend(octets -> {
            byte[] other = octets.clone();
            int dot = 0;
            for (int i = 0; i < other.length; i++) {
                dot = other[i] == '.' ? i : dot;
            }
            int at = dot + (other.length - dot) / 2;
            other[at] = (byte) (other[at] == 'A' ? 'B' : 'A');
            return SecretBytes.taking(other);
        });
    }
}
