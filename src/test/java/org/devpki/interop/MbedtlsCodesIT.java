package org.devpki.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.devpki.config.Codes;
import org.devpki.model.CodeSource;
import org.devpki.model.Explanation;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Our numbers of mbedTLS are those of the headers that are installed. */
class MbedtlsCodesIT {
    private static final Path HEADERS = Path.of("/usr/include/mbedtls");
    private static final Pattern DEFINE = Pattern.compile("(?m)^#define +([A-Z0-9_]+) +(-?0x[0-9A-Fa-f]+|-?[0-9]+)\\b");

    private static final Map<String, Integer> DEFINED = new HashMap<>();

    @BeforeAll
    static void readTheHeaders() throws IOException {
        try (Stream<Path> headers = Files.list(HEADERS)) {
            for (Path header : headers.toList()) {
                Matcher define = DEFINE.matcher(Files.readString(header, StandardCharsets.UTF_8));
                while (define.find()) {
                    DEFINED.put(define.group(1), Integer.decode(define.group(2)));
                }
            }
        }
    }

    /** A name of another release must not be defined, or it is not of that release alone. */
    @Test
    void everyErrorOfOursIsDefinedWithOurNumber() {
        int major = DEFINED.getOrDefault("MBEDTLS_VERSION_MAJOR", 0);
        assertTrue(major == 2 || major == 3, () -> "mbedTLS " + major + " is one whose codes were not compared");
        String installed = "mbedTLS " + major;
        List<String> wrong = new ArrayList<>();
        for (Explanation known : Codes.of(CodeSource.MBEDTLS)) {
            boolean isOfThisRelease =
                    known.release().isEmpty() || known.release().equals(installed);
            for (String name : known.names()) {
                Integer actual = DEFINED.get(name);
                Integer expected =
                        isOfThisRelease ? Integer.valueOf(known.number().getAsInt()) : null;
                if (!Objects.equals(expected, actual)) {
                    wrong.add(name + ": ours " + expected + ", theirs " + actual);
                }
            }
        }
        assertEquals("", String.join("\n", wrong));
    }

    @Test
    void everyVerifyFlagIsOursToo() {
        Map<String, Integer> theirs = new HashMap<>(DEFINED);
        theirs.keySet().removeIf(name -> !name.matches("MBEDTLS_X509_BAD(CERT|CRL)_.*"));
        Map<String, Integer> ours = new HashMap<>();
        for (Explanation known : Codes.of(CodeSource.MBEDTLS_FLAGS)) {
            known.names().forEach(name -> ours.put(name, known.number().getAsInt()));
        }

        assertEquals(theirs, ours);
    }
}
