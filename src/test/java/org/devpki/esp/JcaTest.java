package org.devpki.esp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which of the installed providers works for the codecs is never left to chance. */
class JcaTest {
    private static final Pattern UNNAMED =
            Pattern.compile("\\b(?:Cipher|Mac|Signature|KeyFactory|AlgorithmParameters)\\.getInstance\\(");

    @Test
    void everyEngineIsThatOfTheJdk() throws Exception {
        assertEquals("SunJCE", Jca.cipher("AES/ECB/NoPadding").getProvider().getName());
        assertEquals("SunJCE", Jca.cipher("AES/CBC/NoPadding").getProvider().getName());
        assertEquals("SunJCE", Jca.mac("HmacSHA256").getProvider().getName());
        assertEquals(
                "SunRsaSign", Jca.signature("RSASSA-PSS", "RSA").getProvider().getName());
        assertEquals("SunRsaSign", Jca.keyFactory("RSA").getProvider().getName());
        for (String signature : List.of("SHA256withECDSAinP1363Format", "SHA384withECDSAinP1363Format")) {
            assertEquals("SunEC", Jca.signature(signature, "EC").getProvider().getName());
        }
        assertEquals("SunEC", Jca.keyFactory("EC").getProvider().getName());
        assertEquals("SunEC", Jca.curve().getProvider().getName());
    }

    @Test
    void noCodecAsksForAnEngineElsewhere() throws Exception {
        Path room = Path.of(System.getProperty("devpki.root", "."), "src/main/java/org/devpki/esp");
        try (Stream<Path> files = Files.list(room)) {
            for (Path file : files.filter(path -> !path.endsWith("Jca.java")).toList()) {
                assertEquals(
                        List.of(),
                        Files.readAllLines(file).stream()
                                .filter(line -> UNNAMED.matcher(line).find())
                                .toList(),
                        file::toString);
            }
        }
    }
}
