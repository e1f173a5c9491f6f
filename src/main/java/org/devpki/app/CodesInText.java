package org.devpki.app;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.devpki.model.CodeSource;
import org.devpki.model.Explanation;

/**
 * Finds known codes, names and phrases in any text. The text is cut once into tokens and once into words, and each is
 * looked up in tables, so the time grows with the length of the text whatever stands in it.
 */
final class CodesInText {
    /** Words that may stand between a source, or the word error, and its number. */
    private static final Set<String> BRIDGES = Set.of(
            "error",
            "errors",
            "err",
            "code",
            "codes",
            "num",
            "number",
            "no",
            "rc",
            "ret",
            "return",
            "returned",
            "returns",
            "reason",
            "status",
            "failed",
            "with",
            "from",
            "reported",
            "is",
            "was");

    /** Words that tell whose number follows. */
    private static final Map<String, Predicate<Explanation>> SOURCES = sources();

    /** The first reason that OpenSSL keeps for alerts (SSL_AD_REASON_OFFSET); the alert's number is added to it. */
    private static final int ALERT_REASONS = 1000;

    private static final int LONGEST_WORD = 64;

    private final Map<Integer, List<Explanation>> byNumber = new HashMap<>();
    private final Map<String, List<Explanation>> byName = new HashMap<>();
    private final Map<String, List<Phrase>> byFirstWord = new HashMap<>();
    private final Map<String, List<Explanation>> byWholeText = new HashMap<>();

    CodesInText(List<Explanation> known) {
        Map<String, List<Explanation>> phrases = new HashMap<>();
        for (Explanation explanation : known) {
            explanation.number().ifPresent(number -> put(byNumber, number, explanation));
            for (String name : explanation.names()) {
                String plain = plain(name);
                put(byWholeText, plain, explanation);
                if (name.contains("_") && explanation.source() != CodeSource.TLS_ALERT) {
                    put(byName, name.toUpperCase(Locale.ROOT), explanation);
                }
                // an alert's name alone is everyday language, such as internal error
                if (explanation.source() == CodeSource.TLS_ALERT) {
                    put(phrases, "alert " + plain, explanation);
                }
            }
            for (String text : explanation.texts()) {
                String plain = plain(text);
                put(byWholeText, plain, explanation);
                if (plain.contains(" ")) {
                    put(phrases, plain, explanation);
                }
            }
        }
        phrases.forEach((text, explanations) -> {
            List<String> words = words(text).stream().map(Token::text).toList();
            put(byFirstWord, words.get(0), new Phrase(text, words, explanations));
        });
        byFirstWord
                .values()
                .forEach(same -> same.sort(Comparator.comparing((Phrase phrase) -> phrase.words.size())
                        .reversed()));
    }

    /** All that is known, in the order of the text; each explanation once. */
    List<ExplainCodes.Found> find(String text) {
        List<Hit> hits = new ArrayList<>();
        findWhole(text).ifPresent(hits::add);
        findPhrases(text, hits);
        findTokens(text, hits);
        hits.sort(Comparator.comparing(Hit::start));
        Set<Explanation> told = Collections.newSetFromMap(new IdentityHashMap<>());
        List<ExplainCodes.Found> found = new ArrayList<>();
        for (Hit hit : hits) {
            List<Explanation> untold =
                    hit.explanations.stream().filter(told::add).toList();
            if (!untold.isEmpty()) {
                found.add(new ExplainCodes.Found(hit.text, untold));
            }
        }
        return found;
    }

    private Optional<Hit> findWhole(String text) {
        if (text.length() > 200) {
            return Optional.empty();
        }
        String plain = plain(text);
        return Optional.ofNullable(byWholeText.get(plain)).map(explanations -> new Hit(0, plain, explanations));
    }

    private void findPhrases(String text, List<Hit> hits) {
        List<Token> words = words(text);
        int at = 0;
        while (at < words.size()) {
            int next = at + 1;
            for (Phrase phrase : byFirstWord.getOrDefault(words.get(at).text, List.of())) {
                if (phrase.isAt(words, at)) {
                    hits.add(new Hit(words.get(at).start, phrase.text, phrase.explanations));
                    next = at + phrase.words.size();
                    break;
                }
            }
            at = next;
        }
    }

