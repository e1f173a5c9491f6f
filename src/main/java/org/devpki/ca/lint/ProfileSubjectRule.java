package org.devpki.ca.lint;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.devpki.model.CaIdentity;
import org.devpki.model.Profile;
import org.devpki.model.Quoted;
import org.devpki.x509.Names;

/**
 * The subject follows the profile's templates, in their order; only what came out empty may be missing. A CA that has its name
 * already keeps it, octet for octet.
 */
public final class ProfileSubjectRule implements CertificateRule {
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{[^}]*}");

    @Override
    public String id() {
        return "profile-subject";
    }

    @Override
    public String clause() {
        return "docs/laws.md law 3";
    }

    @Override
    public List<String> complaints(LintSubject subject) {
        Optional<CaIdentity> identity =
                subject.profile().flatMap(profile -> profile.naming().identity());
        if (identity.isPresent()) {
            return subject.tbs().subject().equals(identity.get().subject())
                    ? List.of()
                    : List.of(
                            "the subject " + Quoted.of(Names.text(subject.tbs().subject())) + " is not the CA's, "
                                    + Quoted.of(Names.text(identity.get().subject())));
        }
        String lines = Names.attributes(subject.tbs().subject()).stream()
                .map(attribute -> attribute.oid() + "=" + attribute.value() + "\n")
                .collect(Collectors.joining());
        return subject.profile()
                .filter(profile -> !lines.matches(pattern(profile)))
                .map(profile -> List.of(
                        "the subject " + Quoted.of(Names.text(subject.tbs().subject())) + " does not follow profile "
                                + Quoted.of(profile.name()) + ", which says " + templates(profile)))
                .orElse(List.of());
    }

    /** One line an attribute, as in {@code 2.5.4.3=…}; a regular expression finds out which ones came out empty. */
    private static String pattern(Profile profile) {
        return profile.naming().subject().stream()
                .map(part -> {
                    String line = Pattern.quote(part.type().oid() + "=") + value(part.template()) + "\n";
                    return isEverEmpty(part.template()) ? "(?:" + line + ")?" : line;
                })
                .collect(Collectors.joining());
    }

    /** Spaces at a placeholder's edge are taken for its own, for they go where it comes out empty. */
    private static String value(String template) {
        StringBuilder pattern = new StringBuilder();
        Matcher placeholder = PLACEHOLDER.matcher(template);
        int at = 0;
        while (placeholder.find()) {
            pattern.append(literal(template.substring(at, placeholder.start()))).append("[^\n]*");
            at = placeholder.end();
        }
        return pattern.append(literal(template.substring(at))).toString();
    }

    private static String literal(String text) {
        return Pattern.quote(text.strip());
    }

    /** A device always has a name; nothing else that is filled in has to be there. */
    private static boolean isEverEmpty(String template) {
        return !template.contains("{name}")
                && PLACEHOLDER.matcher(template).replaceAll("").isBlank();
    }

    private static String templates(Profile profile) {
        return Quoted.of(profile.naming().subject().stream()
                .map(part -> part.type().text() + "=" + part.template())
                .collect(Collectors.joining(", ")));
    }
}
