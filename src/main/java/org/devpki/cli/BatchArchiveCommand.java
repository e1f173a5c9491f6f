package org.devpki.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.devpki.app.ArchiveBatch;
import org.devpki.app.Workshop;
import org.devpki.model.BatchId;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code devpki batch archive}. */
@Command(
        name = "archive",
        description = {
            "Pack the folders of a whole batch's devices into one archive, in the order of its rows, each checked by its",
            "SHA256SUMS. The same batch makes the same octets. Exit 6 while rows are not done, 8 if a folder is not whole;",
            "secrets in clear are refused without --with-keys."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  devpki batch archive L3W47 --from out/ --out L3W47.tar.zst --add results.jsonl",
            "  devpki batch archive L3W47 --from out/ --out L3W47.zip --with-keys"
        })
final class BatchArchiveCommand implements Callable<Integer> {
    @Mixin
    CommonOptions common;

    @Parameters(paramLabel = "ID", description = "The batch.")
    String id;

    @Option(
            names = "--from",
            required = true,
            paramLabel = "FOLDER",
            description = "Where the devices' folders are: the --out of batch run.")
    Path from;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "FILE",
            description = "The archive; its name ends in .tar.zst or .zip.")
    Path out;

    @Option(
            names = "--add",
            paramLabel = "FILE",
            description = "A file of the batch to put beside the folders, such as its results. Repeatable.")
    List<Path> extras = new ArrayList<>();

    @Option(names = "--with-keys", description = "Pack secrets in clear too, for an archive that goes to nobody else.")
    boolean hasKeys;

    @Option(names = "--force", description = "Replace an archive that is there and has other octets.")
    boolean isForced;

    @Override
    public Integer call() {
        ArchiveBatch.Order order = new ArchiveBatch.Order(new BatchId(id), from, out, extras, hasKeys, isForced);
        try (Workshop shop = common.open()) {
            ArchiveBatch.Archived archived = shop.archiveBatch().run(order);
            common.print(
                    Fields.schema("batch-archive/1")
                            .put("batch", id)
                            .put("rows", archived.batch().rows())
                            .put("done", archived.batch().done())
                            .put("folders", archived.folders())
                            .put("archive", out.toString())
                            .put("changed", archived.hasChanged())
                            .put("notDone", archived.notDone()),
                    List.of(words(archived, out)));
            return archived.isWhole() ? ExitCodes.DONE : ExitCodes.IN_PART;
        }
    }

    static String words(ArchiveBatch.Archived archived, Path out) {
        if (!archived.isWhole()) {
            long open = archived.batch().rows() - archived.batch().done();
            return "nothing was packed: batch " + archived.batch().id() + " is not whole, " + open + " of "
                    + archived.batch().rows() + " rows are not done, such as " + String.join(", ", archived.notDone());
        }
        return (archived.hasChanged() ? "packed " : "nothing to do: packed before: ") + archived.folders()
                + " folders of batch " + archived.batch().id() + " into " + out;
    }
}
