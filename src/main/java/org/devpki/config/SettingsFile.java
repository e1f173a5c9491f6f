package org.devpki.config;

import java.net.URI;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.devpki.model.CaName;
import org.devpki.model.DevpkiException;
import org.devpki.model.Durations;
import org.devpki.model.Quoted;
import org.devpki.model.Settings;
import org.devpki.model.TokenForm;
import org.devpki.model.TopicGrant;
import org.devpki.model.UrlKind;

/** {@code devpki.yaml}: read strictly, and written once, by {@code init}. */
public final class SettingsFile {
    private static final Pattern PASSWORD = Pattern.compile("password=|//[^/?]*@", Pattern.CASE_INSENSITIVE);

    private SettingsFile() {}

    /** @throws DevpkiException INVALID_INPUT with every fault of the file */
    public static Settings read(String text, String origin) {
        Settings standard = Settings.defaults();
        YamlFile file = YamlFile.parse(text, origin);
        YamlFile urls = file.section("urls");
        Map<UrlKind, String> found = new EnumMap<>(UrlKind.class);
        for (UrlKind kind : UrlKind.values()) {
            urls.scalar(kind.text(), SettingsFile::url).ifPresent(url -> found.put(kind, url));
        }
        var organization = file.text("organization").filter(name -> !name.isEmpty());
        var ledger = file.scalar("ledger", SettingsFile::ledger);
        YamlFile defaults = file.section("defaults");
        String profile = defaults.text("profile").orElse(standard.defaultProfile());
        CaName ca = defaults.scalar("ca", CaName::new).orElse(standard.defaultCa());
        YamlFile crl = file.section("crl");
        Duration crlValidity =
                crl.scalar("validity", Durations::parse).orElse(standard.crl().validity());
        boolean isIdpAlways =
                crl.scalar("idp", SettingsFile::isAlways).orElse(standard.crl().isIdpAlways());
        int shards =
                crl.scalar("shards", SettingsFile::count).orElse(standard.crl().shards());
        boolean isComplete = crl.scalar("complete", SettingsFile::isTrue)
                .orElse(standard.crl().isComplete());
        Optional<Duration> deltaValidity = crl.scalar("delta-validity", Durations::parse);
        YamlFile ocsp = file.section("ocsp");
        Duration ocspValidity =
                ocsp.scalar("validity", Durations::parse).orElse(standard.ocsp().validity());
        Duration responderValidity = ocsp.scalar("responder-validity", Durations::parse)
                .orElse(standard.ocsp().responderValidity());
        Optional<Duration> presigned = ocsp.scalar("presigned-validity", Durations::parse);
        Optional<String> pkcs11Module = file.section("pkcs11").scalar("module", SettingsFile::module);
        Supplier<Settings.TokenSettings> tokens = tokens(file.section("tokens"), standard.tokens());
        file.done();
        try {
            return new Settings(
                    organization,
                    found,
                    ledger,
                    profile,
                    ca,
                    new Settings.CrlSettings(crlValidity, isIdpAlways, shards, isComplete, deltaValidity),
                    presigned
                            .map(given -> new Settings.OcspSettings(ocspValidity, given, responderValidity))
                            .orElseGet(() -> new Settings.OcspSettings(ocspValidity, responderValidity)),
                    pkcs11Module,
                    tokens.get());
        } catch (DevpkiException e) {
            throw DevpkiException.invalid(origin + ": " + e.sentence()).causedBy(e);
        }
    }

    private static Supplier<Settings.TokenSettings> tokens(YamlFile tokens, Settings.TokenSettings standard) {
        String issuer = tokens.scalar("issuer", SettingsFile::name).orElse(standard.issuer());
        Optional<String> audience = tokens.scalar("audience", SettingsFile::name);
        Duration validity = tokens.scalar("validity", Durations::parse).orElse(standard.validity());
        Duration longest = tokens.scalar("max-validity", Durations::parse).orElse(standard.longest());
        Duration keyLead = tokens.scalar("key-lead", Durations::parse).orElse(standard.keyLead());
        TokenForm form = tokens.scalar("format", TokenForm::parse).orElse(standard.form());
        List<TopicGrant> grants = tokens.list("acl", TopicGrant::parse);
        return () -> new Settings.TokenSettings(
                issuer, audience, validity, longest, keyLead, form, grants.isEmpty() ? standard.grants() : grants);
    }

    private static String name(String text) {
        if (text.isBlank() || text.length() > 256) {
            throw DevpkiException.invalid(Quoted.of(text) + " is not a name or URL of 1 to 256 characters");
        }
        return text;
    }

