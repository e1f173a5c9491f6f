package org.devpki.config;

import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.devpki.model.AttributeType;
import org.devpki.model.Bounds;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.CertificatePolicy;
import org.devpki.model.DevpkiException;
import org.devpki.model.DuplicatePolicy;
import org.devpki.model.Durations;
import org.devpki.model.ExtendedKeyUsage;
import org.devpki.model.KeyHome;
import org.devpki.model.KeySpec;
import org.devpki.model.KeyUsage;
import org.devpki.model.NameSubtree;
import org.devpki.model.NotAfter;
import org.devpki.model.NvsTemplate;
import org.devpki.model.Octets;
import org.devpki.model.Profile;
import org.devpki.model.Quoted;
import org.devpki.model.SubjectAltName;
import org.devpki.model.UrlKind;

/** Reads a profile from YAML; docs/profiles.md describes every key. */
public final class ProfileReader {
    private static final Set<String> SAN_KINDS = Set.of("dns", "ip", "uri");

    private ProfileReader() {}

    /**
     * @param name the file's name without its ending
     * @param origin the file's name or path, for messages
     * @throws DevpkiException INVALID_INPUT with every fault of the file, each with line and key
     */
    public static Profile read(String name, String text, String origin) {
        YamlFile file = YamlFile.parse(text, origin);
        String description = file.text("description").orElse("");
        Profile.Naming naming = naming(file);
        List<KeySpec> keys = file.list("keys", KeySpec::parse);
        KeyHome keyHome = file.scalar("key-home", word -> KeyHome.parse(word, KeyHome.DEFAULT_KEY_ID))
                .orElse(new KeyHome.Flash());
        NvsTemplate nvs = nvs(file);
        Profile.Period period = period(file.section("validity"));
        Profile.Purpose purpose = purpose(file);
        Set<UrlKind> urls = new HashSet<>(file.list("urls", UrlKind::parse));
        Optional<CaName> issuer = file.scalar("issuer", CaName::new);
        if (description.isEmpty()) {
            file.fault("description", "is missing");
        }
        if (!file.has("keys") || file.isEmptyList("keys")) {
            file.fault("keys", "is missing; name at least one kind of key, such as [P-256]");
        }
        file.done();
        return new Profile(
                name, description, naming, keys, keyHome, nvs, period, purpose, urls, issuer, Bytes.utf8(text));
    }

    private static NvsTemplate nvs(YamlFile file) {
        if (!file.has("nvs")) {
            return NvsTemplate.USUAL;
        }
        YamlFile section = file.section("nvs");
        int size = section.scalar("size", Octets::parse).orElse(NvsTemplate.USUAL.sizeOctets());
        List<NvsTemplate.Entry> entries =
                section.entries("keys", entry -> new NvsTemplate.Entry(entry.getKey(), entry.getValue()));
        if (!section.has("keys")) {
            section.fault("keys", "is missing; write for example devpki.client_id: \"{name}\"");
        }
        try {
            return new NvsTemplate(size, entries);
        } catch (DevpkiException e) {
            section.fault("size", e.sentence());
            return NvsTemplate.USUAL;
        }
    }

    private static Profile.Naming naming(YamlFile file) {
        List<Profile.SubjectTemplate> subject = file.entries(
                "subject",
                entry -> new Profile.SubjectTemplate(
                        AttributeType.parse(entry.getKey()), placeholders(entry.getValue())));
        if (!file.has("subject")) {
            file.fault("subject", "is missing; write for example CN: \"{name}\"");
        } else if (subject.stream()
                        .filter(t -> t.type() == AttributeType.COMMON_NAME)
                        .count()
                > 1) {
            file.fault("subject", "has more than one CN");
        }
        YamlFile san = file.section("san");
        List<String> defaults = san.list("default", text -> {
            SubjectAltName.parse(placeholders(text).replace("{name}", "name").replace("{organization}", "org"));
            return text;
        });
        List<String> orderable = san.list("orderable", text -> {
            if (!SAN_KINDS.contains(text)) {
                throw DevpkiException.invalid(
                        "alternative name kind " + Quoted.of(text) + " is not one of dns, ip, uri");
            }
            return text;
        });
        DuplicatePolicy duplicates =
                file.scalar("duplicates", DuplicatePolicy::parse).orElse(DuplicatePolicy.REFUSE);
        return new Profile.Naming(subject, defaults, Set.copyOf(orderable), duplicates);
    }

