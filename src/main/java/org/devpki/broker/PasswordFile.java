package org.devpki.broker;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.devpki.model.BrokerKind;
import org.devpki.model.Bytes;
import org.devpki.model.DeviceId;
import org.devpki.model.DevpkiException;
import org.devpki.model.PasswordHash;

/**
 * User names and password hashes in the form that a broker reads. One hash of PBKDF2 with HMAC-SHA-512 serves Mosquitto,
 * EMQX and HiveMQ; each writes it in its own way. docs/password.md names where each form is from.
 */
public final class PasswordFile {
    private PasswordFile() {}

    /** A user of a broker. */
    public record User(DeviceId name, PasswordHash hash) {}

    /**
     * The file's name in a broker's configuration folder.
     *
     * @throws DevpkiException INVALID_INPUT for a broker that takes no hash of this kind
     */
    public static String name(BrokerKind broker) {
        return switch (broker) {
            case MOSQUITTO -> "passwords";
            case EMQX -> "passwords.csv";
            case HIVEMQ -> "credentials.xml";
            case VERNEMQ ->
                throw none(broker, "its vmq_passwd reads a single round of SHA-512 only, which devpki does not make");
            case NANOMQ -> throw none(broker, "its file holds the passwords themselves, which devpki does not keep");
        };
    }

    private static DevpkiException none(BrokerKind broker, String why) {
        return DevpkiException.invalid("there is no password file for " + broker.text() + ": " + why)
                .hint("mosquitto, emqx and hivemq take them; " + broker.text() + " takes certificates");
    }

    /** Why a broker cannot know a user by its password; empty where it can. */
    public static Optional<String> obstacle(BrokerKind broker, User user) {
        boolean isPbkdf2 = user.hash().form() == PasswordHash.Form.PBKDF2;
        return switch (broker) {
            case MOSQUITTO ->
                user.name().value().contains(":")
                        ? Optional.of("a user name of Mosquitto has no colon")
                        : Optional.empty();
            case EMQX ->
                isPbkdf2 && user.hash().iterations() == PasswordHash.ITERATIONS && hasTextSalt(user.hash())
                        ? Optional.empty()
                        : Optional.of(
                                "EMQX takes PBKDF2 of " + PasswordHash.ITERATIONS + " iterations with a salt of text");
            case HIVEMQ -> isPbkdf2 ? Optional.empty() : Optional.of("HiveMQ takes PBKDF2");
            case VERNEMQ, NANOMQ -> Optional.of(broker.text() + " takes no hash of this kind");
        };
    }

    private static boolean hasTextSalt(PasswordHash hash) {
        return new String(hash.salt().toArray(), StandardCharsets.ISO_8859_1).matches("[A-Za-z0-9]+");
    }

    /** @param users in the order of the file; for none of them there is an {@link #obstacle} */
    public static Bytes of(BrokerKind broker, List<User> users) {
        name(broker);
        return Bytes.utf8(
                switch (broker) {
                    case EMQX -> "user_id,password_hash,salt,is_superuser\n" + lines(users, PasswordFile::emqx);
                    case HIVEMQ -> hivemq(users);
                    case MOSQUITTO, VERNEMQ, NANOMQ ->
                        lines(users, user -> user.name() + ":" + user.hash().text());
                });
    }

    private static String lines(List<User> users, Function<User, String> line) {
        return users.stream().map(user -> line.apply(user) + "\n").collect(Collectors.joining());
    }

    private static String emqx(User user) {
        return user.name() + "," + user.hash().octets().hex() + ","
                + new String(user.hash().salt().toArray(), StandardCharsets.US_ASCII) + ",false";
    }

    /** For the File RBAC extension; law 6 leaves nothing in a name that XML would want escaped. */
    private static String hivemq(List<User> users) {
        return """
                <?xml version="1.0" encoding="UTF-8" standalone="yes"?>
                <!-- Written by devpki; the extension reads it again once a minute. -->
                <file-rbac>
                    <users>
                %s    </users>
                    <roles>
                        <role>
                            <id>device</id>
                            <permissions>
                                <permission>
                                    <topic>%s</topic>
                                </permission>
                            </permissions>
                        </role>
                    </roles>
                </file-rbac>
                """.formatted(
                        lines(
                                users,
                                user ->
                                        "        <user><name>%s</name><password>%s</password><roles><id>device</id></roles></user>"
                                                .formatted(user.name(), hivemq(user.hash()))),
                        BrokerTopics.ofDevice("${{username}}"));
    }

    private static String hivemq(PasswordHash hash) {
        Base64.Encoder base64 = Base64.getEncoder();
        return base64.encodeToString(hash.salt().toArray()) + ":" + hash.iterations() + ":"
                + base64.encodeToString(hash.octets().toArray());
    }
}
