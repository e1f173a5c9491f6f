package org.devpki.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.devpki.app.MergeHome;
import org.devpki.app.Workshop;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code devpki batch merge}. */
@Command(
        name = "merge",
        description = {
            "Bring what a factory home did into this ledger: certificates, batches, revocations, alarms; all or nothing.",
            "The same again changes nothing, a later backup brings what is new. Exit 4 with conflicts, each named; exit 8",
            "if the home's ledger or audit does not hold."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  devpki batch merge factory3.zip --dry-run", "  devpki batch merge factory3.zip --json"})
final class BatchMergeCommand implements Callable<Integer> {
    @Mixin
    CommonOptions common;

    @Parameters(paramLabel = "FILE", description = "A backup of the home, or a copy of its ledger.db.")
    Path file;

    @Option(names = "--dry-run", description = "Compare, say what would be brought, and change nothing.")
    boolean isDryRun;

    @Override
    public Integer call() {
        try (Workshop shop = common.open()) {
            MergeHome.Merged merged = shop.mergeHome().run(file, isDryRun);
            String counts = merged.certificates() + " certificates, " + merged.ahead() + " that went on, "
                    + merged.revoked() + " revocations, " + merged.batchRows() + " rows of batches, " + merged.alarms()
                    + " alarms";
            String what = !merged.hasChanged()
                    ? "nothing to do: " + file + " has nothing new"
                    : (isDryRun ? "would merge " : "merged ") + file + ": " + counts;
            common.print(
                    Fields.schema("batch-merge/1")
                            .put("file", file)
                            .put("changed", merged.hasChanged() && !isDryRun)
                            .put("dryRun", isDryRun)
                            .put("certificates", merged.certificates())
                            .put("ahead", merged.ahead())
                            .put("revoked", merged.revoked())
                            .put("batchRows", merged.batchRows())
                            .put("alarms", merged.alarms())
                            .put("auditEntries", merged.auditEntries())
                            .put("auditHead", merged.auditHead().hex()),
                    List.of(what));
        }
        return ExitCodes.DONE;
    }
}