    /** The text of a settings file that says this; defaults stand there as comments. */
    public static String write(Settings settings) {
        StringBuilder text =
                new StringBuilder("# Settings of this devpki store; docs/settings.md describes every key.\n");
        text.append(settings.organization()
                .map(name -> "organization: " + scalar(name) + "\n")
                .orElse("# organization:\n"));
        text.append(settings.urls().isEmpty() ? "# urls:\n" : "urls:\n");
        for (UrlKind kind : UrlKind.values()) {
            String url = settings.urls().get(kind);
            text.append(url == null ? "#   " + kind.text() + ":\n" : "  " + kind.text() + ": " + scalar(url) + "\n");
        }
        text.append(settings.ledger()
                .map(url -> "ledger: " + scalar(url) + "\n")
                .orElse("# ledger: jdbc:sqlite:ledger.db\n"));
        return text.append("defaults:\n  profile: ")
                .append(settings.defaultProfile())
                .append("\n  ca: ")
                .append(settings.defaultCa())
                .append("\ncrl:\n  validity: ")
                .append(Durations.format(settings.crl().validity()))
                .append("\n  idp: ")
                .append(settings.crl().isIdpAlways() ? "always" : "auto")
                .append("\n  shards: ")
                .append(settings.crl().shards())
                .append("\n  complete: ")
                .append(settings.crl().isComplete())
                .append(settings.crl()
                        .deltaValidity()
                        .map(delta -> "\n  delta-validity: " + Durations.format(delta))
                        .orElse("\n  # delta-validity: 1h"))
                .append("\nocsp:\n  validity: ")
                .append(Durations.format(settings.ocsp().validity()))
                .append("\n  presigned-validity: ")
                .append(Durations.format(settings.ocsp().presignedValidity()))
                .append("\n  responder-validity: ")
                .append(Durations.format(settings.ocsp().responderValidity()))
                .append(settings.pkcs11Module()
                        .map(module -> "\npkcs11:\n  module: " + scalar(module))
                        .orElse("\n# pkcs11:\n#   module:"))
                .append("\n")
                .append(write(settings.tokens()))
                .toString();
    }

    private static String write(Settings.TokenSettings tokens) {
        StringBuilder text = new StringBuilder("tokens:\n  issuer: ")
                .append(scalar(tokens.issuer()))
                .append(tokens.audience()
                        .map(name -> "\n  audience: " + scalar(name))
                        .orElse("\n  # audience:"))
                .append("\n  validity: ")
                .append(Durations.format(tokens.validity()))
                .append("\n  max-validity: ")
                .append(Durations.format(tokens.longest()))
                .append("\n  key-lead: ")
                .append(Durations.format(tokens.keyLead()))
                .append("\n  format: ")
                .append(tokens.form().text())
                .append("\n  acl:\n");
        tokens.grants()
                .forEach(grant ->
                        text.append("    - ").append(scalar(grant.text())).append("\n"));
        return text.toString();
    }

    /** The text of a settings file with another ledger, and all else as it is, comments too. */
    public static String withLedger(String text, String origin, String url) {
        String line = "ledger: " + scalar(url);
        String changed = List.of("(?m)^ledger:.*$", "(?m)^# ?ledger:.*$").stream()
                .map(pattern -> Pattern.compile(pattern).matcher(text))
                .filter(Matcher::find)
                .findFirst()
                .map(found -> text.substring(0, found.start()) + line + text.substring(found.end()))
                .orElseGet(() -> text + (text.isEmpty() || text.endsWith("\n") ? "" : "\n") + line + "\n");
        Settings wanted = read(text, origin).withLedger(url);
        try {
            if (read(changed, origin).equals(wanted)) {
                return changed;
            }
        } catch (DevpkiException e) {
            throw otherwiseWritten(origin, line).causedBy(e);
        }
        throw otherwiseWritten(origin, line);
    }

    private static DevpkiException otherwiseWritten(String origin, String line) {
        return DevpkiException.invalid(origin + " has its ledger not on a line of its own; it should be: " + line);
    }

    /** A JDBC URL without a password, for settings are read by many and get into backups. */
    public static String ledger(String url) {
        if (PASSWORD.matcher(url).find()) {
            throw DevpkiException.invalid("a ledger's URL has no password in it: devpki.yaml is not secret")
                    .hint("~/.pgpass or the file that PGPASSFILE names has the password; docs/postgresql.md");
        }
        return url;
    }

    /** An http URL without anything that would be lost or misread on the way into a certificate. */
    public static String url(String text) {
        try {
            URI uri = new URI(text);
            boolean isHttp = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            boolean isAscii = text.chars().allMatch(c -> c > ' ' && c < 0x7f);
            if (isHttp && isAscii && uri.getHost() != null && uri.getQuery() == null && uri.getFragment() == null) {
                return text;
            }
        } catch (java.net.URISyntaxException e) {
            throw DevpkiException.invalid("URL " + Quoted.of(text) + " cannot be read")
                    .causedBy(e);
        }
        throw DevpkiException.invalid("URL " + Quoted.of(text)
                + " is not plain http as in http://crl.acme.example, without query or fragment");
    }

    /** A library by its whole path: found by name alone, another one might come first. */
    public static String module(String path) {
        if (!path.startsWith("/")) {
            throw DevpkiException.invalid("PKCS #11 library " + Quoted.of(path)
                    + " is not a whole path, such as /usr/lib/softhsm/libsofthsm2.so");
        }
        return path;
    }

    private static boolean isAlways(String text) {
        return switch (text) {
            case "always" -> true;
            case "auto" -> false;
            default -> throw DevpkiException.invalid(Quoted.of(text) + " is not auto or always");
        };
    }

    private static boolean isTrue(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw DevpkiException.invalid(Quoted.of(text) + " is not true or false");
        };
    }

    private static int count(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw DevpkiException.invalid(Quoted.of(text) + " is not a number").causedBy(e);
        }
    }

    /** A double-quoted YAML scalar; what YAML does not count as printable is escaped. */
    private static String scalar(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.codePoints().forEach(c -> {
            if (c == '"' || c == '\\') {
                quoted.append('\\').appendCodePoint(c);
            } else if ((c >= ' ' && c < 0x7f) || Character.isLetterOrDigit(c)) {
                quoted.appendCodePoint(c);
            } else {
                quoted.append(String.format("\\U%08x", c));
            }
        });
        return quoted.append('"').toString();
    }
}