    private void findTokens(String text, List<Hit> hits) {
        List<Token> tokens = tokens(text);
        boolean isBare = tokens.stream().allMatch(CodesInText::isOfACode);
        Optional<Predicate<Explanation>> whose = Optional.empty();
        boolean isAnnounced = false;
        for (int at = 0; at < tokens.size(); at++) {
            Token token = tokens.get(at);
            String word = lower(token.text);
            Optional<PrintedNumber> number = PrintedNumber.of(token.text);
            if (at > 0 && isPackedOpensslError(text, tokens.get(at - 1), token)) {
                hit(token, packed(token.text), hits);
            } else if (number.isPresent()) {
                if (number.get().isHex || isBare || isAnnounced) {
                    hit(
                            token,
                            meanings(
                                    number.get(),
                                    isDepth(tokens, at) ? Optional.of(of(CodeSource.OPENSSL)) : whose,
                                    isBare),
                            hits);
                }
            } else if (SOURCES.containsKey(word)) {
                whose = Optional.ofNullable(SOURCES.get(word));
                isAnnounced = true;
                if (word.equals("mqtt") && isMqttVersion(tokens, at + 1)) {
                    at++;
                    whose = Optional.of(
                            of(tokens.get(at).text.startsWith("5") ? CodeSource.MQTT_5 : CodeSource.MQTT_3_1_1));
                }
            } else if (BRIDGES.contains(word)) {
                isAnnounced = true;
            } else {
                whose = Optional.empty();
                isAnnounced = false;
                hit(token, byName.getOrDefault(token.text.toUpperCase(Locale.ROOT), List.of()), hits);
            }
        }
    }

    private static void hit(Token token, List<Explanation> explanations, List<Hit> hits) {
        if (!explanations.isEmpty()) {
            hits.add(new Hit(token.start, token.text, explanations));
        }
    }

    /** @param whose what the words before say; a source that does not know a plain decimal hides the others */
    private List<Explanation> meanings(PrintedNumber number, Optional<Predicate<Explanation>> whose, boolean isBare) {
        if (number.value == 0 && !isBare) {
            return List.of(); // in a log zero says that all is well
        }
        List<Explanation> exact = exact(number.value);
        if (whose.isPresent()) {
            List<Explanation> narrow = Stream.of(exact, flagsOf(number.value), partsOf(number))
                    .map(some -> some.stream().filter(whose.get()).toList())
                    .filter(some -> !some.isEmpty())
                    .findFirst()
                    .orElse(List.of());
            if (!narrow.isEmpty() || (!number.isHex && number.value >= 0)) {
                return narrow;
            }
        }
        List<Explanation> usual = exact.stream()
                .filter(explanation -> isUsual(explanation, number))
                .toList();
        return usual.isEmpty() ? partsOf(number) : usual;
    }

    private List<Explanation> exact(int value) {
        List<Explanation> exact = new ArrayList<>(byNumber.getOrDefault(value, List.of()));
        if (value > 0) {
            exact.addAll(mbedtls(-value)); // esp-tls keeps the codes of mbedTLS without their sign
        }
        return exact;
    }

    private static boolean isUsual(Explanation explanation, PrintedNumber number) {
        return switch (explanation.source()) {
            case MBEDTLS -> number.value < 0 || number.isHex || number.value >= 0x1000;
            case MBEDTLS_FLAGS -> number.isHex;
            case ERRNO, OPENSSL, EXIT, MOSQUITTO -> !number.isHex;
            case ESP, MQTT_3_1_1, MQTT_5, TLS_ALERT -> true;
        };
    }

    /** The bits of a set of verify flags; empty if a bit is unknown. */
    private List<Explanation> flagsOf(int value) {
        List<Explanation> flags = new ArrayList<>();
        for (int bit = 1; bit > 0 && bit <= value; bit <<= 1) {
            if ((value & bit) != 0) {
                byNumber.getOrDefault(bit, List.of()).stream()
                        .filter(of(CodeSource.MBEDTLS_FLAGS))
                        .forEach(flags::add);
            }
        }
        return flags.size() == Integer.bitCount(value) ? flags : List.of();
    }

