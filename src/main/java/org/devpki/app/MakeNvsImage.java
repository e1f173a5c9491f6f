package org.devpki.app;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import org.devpki.config.CsvFile;
import org.devpki.esp.NvsContents;
import org.devpki.esp.NvsFormat;
import org.devpki.esp.NvsImages;
import org.devpki.esp.NvsKeys;
import org.devpki.esp.NvsPartition;
import org.devpki.esp.NvsTable;
import org.devpki.files.Modes;
import org.devpki.files.WholeFiles;
import org.devpki.model.BrokerUri;
import org.devpki.model.Bytes;
import org.devpki.model.CsvRow;
import org.devpki.model.DevpkiException;
import org.devpki.model.SecretBytes;

/** Makes an NVS image of the generator's table; needs no store. */
public final class MakeNvsImage {
    private final SecureRandom random;

    public MakeNvsImage(SecureRandom random) {
        this.random = random;
    }

    /**
     * What is wanted.
     *
     * @param table the generator's CSV
     * @param origin its file, for messages
     * @param folder where files that it names are looked for
     * @param format 1 or 2
     * @param target where the image goes; empty when the caller takes it
     * @param isForced whether a file in its place may go
     */
    public record Order(
            Bytes table,
            String origin,
            Path folder,
            int sizeBytes,
            int format,
            boolean isReadOnly,
            NvsKeyChoice keys,
            Optional<Path> target,
            boolean isForced) {}

    /** What was made. */
    public record Made(SecretBytes image, int namespaces, int items, boolean isEncrypted, List<String> warnings) {}

    /**
     * Writes the key partition, if a new one was asked for, then the image: never an image whose keys are nowhere.
     *
     * @throws DevpkiException INVALID_INPUT with every bad row, CONFLICT if a file is in the way
     */
    public Made run(Order order) {
        NvsPartition partition =
                new NvsPartition(order.sizeBytes(), NvsFormat.numbered(order.format()), order.isReadOnly());
        Optional<NvsKeys> opened = NvsKeyring.open(order.keys());
        List<CsvRow> rows = CsvFile.read(order.table(), order.origin(), CsvFile.Hash.COMMENT);
        NvsContents contents = NvsTable.read(rows, order.origin(), NvsFiles.in(order.folder()));
        Optional<NvsKeys> keys = NvsKeyring.forImage(order.keys(), opened, random);
        SecretBytes image = NvsImages.write(contents, partition, keys);
        if (order.keys() instanceof NvsKeyChoice.Fresh fresh) {
            NvsFiles.refuseExisting("key file", fresh.target());
        }
        if (order.target().isPresent() && !order.isForced()) {
            refuseExisting(order.target().get());
        }
        if (order.keys() instanceof NvsKeyChoice.Fresh fresh) {
            WholeFiles.write(fresh.target(), keys.orElseThrow().partition(), Modes.SECRET_FILE);
        }
        order.target().ifPresent(target -> WholeFiles.write(target, image, Modes.SECRET_FILE));
        return new Made(
                image, contents.namespaces().size(), contents.items().size(), keys.isPresent(), plainUris(rows));
    }

    private static List<String> plainUris(List<CsvRow> rows) {
        return rows.stream()
                .flatMap(row -> row.fields().stream())
                .flatMap(field -> BrokerUri.warning(field).stream())
                .distinct()
                .toList();
    }

    private static void refuseExisting(Path target) {
        try {
            NvsFiles.refuseExisting("image", target);
        } catch (DevpkiException e) {
            throw e.hint("--force replaces it");
        }
    }
}
