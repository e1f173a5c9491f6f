package org.devpki.esp;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.devpki.model.Flavour;
import org.devpki.model.SecretBytes;

/**
 * The {@code nvs} flavour: an NVS image with one namespace.
 *
 * @see <a href="../../docs/formats/esp-secure-cert-partition.md">its keys, and the tool version it was checked against</a>
 */
final class LegacyNvs {
    private static final String NAMESPACE = "esp_secure_cert";

    private LegacyNvs() {}

    static SecretBytes encode(LegacyImage parts) {
        List<NvsItem> items = new ArrayList<>();
        parts.ca().ifPresent(ca -> items.add(text("ca_cert", ca.toArray())));
        parts.ds().ifPresent(ds -> items.add(blob("cipher_c", ds.blob().ciphertext())));
        items.add(text("dev_cert", parts.certificate().toArray()));
        parts.key().ifPresent(key -> items.add(text("priv_key", key.lend(byte[]::clone))));
        parts.ds().ifPresent(ds -> {
            items.add(number("rsa_len", NvsInteger.U16, ds.blob().rsaBits()));
            items.add(number("ds_key_id", NvsInteger.U8, ds.keyId()));
            items.add(blob("iv", ds.blob().iv()));
        });
        return NvsImages.write(NvsContents.of(items), NvsPartition.ofSize(Flavour.NVS.sizeOctets()), Optional.empty());
    }

    /** Whether it is a whole NVS image with the namespace of this flavour. */
    static boolean isImage(Bytes octets) {
        try (SecretBytes image = SecretBytes.taking(octets.toArray())) {
            return NvsImages.read(image, Optional.empty())
                    .contents()
                    .namespaces()
                    .contains(NAMESPACE);
        } catch (DevpkiException e) {
            return false; // no NVS image at all
        }
    }

    /** @throws DevpkiException INTEGRITY if a CRC does not hold or a key is missing */
    static LegacyImage decode(SecretBytes image) {
        NvsReading reading = NvsImages.read(image, Optional.empty());
        if (!reading.problems().isEmpty()) {
            throw DevpkiException.integrity(
                    "the NVS image does not hold: " + reading.problems().get(0));
        }
        NvsContents contents = reading.contents();
        Optional<byte[]> cipher = octets(contents, "cipher_c");
        return new LegacyImage(
                Bytes.of(terminated(present(octets(contents, "dev_cert"), "dev_cert"))),
                octets(contents, "ca_cert").map(LegacyNvs::terminated).map(Bytes::of),
                cipher.isPresent()
                        ? Optional.empty()
                        : Optional.of(
                                SecretBytes.taking(terminated(present(octets(contents, "priv_key"), "priv_key")))),
                cipher.map(c -> new LegacyImage.Ds(
                        DsBlob.of(number(contents, "rsa_len"), present(octets(contents, "iv"), "iv"), c),
                        number(contents, "ds_key_id"))));
    }

    /** NVS puts the NUL behind a text itself. */
    private static NvsItem text(String key, byte[] terminated) {
        byte[] text = Arrays.copyOf(terminated, terminated.length - 1);
        return new NvsItem(NAMESPACE, key, new NvsValue.Text(SecretBytes.taking(text)));
    }

    private static byte[] terminated(byte[] text) {
        return Arrays.copyOf(text, text.length + 1);
    }

    private static NvsItem blob(String key, Bytes octets) {
        return new NvsItem(NAMESPACE, key, new NvsValue.Blob(SecretBytes.taking(octets.toArray())));
    }

    private static NvsItem number(String key, NvsInteger type, int value) {
        return new NvsItem(NAMESPACE, key, new NvsValue.Whole(type, BigInteger.valueOf(value)));
    }

    private static Optional<NvsValue> value(NvsContents contents, String key) {
        return contents.items().stream()
                .filter(item -> item.namespace().equals(NAMESPACE) && item.key().equals(key))
                .map(NvsItem::value)
                .findFirst();
    }

    private static Optional<byte[]> octets(NvsContents contents, String key) {
        return value(contents, key)
                .map(value -> value.match(
                        whole -> new byte[0],
                        f -> new byte[0],
                        d -> new byte[0],
                        text -> text.content().lend(byte[]::clone),
                        blob -> blob.content().lend(byte[]::clone)));
    }

    private static int number(NvsContents contents, String key) {
        return present(value(contents, key), key)
                .match(whole -> whole.value().intValue(), f -> 0, d -> 0, text -> 0, blob -> 0);
    }

    private static <T> T present(Optional<T> value, String key) {
        return value.orElseThrow(() -> DevpkiException.integrity("the image has no NVS key " + NAMESPACE + "." + key));
    }
}
