package org.devpki.app;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.devpki.esp.NvsImages;
import org.devpki.esp.NvsItem;
import org.devpki.esp.NvsPartition;
import org.devpki.esp.NvsReading;
import org.devpki.esp.NvsValue;
import org.devpki.model.Bytes;
import org.devpki.model.SecretBytes;

/** Reads an NVS image and judges whether it is whole; needs no store. */
public final class ReadNvsImage {
    private ReadNvsImage() {}

    /**
     * What an image holds.
     *
     * @param namespaces in the order of their numbers
     * @param problems one sentence each; empty when all holds
     */
    public record Read(List<String> namespaces, List<Entry> entries, List<Page> pages, List<String> problems) {}

    /**
     * A key and its value.
     *
     * @param type such as {@code u8}, {@code string} or {@code blob}
     * @param octets of the value, a text without its NUL
     * @param number the value in decimal, if it is one
     * @param content the value, if it is a text or a blob; secret
     */
    public record Entry(
            String namespace,
            String key,
            String type,
            int octets,
            Optional<String> number,
            Optional<SecretBytes> content) {}

    /** A page, and how its 126 entries are used. */
    public record Page(int index, String state, OptionalLong sequence, int written, int erased, int empty) {}

    /** @throws org.devpki.model.DevpkiException INVALID_INPUT if it is no image, or the keys are none */
    public static Read run(Bytes image, NvsKeyChoice keys) {
        int cut = image.length() % NvsPartition.PAGE_OCTETS;
        int whole = image.length() - (image.length() > cut ? cut : 0);
        NvsReading reading =
                NvsImages.read(SecretBytes.taking(Arrays.copyOf(image.toArray(), whole)), NvsKeyring.open(keys));
        List<String> problems = new ArrayList<>(reading.problems());
        if (whole != image.length()) {
            problems.add("page " + whole / NvsPartition.PAGE_OCTETS + " is cut: it has " + cut + " bytes, not "
                    + NvsPartition.PAGE_OCTETS);
        }
        return new Read(
                reading.contents().namespaces(),
                reading.contents().items().stream().map(ReadNvsImage::entry).toList(),
                reading.pages().stream().map(ReadNvsImage::page).toList(),
                problems);
    }

    private static Entry entry(NvsItem item) {
        NvsValue value = item.value();
        return new Entry(
                item.namespace(),
                item.key(),
                value.kind(),
                value.octets(),
                value.match(
                        whole -> Optional.of(whole.value().toString()),
                        f -> Optional.of(Float.toString(f.value())),
                        d -> Optional.of(Double.toString(d.value())),
                        text -> Optional.empty(),
                        blob -> Optional.empty()),
                value.match(
                        whole -> Optional.empty(),
                        f -> Optional.empty(),
                        d -> Optional.empty(),
                        text -> Optional.of(text.content()),
                        blob -> Optional.of(blob.content())));
    }

    private static Page page(NvsReading.Page page) {
        return new Page(
                page.index(),
                page.state().name().toLowerCase(Locale.ROOT),
                page.sequence(),
                page.written(),
                page.erased(),
                page.empty());
    }
}
