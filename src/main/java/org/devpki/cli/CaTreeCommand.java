package org.devpki.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.devpki.app.ShowLedger.DescribedCa;
import org.devpki.app.Workshop;
import org.devpki.model.CaName;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code devpki ca tree}. */
@Command(
        name = "tree",
        description = "Draw the CAs, each under the one that issued its certificate.",
        footerHeading = "%nExamples:%n",
        footer = {"  devpki ca tree", "  devpki ca tree --json"})
final class CaTreeCommand implements Callable<Integer> {
    @Mixin
    CommonOptions common;

    @Override
    public Integer call() {
        try (Workshop shop = common.open()) {
            List<DescribedCa> cas = shop.showLedger().cas();
            List<String> lines = new ArrayList<>();
            draw(cas, Optional.empty(), "", lines);
            common.print(Fields.schema("ca-tree/1").put("roots", below(cas, Optional.empty())), lines);
        }
        return ExitCodes.DONE;
    }

    private static List<DescribedCa> children(List<DescribedCa> cas, Optional<CaName> parent) {
        return cas.stream().filter(ca -> ca.ca().parent().equals(parent)).toList();
    }

    private static void draw(List<DescribedCa> cas, Optional<CaName> parent, String indent, List<String> lines) {
        for (DescribedCa ca : children(cas, parent)) {
            lines.add(indent + ca.ca().name() + "  " + ca.standing().text() + ", " + ca.key() + ", until "
                    + ca.validity().notAfter() + CaCommand.succession(ca));
            draw(cas, Optional.of(ca.ca().name()), indent + "  ", lines);
        }
    }

    private static List<Map<String, Object>> below(List<DescribedCa> cas, Optional<CaName> parent) {
        return children(cas, parent).stream()
                .map(ca -> CaCommand.members(Fields.plain(), ca)
                        .put("cas", below(cas, Optional.of(ca.ca().name())))
                        .map())
                .toList();
    }
}
