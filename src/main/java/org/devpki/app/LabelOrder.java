package org.devpki.app;

import java.util.List;
import java.util.Optional;
import org.devpki.model.BatchId;
import org.devpki.model.SerialReference;

/**
 * Whose labels, and what they are printed from.
 *
 * @param batch all of its devices, beside those that are named
 * @param format a word of {@link org.devpki.export.LabelFormat}
 * @param size width and height in millimetres, such as {@code 50x25}
 * @param dpi dots per inch of the printer
 */
public record LabelOrder(
        List<String> names,
        List<SerialReference> serials,
        Optional<BatchId> batch,
        String format,
        String size,
        int dpi) {
    public LabelOrder {
        names = List.copyOf(names);
        serials = List.copyOf(serials);
    }
}
