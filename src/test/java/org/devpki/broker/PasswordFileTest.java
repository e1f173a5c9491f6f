package org.devpki.broker;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import org.devpki.model.BrokerKind;
import org.devpki.model.DeviceId;
import org.devpki.model.Fault;
import org.devpki.model.PasswordHash;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;

class PasswordFileTest {
    private static final String HASH =
            "8tU+IIW6reDQ6abex4IeifAQrJwKRWCf2kQubWYtSnhG99Jgj3w5d+jrkwzjQ+RshAFlCyDf06F+GkP0YMvoQQ==";
    private static final PasswordHash OURS = PasswordHash.parse("$7$1000$YWJjZGVmZ2gwMTIz$" + HASH);
    private static final PasswordHash BINARY_SALT = PasswordHash.parse("$7$1000$bzSQ/GbWjqq4gQzz$" + HASH);
    private static final PasswordHash FEW_ITERATIONS = PasswordHash.parse("$7$101$YWJjZGVmZ2gwMTIz$" + HASH);
    private static final PasswordHash SHA512 = PasswordHash.parse("$6$YWJjZGVmZ2gwMTIz$" + HASH);

    private static PasswordFile.User user(String name, PasswordHash hash) {
        return new PasswordFile.User(new DeviceId(name), hash);
    }

    private static Optional<String> obstacle(BrokerKind broker, PasswordHash hash) {
        return PasswordFile.obstacle(broker, user("d1", hash));
    }

    @Test
    void mosquittoGetsNamesAndHashesAsItsOwnProgramWritesThem() {
        assertEquals(
                "d1:$7$1000$YWJjZGVmZ2gwMTIz$" + HASH + "\nd2:$6$YWJjZGVmZ2gwMTIz$" + HASH + "\n",
                PasswordFile.of(BrokerKind.MOSQUITTO, List.of(user("d1", OURS), user("d2", SHA512)))
                        .asUtf8());
    }

    @Test
    void emqxGetsTheHashInHexAndTheSaltAsText() {
        assertEquals(
                "user_id,password_hash,salt,is_superuser\n"
                        + "d1,f2d53e2085baade0d0e9a6dec7821e89f010ac9c0a45609fda442e6d662d4a7846f7d2608f7c3977e8eb930ce343e46c"
                        + "8401650b20dfd3a17e1a43f460cbe841,abcdefgh0123,false\n",
                PasswordFile.of(BrokerKind.EMQX, List.of(user("d1", OURS))).asUtf8());
    }

    @Test
    void hivemqGetsSaltIterationsAndHashInXmlThatParses() throws Exception {
        byte[] xml = PasswordFile.of(BrokerKind.HIVEMQ, List.of(user("d1", OURS), user("aa:bb", OURS)))
                .toArray();

        Document read =
                DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new ByteArrayInputStream(xml));
        assertEquals(2, read.getElementsByTagName("user").getLength());
        assertEquals("aa:bb", read.getElementsByTagName("name").item(1).getTextContent());
        assertEquals(
                "YWJjZGVmZ2gwMTIz:1000:" + HASH,
                read.getElementsByTagName("password").item(0).getTextContent());
        assertEquals(
                "devices/${{username}}/#",
                read.getElementsByTagName("topic").item(0).getTextContent());
    }

    @Test
    void aHashThatABrokerCannotReadIsToldApart() {
        assertEquals(Optional.empty(), obstacle(BrokerKind.MOSQUITTO, SHA512));
        assertEquals(Optional.empty(), obstacle(BrokerKind.EMQX, OURS));
        assertEquals(Optional.empty(), obstacle(BrokerKind.HIVEMQ, FEW_ITERATIONS));
        assertEquals(
                Optional.of("a user name of Mosquitto has no colon"),
                PasswordFile.obstacle(BrokerKind.MOSQUITTO, user("aa:bb", OURS)));
        assertEquals(true, obstacle(BrokerKind.EMQX, BINARY_SALT).isPresent());
        assertEquals(true, obstacle(BrokerKind.EMQX, FEW_ITERATIONS).isPresent());
        assertEquals(true, obstacle(BrokerKind.EMQX, SHA512).isPresent());
        assertEquals(true, obstacle(BrokerKind.HIVEMQ, SHA512).isPresent());
    }

    @Test
    void brokersThatTakeNoSuchHashAreRefused() {
        assertFault(Fault.INVALID_INPUT, "SHA-512", () -> PasswordFile.of(BrokerKind.VERNEMQ, List.of()));
        assertFault(Fault.INVALID_INPUT, "passwords themselves", () -> PasswordFile.of(BrokerKind.NANOMQ, List.of()));
    }
}