    /** mbedTLS adds the code of the module above, a multiple of 0x80, and that of the module below (error.h). */
    private List<Explanation> partsOf(PrintedNumber number) {
        int code = Math.abs(number.value);
        if (code <= 0x7f || code > 0x7fff) {
            return List.of();
        }
        List<Explanation> high = mbedtls(-(code & 0x7f80));
        List<Explanation> low = mbedtls(-(code & 0x7f));
        if (high.isEmpty() || (low.isEmpty() && number.value > 0)) {
            return List.of();
        }
        List<Explanation> parts = new ArrayList<>(high);
        parts.addAll(low);
        return parts;
    }

    private List<Explanation> mbedtls(int code) {
        return byNumber.getOrDefault(code, List.of()).stream()
                .filter(of(CodeSource.MBEDTLS))
                .toList();
    }

    /** OpenSSL's {@code error:0A000418:}, eight hexadecimal digits without 0x. */
    private static boolean isPackedOpensslError(String text, Token before, Token token) {
        return token.text.length() == 8
                && isOfDigits(token.text, 16)
                && before.text.equalsIgnoreCase("error")
                && before.end() + 1 == token.start
                && text.charAt(before.end()) == ':';
    }

    private List<Explanation> packed(String digits) {
        int reason = (int) (Long.parseLong(digits, 16) & 0xfff);
        return byNumber.getOrDefault(reason - ALERT_REASONS, List.of()).stream()
                .filter(of(CodeSource.TLS_ALERT))
                .toList();
    }

    /** As in {@code error 20 at 0 depth lookup}, which openssl verify prints. */
    private static boolean isDepth(List<Token> tokens, int at) {
        return at + 3 < tokens.size()
                && tokens.get(at + 1).text.equals("at")
                && tokens.get(at + 3).text.equals("depth");
    }

    /** In {@code mqtt 5 135} the 5 is the version, in {@code mqtt 5} it is the code. */
    private static boolean isMqttVersion(List<Token> tokens, int at) {
        if (at >= tokens.size()) {
            return false;
        }
        String version = tokens.get(at).text;
        return version.equals("5.0")
                || version.equals("3.1.1")
                || (version.equals("5")
                        && at + 1 < tokens.size()
                        && PrintedNumber.of(tokens.get(at + 1).text).isPresent());
    }

    private static boolean isOfACode(Token token) {
        String word = lower(token.text);
        return PrintedNumber.of(word).isPresent()
                || BRIDGES.contains(word)
                || SOURCES.containsKey(word)
                || word.equals("5.0")
                || word.equals("3.1.1");
    }

    private static Map<String, Predicate<Explanation>> sources() {
        Map<String, Predicate<Explanation>> sources = new HashMap<>();
        for (CodeSource source : CodeSource.values()) {
            sources.put(source.word(), of(source));
        }
        for (String word : List.of("esp_tls_stack_err", "mbed")) {
            sources.put(word, of(CodeSource.MBEDTLS));
        }
        for (String word : List.of("flag", "flags", "verify_flags", "esp_tls_cert_verify_flags", "esp_tls_flags")) {
            sources.put(word, of(CodeSource.MBEDTLS_FLAGS));
        }
        for (String word :
                List.of("esp-idf", "idf", "esp-tls", "esp_tls", "esp_err", "esp_err_t", "esp_tls_last_esp_err")) {
            sources.put(word, of(CodeSource.ESP));
        }
        sources.put("esp_transport_sock_errno", of(CodeSource.ERRNO));
        sources.put("mqtt", of(CodeSource.MQTT_3_1_1).or(of(CodeSource.MQTT_5)));
        // only from 0x80 on do the reasons of MQTT 5 refuse a connection
        Predicate<Explanation> refusal =
                of(CodeSource.MQTT_5).and(explanation -> explanation.number().orElse(0) >= 0x80);
        for (String word : List.of("connack", "connect_return_code")) {
            sources.put(word, of(CodeSource.MQTT_3_1_1).or(refusal));
        }
        for (String word : List.of("mqtt5", "mqttv5", "disconnect_return_code")) {
            sources.put(word, of(CodeSource.MQTT_5));
        }
        for (String word : List.of("mqtt3", "mqttv3", "mqtt311", "mqttv311")) {
            sources.put(word, of(CodeSource.MQTT_3_1_1));
        }
        for (String word : List.of("x509", "x509_v_err", "verify")) {
            sources.put(word, of(CodeSource.OPENSSL));
        }
        for (String word : List.of("alert", "tls")) {
            sources.put(word, of(CodeSource.TLS_ALERT));
        }
        sources.put("devpki", of(CodeSource.EXIT));
        return Map.copyOf(sources);
    }

