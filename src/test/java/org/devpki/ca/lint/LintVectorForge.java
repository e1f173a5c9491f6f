package org.devpki.ca.lint;

import java.nio.charset.StandardCharsets;
import java.util.SortedMap;
import java.util.TreeMap;
import org.devpki.model.Bytes;
import org.devpki.model.Chip;

/**
 * Makes the vectors of {@code src/test/vectors/lint}, one folder a rule: {@code good.der} and {@code good-….der}, and a
 * {@code bad-….der} for each complaint with a part of its sentence in {@code bad-….expect}. A certificate's issuer is
 * {@code issuer-of-….der}, or {@code issuer.der} for the whole folder; the profile's name is in {@code profile-of-…} or
 * {@code profile}, the chip's in {@code target-of-…} or {@code target}. All is the same at each making.
 */
final class LintVectorForge {
    private final SortedMap<String, Bytes> files = new TreeMap<>();

    private LintVectorForge() {}

    /** The files' paths from the folder of the lint vectors, with slashes, and their octets. */
    static SortedMap<String, Bytes> files() {
        LintVectorForge forge = new LintVectorForge();
        CertificateVectors.make(forge);
        ExtensionVectors.make(forge);
        ProfileVectors.make(forge);
        CrlVectors.make(forge);
        TargetVectors.make(forge);
        return forge.files;
    }

    Folder rule(String id) {
        return new Folder(id);
    }

    /** The vectors of one rule. */
    final class Folder {
        private final String id;

        private Folder(String id) {
            this.id = id;
        }

        /** @param name {@code good}, or {@code good-} and what is remarkable */
        Folder good(String name, ForgedCertificate certificate) {
            return put(name + ".der", certificate.octets());
        }

        Folder good(String name, ForgedCrl crl) {
            return put(name + ".der", crl.octets());
        }

        /** @param sentence a part of the complaint */
        Folder bad(String name, ForgedCertificate certificate, String sentence) {
            return put("bad-" + name + ".der", certificate.octets()).put("bad-" + name + ".expect", line(sentence));
        }

        Folder bad(String name, ForgedCrl crl, String sentence) {
            return put("bad-" + name + ".der", crl.octets()).put("bad-" + name + ".expect", line(sentence));
        }

        Folder issuer(ForgedCertificate certificate) {
            return put("issuer.der", certificate.octets());
        }

        /** @param vector the whole name of the vector, without {@code .der} */
        Folder issuerOf(String vector, ForgedCertificate certificate) {
            return put("issuer-of-" + vector + ".der", certificate.octets());
        }

        /** @param count how many such issuers are above the vector */
        Folder issuersOf(String vector, int count) {
            return put("issuers-of-" + vector, line(Integer.toString(count)));
        }

        Folder profile(String name) {
            LintProfiles.named(name);
            return put("profile", line(name));
        }

        Folder profileOf(String vector, String name) {
            LintProfiles.named(name);
            return put("profile-of-" + vector, line(name));
        }

        Folder target(Chip chip) {
            return put("target", line(chip.text()));
        }

        Folder targetOf(String vector, Chip chip) {
            return put("target-of-" + vector, line(chip.text()));
        }

        private Folder put(String file, byte[] octets) {
            if (files.put(id + "/" + file, Bytes.of(octets)) != null) {
                throw new IllegalStateException(id + "/" + file + " is made twice");
            }
            return this;
        }

        private static byte[] line(String text) {
            return (text + "\n").getBytes(StandardCharsets.UTF_8);
        }
    }
}