    private static Profile.Period period(YamlFile validity) {
        Optional<NotAfter> notAfter = validity.scalar("not-after", NotAfter::parse);
        if (notAfter.isEmpty() && !validity.has("not-after")) {
            validity.fault("not-after", "is missing; write a duration, ca, 9999 or an instant");
        }
        Optional<NotAfter> longest = validity.scalar("longest", NotAfter::parse);
        String backdate = validity.text("backdate").orElse("0s");
        Optional<Duration> length = Optional.empty();
        if (!backdate.equals("ca")) {
            try {
                length = Optional.of(Durations.parse(backdate));
            } catch (DevpkiException e) {
                validity.fault("backdate", e.sentence() + ", nor is it ca");
            }
        }
        NotAfter end = notAfter.orElse(new NotAfter.IssuersEnd());
        return new Profile.Period(end, longest.orElse(end), length);
    }

    private static Profile.Purpose purpose(YamlFile file) {
        boolean isCa = file.flag("ca");
        Optional<Integer> pathLength = file.scalar("path-length", text -> {
            if (!text.matches("[0-9]")) {
                throw DevpkiException.invalid(Quoted.of(text) + " is not a number from 0 to 9");
            }
            return Integer.valueOf(text);
        });
        Set<KeyUsage> usage = EnumSet.noneOf(KeyUsage.class);
        usage.addAll(file.list("key-usage", KeyUsage::parse));
        Set<ExtendedKeyUsage> extended = EnumSet.noneOf(ExtendedKeyUsage.class);
        extended.addAll(file.list("extended-key-usage", ExtendedKeyUsage::parse));
        boolean isOcspNoCheck = file.flag("ocsp-no-check");
        Bounds bounds = bounds(file, isCa);
        if (usage.isEmpty() && !file.has("key-usage")) {
            file.fault("key-usage", "is missing; write for example [digitalSignature]");
        }
        if (isCa != usage.contains(KeyUsage.KEY_CERT_SIGN)) {
            file.fault("key-usage", "must have keyCertSign where ca is true, and only there");
        }
        if (pathLength.isPresent() && !isCa) {
            file.fault("path-length", "goes with ca: true only");
        }
        if (isOcspNoCheck != extended.contains(ExtendedKeyUsage.OCSP_SIGNING)) {
            file.fault("ocsp-no-check", "must be true where extended-key-usage has OCSPSigning, and only there");
        }
        return new Profile.Purpose(
                isCa,
                pathLength.map(OptionalInt::of).orElse(OptionalInt.empty()),
                usage,
                extended,
                isOcspNoCheck,
                bounds);
    }

    private static Bounds bounds(YamlFile file, boolean isCa) {
        for (String key : List.of("policies", "name-constraints")) {
            if (file.has(key) && !isCa) {
                file.fault(key, "goes with ca: true only");
            }
        }
        List<CertificatePolicy> policies = file.list("policies", CertificatePolicy::parse);
        List<NameSubtree> permitted = List.of();
        List<NameSubtree> excluded = List.of();
        if (file.has("name-constraints")) {
            YamlFile names = file.section("name-constraints");
            permitted = names.list("permitted", NameSubtree::parse);
            excluded = names.list("excluded", NameSubtree::parse);
            if (!names.has("permitted") && !names.has("excluded")) {
                file.fault("name-constraints", "has neither permitted nor excluded");
            }
        }
        try {
            return new Bounds(policies, permitted, excluded);
        } catch (DevpkiException e) {
            file.fault("policies", e.sentence());
            return Bounds.NONE;
        }
    }

    private static String placeholders(String template) {
        String rest = template.replace("{name}", "").replace("{organization}", "");
        if (rest.contains("{") || rest.contains("}")) {
            throw DevpkiException.invalid(
                    "template " + Quoted.of(template) + " has a placeholder other than {name} and {organization}");
        }
        return template;
    }
}