    private static Predicate<Explanation> of(CodeSource source) {
        return explanation -> explanation.source() == source;
    }

    private static <K, V> void put(Map<K, List<V>> map, K key, V value) {
        map.computeIfAbsent(key, none -> new ArrayList<>()).add(value);
    }

    /** Letters and digits in lower case, each run after one blank. */
    private static String plain(String text) {
        return String.join(" ", words(text).stream().map(Token::text).toList());
    }

    /** Runs of letters and digits, in lower case. */
    private static List<Token> words(String text) {
        List<Token> words = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            int start = at;
            while (at < text.length() && isLetterOrDigit(text.charAt(at))) {
                at++;
            }
            if (at == start) {
                at++;
            } else {
                words.add(new Token(start, at - start > LONGEST_WORD ? "" : lower(text.substring(start, at))));
            }
        }
        return words;
    }

    /** Runs of letters, digits and _, with a - or . between two of them, and the sign of a number. */
    private static List<Token> tokens(String text) {
        List<Token> tokens = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            int start = at;
            while (at < text.length() && isOfAToken(text, at, start)) {
                at++;
            }
            if (at == start) {
                at++;
            } else {
                tokens.add(new Token(start, at - start > LONGEST_WORD ? "" : text.substring(start, at)));
            }
        }
        return tokens;
    }

    private static boolean isOfAToken(String text, int at, int start) {
        char c = text.charAt(at);
        if (isLetterOrDigit(c) || c == '_') {
            return true;
        }
        boolean isBeforeMore = at + 1 < text.length() && isLetterOrDigit(text.charAt(at + 1));
        return isBeforeMore && (at == start ? c == '-' && isDigit(text.charAt(at + 1)) : c == '-' || c == '.');
    }

    private static boolean isLetterOrDigit(char c) {
        return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    private static boolean isOfDigits(String text, int radix) {
        return text.chars().allMatch(c -> Character.digit(c, radix) >= 0);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    /** @param text empty where it is longer than anything known */
    private record Token(int start, String text) {
        int end() {
            return start + text.length();
        }
    }

    private record Hit(int start, String text, List<Explanation> explanations) {}

    private record Phrase(String text, List<String> words, List<Explanation> explanations) {
        boolean isAt(List<Token> found, int at) {
            if (at + words.size() > found.size()) {
                return false;
            }
            for (int i = 0; i < words.size(); i++) {
                if (!found.get(at + i).text.equals(words.get(i))) {
                    return false;
                }
            }
            return true;
        }
    }

    /** A number as logs print it; from 2^31 on it is a negative one that was printed without its sign. */
    private record PrintedNumber(int value, boolean isHex) {
        static Optional<PrintedNumber> of(String text) {
            boolean isSigned = text.startsWith("-");
            String digits = isSigned ? text.substring(1) : text;
            boolean isHex = digits.startsWith("0x") || digits.startsWith("0X");
            if (isHex) {
                digits = digits.substring(2);
            }
            if (digits.isEmpty() || digits.length() > (isHex ? 8 : 10) || !isOfDigits(digits, isHex ? 16 : 10)) {
                return Optional.empty();
            }
            long value = Long.parseLong(digits, isHex ? 16 : 10);
            if (isSigned ? value > Integer.MAX_VALUE : value > 0xffff_ffffL) {
                return Optional.empty();
            }
            return Optional.of(new PrintedNumber((int) (isSigned ? -value : value), isHex));
        }
    }
}
