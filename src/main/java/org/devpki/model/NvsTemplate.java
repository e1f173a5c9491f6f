package org.devpki.model;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which keys a device's NVS partition gets.
 *
 * @param sizeOctets of the partition, a multiple of 4096 and at least 0x3000
 * @param entries in the order of writing
 */
public record NvsTemplate(int sizeOctets, List<Entry> entries) {
    /** Placeholders that stand alone, for octets. */
    public static final Set<String> WHOLE =
            Set.of("{chain}", "{certificate.der}", "{key}", "{key.der}", "{ca}", "{ca.der}");

    private static final int PAGE_OCTETS = 0x1000;
    private static final int LEAST_OCTETS = 3 * PAGE_OCTETS;
    private static final Pattern PATH = Pattern.compile("([!-\\-/-~]{1,15})\\.([!-~]{1,15})");
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{([^{}]*)}");
    private static final Pattern IN_TEXT = Pattern.compile("name|organization|(?:value|secret)\\.[A-Za-z0-9_-]{1,32}");
    private static final Pattern VALUE = Pattern.compile("\\{(?:value|secret)\\.([^{}]*)}");
    private static final Pattern SECRET = Pattern.compile("\\{secret\\.([^{}]*)}");
    private static final Pattern KIND = Pattern.compile("([ui](?:8|16|32|64)|hex):");

    /** What profiles get that do not say otherwise: everything that a device needs to log in. */
    public static final NvsTemplate USUAL = new NvsTemplate(
            0x6000,
            List.of(
                    new Entry("devpki.client_id", "{name}"),
                    new Entry("devpki.client_crt", "{chain}"),
                    new Entry("devpki.client_key", "{key}"),
                    new Entry("devpki.ca_crt", "{ca}")));

    /**
     * One value.
     *
     * @param path namespace, a dot, key; each 1 to 15 printable ASCII characters
     * @param template one of {@link #WHOLE}; or text with {@code {name}}, {@code {organization}}, {@code {value.X}} and,
     *     for what no argument may tell, {@code {secret.X}}; or such text after {@code u8:} to {@code i64:} for a number, {@code hex:} for octets
     */
    public record Entry(String path, String template) {
        public Entry {
            if (!PATH.matcher(path).matches()) {
                throw DevpkiException.invalid("NVS key " + Quoted.of(path)
                        + " is not NAMESPACE.KEY of 1 to 15 ASCII characters each, such as devpki.client_id");
            }
            if (!WHOLE.contains(template)) {
                Matcher placeholder = PLACEHOLDER.matcher(template);
                while (placeholder.find()) {
                    if (!IN_TEXT.matcher(placeholder.group(1)).matches()) {
                        throw DevpkiException.invalid("the template of NVS key " + path + " has {"
                                + placeholder.group(1)
                                + "}, which is not one of {name}, {organization}, {value.X}, {secret.X}, nor alone one of "
                                + String.join(", ", WHOLE.stream().sorted().toList()));
                    }
                }
            }
        }

        public String namespace() {
            return path.substring(0, path.indexOf('.'));
        }

        public String key() {
            return path.substring(path.indexOf('.') + 1);
        }

        /**
         * What the value is, in one word: {@code u8} to {@code i64}, {@code hex} or {@code string}. The template says it;
         * what is filled in does not.
         */
        public String kind() {
            Matcher kind = KIND.matcher(template);
            return kind.lookingAt() ? kind.group(1) : "string";
        }

        /** The template without its kind. */
        public String text() {
            Matcher kind = KIND.matcher(template);
            return kind.lookingAt() ? template.substring(kind.end()) : template;
        }
    }

    public NvsTemplate {
        entries = List.copyOf(entries);
        if (sizeOctets < LEAST_OCTETS || sizeOctets % PAGE_OCTETS != 0) {
            throw DevpkiException.invalid(
                    "an NVS partition of " + sizeOctets + " octets is not a multiple of 0x1000, 0x3000 at least");
        }
        Set<String> paths = new HashSet<>();
        for (Entry entry : entries) {
            if (!paths.add(entry.path())) {
                throw DevpkiException.invalid("NVS key " + entry.path() + " is there twice");
            }
        }
    }

    /** The X of every {@code {secret.X}}. */
    public Set<String> secrets() {
        return names(SECRET);
    }

    /** The X of every {@code {value.X}} and {@code {secret.X}}. */
    public Set<String> values() {
        return names(VALUE);
    }

    private Set<String> names(Pattern placeholder) {
        return entries.stream()
                .flatMap(entry -> placeholder.matcher(entry.template()).results())
                .map(found -> found.group(1))
                .collect(Collectors.toSet());
    }
}
