package org.devpki.config;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.CrlName;
import org.devpki.model.DevpkiException;
import org.devpki.model.Fault;
import org.devpki.model.Settings;
import org.devpki.model.TokenForm;
import org.devpki.model.TopicGrant;
import org.devpki.model.UrlKind;
import org.devpki.testing.Broken;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsFileTest {
    private static final Settings ALL = new Settings(
            Optional.of("Acme"),
            Map.of(
                    UrlKind.CRL, "http://crl.acme.example",
                    UrlKind.OCSP, "http://ocsp.acme.example",
                    UrlKind.CA, "http://ca.acme.example/certs/"),
            Optional.of("jdbc:sqlite:other.db"),
            "sensor",
            new CaName("line-2"),
            new Settings.CrlSettings(Duration.ofHours(36), true, 16, false, Optional.of(Duration.ofHours(2))),
            new Settings.OcspSettings(Duration.ofMinutes(90), Duration.ofHours(20), Duration.ofDays(3)),
            Optional.of("/usr/lib/softhsm/libsofthsm2.so"),
            new Settings.TokenSettings(
                    "https://id.acme.example",
                    Optional.of("mqtt"),
                    Duration.ofMinutes(10),
                    Duration.ofHours(2),
                    Duration.ofHours(3),
                    TokenForm.VERNEMQ,
                    List.of(TopicGrant.parse("publish:plant/${clientid}/#"), TopicGrant.parse("subscribe:news"))));

    private static Settings read(String text) {
        return SettingsFile.read(text, "devpki.yaml");
    }

    @Test
    void whatIsWrittenIsReadBack() {
        assertEquals(ALL, read(SettingsFile.write(ALL)));
        assertEquals(Settings.defaults(), read(SettingsFile.write(Settings.defaults())));
    }

    @Test
    void anEmptyFileSaysWhatTheDefaultsSay() {
        assertEquals(Settings.defaults(), read(""));
        assertEquals(Settings.defaults(), read("# nothing\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Acme",
                "Acme: \"Best\" \\ Co #1",
                "no",
                "Ümläut & 株式会社",
                "{name}",
                "- x",
                "\uFFFE",
                "\uFEFFx",
                "a\u2028b",
                "\uD83D\uDE00",
                "'",
                " "
            })
    void everyOrganizationsNameSurvivesTheFile(String name) {
        Settings settings = Settings.defaults().with(Optional.of(name), Map.of());

        assertEquals(Optional.of(name), read(SettingsFile.write(settings)).organization());
    }

    @Test
    void allFaultsAreToldTogether() {
        assertFault(
                Fault.INVALID_INPUT,
                "devpki.yaml has 5 faults:\n"
                        + "  devpki.yaml line 1: urls.crl: URL \"crl.acme.example\" is not plain http as in"
                        + " http://crl.acme.example, without query or fragment\n"
                        + "  devpki.yaml line 3: crl.validity: duration \"soon\" is not a number with s, m, h, d, w or y\n"
                        + "  devpki.yaml line 4: crl.idp: \"never\" is not auto or always\n"
                        + "  devpki.yaml line 5: colour: is not a key that is known here\n"
                        + "  devpki.yaml line 1: urls.ftp: is not a key that is known here",
                () -> read(
                        "urls: {crl: crl.acme.example, ftp: x}\ncrl:\n  validity: soon\n  idp: never\ncolour: red\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "crl.acme.example",
                "ftp://x/",
                "http:///x",
                "http://x/?a",
                "http://x/#a",
                "http://x/a b",
                "http://ü/",
                "javascript:alert(1)",
                "http://x/\n",
                "ldap://x/"
            })
    void whatWouldBeMisreadOnItsWayIntoACertificateIsNoUrl(String url) {
        assertFault(Fault.INVALID_INPUT, "URL ", () -> SettingsFile.url(url));
    }

    @Test
    void valuesThatContradictEachOtherAreTold() {
        assertFault(
                Fault.INVALID_INPUT,
                "devpki.yaml: CRL validity 30s is under one minute",
                () -> read("crl: {validity: 30s}"));
        assertFault(
                Fault.INVALID_INPUT,
                "under twice the validity of an answer",
                () -> read("ocsp: {validity: 1d, responder-validity: 1d}"));
        assertFault(
                Fault.INVALID_INPUT,
                "OCSP responder validity 13d is under twice the validity of an answer, 7d",
                () -> read("ocsp: {presigned-validity: 7d, responder-validity: 13d}"));
    }

    @Test
    void publishedAnswersHoldForAWeekOrForHalfTheRespondersLifeIfThatIsLess() {
        assertEquals(Duration.ofDays(7), read("").ocsp().presignedValidity());
        assertEquals(
                Duration.ofDays(7),
                read("ocsp: {responder-validity: 90d}").ocsp().presignedValidity());
        assertEquals(
                Duration.ofHours(36),
                read("ocsp: {responder-validity: 3d}")
                        .ocsp()
                        .presignedValidity()); // as it was written before there were any
    }

    @Test
    void aLibraryOfTokensIsNamedByItsWholePath() {
        assertFault(
                Fault.INVALID_INPUT,
                "PKCS #11 library \"libsofthsm2.so\" is not a whole path",
                () -> read("pkcs11: {module: libsofthsm2.so}"));
    }

    @Test
    void urlsNameTheCasFile() {
        assertEquals(Optional.of("http://crl.acme.example/issuing-ca.crl"), ALL.crlUrl(CrlName.main(CaName.ISSUING)));
        assertEquals(Optional.of("http://ca.acme.example/certs/root-ca.cer"), ALL.issuerUrl(CaName.ROOT));
        assertEquals(Optional.empty(), Settings.defaults().crlUrl(CrlName.main(CaName.ROOT)));
    }

    @Test
    void aBrokenFileIsAValueOrInvalid() {
        Broken.assertHarmless(
                "settings", Bytes.utf8(SettingsFile.write(ALL)), Fault.INVALID_INPUT, text -> read(text.asUtf8()));
    }

    @Test
    void anotherLedgerLeavesEveryOtherLineAsItIs() {
        String fresh = SettingsFile.write(Settings.defaults());
        String url = "jdbc:postgresql://db/devpki?user=devpki";
        String there = "ledger: \"" + url + "\"";

        assertEquals(fresh.replace("# ledger: jdbc:sqlite:ledger.db", there), SettingsFile.withLedger(fresh, "x", url));
        assertEquals("crl:\n  shards: 3\n" + there + "\n", SettingsFile.withLedger("crl:\n  shards: 3", "x", url));
        assertEquals(
                "# ledger: old\n" + there + "\n# end\n",
                SettingsFile.withLedger("# ledger: old\nledger: 'jdbc:sqlite:a.db' # ours\n# end\n", "x", url));
        assertFault(
                Fault.INVALID_INPUT,
                "it should be: " + there,
                () -> SettingsFile.withLedger("\"ledger\": jdbc:sqlite:a.db\n", "x", url));
    }

    @Test
    void aLedgersPasswordIsRefusedUnseen() {
        for (String url : List.of(
                "jdbc:postgresql://db/devpki?password=hunter2",
                "jdbc:postgresql://db/devpki?user=a&PassWord=hunter2",
                "jdbc:postgresql://db/devpki?sslpassword=hunter2",
                "jdbc:postgresql://devpki:hunter2@db/devpki")) {
            DevpkiException told = assertFault(
                    Fault.INVALID_INPUT, "no password in it", () -> SettingsFile.read("ledger: " + url, "devpki.yaml"));
            assertFalse(told.sentence().contains("hunter2"), told::sentence);
        }
        assertEquals(
                Optional.of("jdbc:postgresql://db/devpki?user=devpki@site"),
                SettingsFile.read("ledger: jdbc:postgresql://db/devpki?user=devpki@site", "x")
                        .ledger());
    }
}
