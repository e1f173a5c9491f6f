package org.devpki.cli;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.devpki.app.MakeNvsFleet;
import org.devpki.app.MakeNvsImage;
import org.devpki.app.ReadNvsImage;
import org.devpki.model.DevpkiException;
import org.devpki.model.Quoted;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code devpki nvs}. */
@Command(
        name = "nvs",
        description = "Images of NVS partitions, as ESP-IDF's tools make and read them.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            NvsCommand.GenerateCommand.class,
            NvsCommand.ShowCommand.class,
            NvsCommand.CheckCommand.class,
            NvsCommand.MassCommand.class
        },
        footerHeading = "%nExamples:%n",
        footer = {"  devpki nvs generate fctry.csv --size 0x6000 --out fctry.bin", "  devpki nvs show fctry.bin"})
final class NvsCommand extends NounCommand {
    private static final Pattern SIZE = Pattern.compile("0[xX]([0-9a-fA-F]{1,7})|([0-9]{1,9})");
    private static final String SIZE_HELP = "Size of the partition in bytes, as 0x6000 or 24576.";

    private static int size(String text) {
        Matcher size = SIZE.matcher(text);
        if (!size.matches()) {
            throw DevpkiException.invalid("size " + Quoted.of(text) + " is not a number of bytes as 0x6000 or 24576");
        }
        return size.group(1) == null ? Integer.parseInt(size.group(2)) : Integer.parseInt(size.group(1), 16);
    }

    /** {@code devpki nvs generate}. */
    @Command(
            name = "generate",
            description = {
                "Make an image of a CSV file with the columns key,type,encoding,value, as nvs_partition_gen.py does.",
                "It is encrypted if keys are given."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  devpki nvs generate fctry.csv --size 0x6000 --out fctry.bin",
                "  devpki nvs generate fctry.csv --size 0x6000 --out secret.bin --new-keys nvs_keys.bin"
            })
    static final class GenerateCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Mixin
        NvsKeyOptions keys;

        @Parameters(paramLabel = "INPUT", description = "The CSV file; - is standard input.")
        String input;

        @Option(names = "--size", paramLabel = "BYTES", required = true, description = SIZE_HELP)
        String size;

        @Option(
                names = "--out",
                paramLabel = "FILE",
                required = true,
                description = "Where the image goes, mode 0600; - is standard output.")
        String out;

        @Option(names = "--force", description = "Replace the image if it is there.")
        boolean isForced;

        @Option(
                names = "--files",
                paramLabel = "FOLDER",
                description = "Where rows of type file look (default: the working folder).")
        Path files = Path.of("");

        @Option(
                names = "--format-version",
                paramLabel = "N",
                description = "Version of the page format: 2 (default), or 1 without blobs over several pages.")
        int format = 2;

        @Option(
                names = "--read-only",
                description = "The partition is flagged readonly: no page stays free, and 0x1000 is enough.")
        boolean isReadOnly;

        @Option(
                names = "--new-keys",
                paramLabel = "FILE",
                description = "Encrypt with new keys, and write their key partition here, mode 0600.")
        Optional<Path> newKeys = Optional.empty();

        @Override
        public Integer call() {
            boolean isStream = out.equals("-");
            if (isStream && common.isJson) {
                throw DevpkiException.invalid("--out - prints the image, which --json would be mixed with");
            }
            if (isStream && common.streams().isOutTerminal()) {
                throw DevpkiException.invalid("an image, which may hold keys, never goes to a terminal");
            }
            MakeNvsImage.Made made = new MakeNvsImage(common.streams().random())
                    .run(new MakeNvsImage.Order(
                            common.input(input),
                            CommonOptions.origin(input),
                            files,
                            size(size),
                            format,
                            isReadOnly,
                            keys.choice(newKeys),
                            isStream ? Optional.empty() : Optional.of(Path.of(out)),
                            isForced));
            made.warnings().forEach(common::say);
            if (isStream) {
                common.toStandardOutput(stream -> made.image().lend(octets -> {
                    stream.writeBytes(octets);
                    return octets.length;
                }));
            } else {
                print(made);
            }
            return ExitCodes.DONE;
        }

        private void print(MakeNvsImage.Made made) {
            List<String> lines = new ArrayList<>();
            lines.add(
                    "made " + out + ", " + made.image().length() + " bytes" + (made.isEncrypted() ? ", encrypted" : "")
                            + ": " + count(made.items(), "item") + " in " + count(made.namespaces(), "namespace"));
            newKeys.ifPresent(file -> lines.add("keys in " + file));
            common.print(
                    Fields.schema("nvs-generate/1")
                            .put("file", out)
                            .put("size", made.image().length())
                            .put("encrypted", made.isEncrypted())
                            .put("namespaces", made.namespaces())
                            .put("items", made.items())
                            .put("keys", newKeys.map(Path::toString)),
                    lines);
        }
    }

    private static String count(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    /** {@code devpki nvs show}. */
    @Command(
            name = "show",
            description = "Show what an image holds: keys, types, sizes, numbers, and how full its pages are."
                    + " Exit 8 if it does not hold.",
            footerHeading = "%nExamples:%n",
            footer = {"  devpki nvs show fctry.bin", "  devpki nvs show secret.bin --keys nvs_keys.bin --json"})
    static final class ShowCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Mixin
        NvsKeyOptions keys;

        @Parameters(paramLabel = "IMAGE", description = "The image; - is standard input.")
        String image;

        @Option(
                names = "--reveal",
                description = "Show texts and blobs too, which may be keys and passwords; never on a terminal.")
        boolean isRevealed;

        @Override
        public Integer call() {
            if (isRevealed && common.streams().isOutTerminal()) {
                throw DevpkiException.invalid("texts and blobs, which may be keys, never go to a terminal")
                        .hint("redirect the output into a file");
            }
            ReadNvsImage.Read read = ReadNvsImage.run(common.input(image), keys.choice(Optional.empty()));
            List<String> lines = new ArrayList<>();
            lines.add(String.format("%-15s  %-15s  %-6s  %6s  %s", "NAMESPACE", "KEY", "TYPE", "BYTES", "VALUE"));
            for (ReadNvsImage.Entry entry : read.entries()) {
                lines.add(String.format(
                                "%-15s  %-15s  %-6s  %6d  %s",
                                entry.namespace(), entry.key(), entry.type(), entry.octets(), value(entry))
                        .stripTrailing());
            }
            read.pages().forEach(page -> lines.add(line(page)));
            tellProblems(common, read);
            common.print(
                    Fields.schema("nvs/1")
                            .put("file", CommonOptions.origin(image))
                            .put("namespaces", read.namespaces())
                            .put(
                                    "entries",
                                    read.entries().stream().map(this::members).toList())
                            .put(
                                    "pages",
                                    read.pages().stream()
                                            .map(NvsCommand::members)
                                            .toList())
                            .put("problems", read.problems()),
                    lines);
            return read.problems().isEmpty() ? ExitCodes.DONE : ExitCodes.INTEGRITY;
        }

        private String value(ReadNvsImage.Entry entry) {
            return entry.number().orElseGet(() -> isRevealed ? content(entry) : "");
        }

        /** A text in quotes on one line, a blob as hex. */
        private static String content(ReadNvsImage.Entry entry) {
            return entry.content()
                    .map(secret -> secret.lend(octets -> entry.type().equals("string")
                            ? quoted(octets)
                            : HexFormat.of().formatHex(octets)))
                    .orElse("");
        }

        private static String quoted(byte[] octets) {
            StringBuilder text = new StringBuilder("\"");
            for (char c : new String(octets, StandardCharsets.UTF_8).toCharArray()) {
                if (c == '"' || c == '\\') {
                    text.append('\\').append(c);
                } else if (Character.isISOControl(c)) {
                    text.append(c == '\n' ? "\\n" : String.format("\\u%04x", (int) c));
                } else {
                    text.append(c);
                }
            }
            return text.append('"').toString();
        }

        private Map<String, Object> members(ReadNvsImage.Entry entry) {
            Fields fields = Fields.plain()
                    .put("namespace", entry.namespace())
                    .put("key", entry.key())
                    .put("type", entry.type())
                    .put("size", entry.octets())
                    .put("value", entry.number());
            if (isRevealed) {
                boolean isText = entry.type().equals("string");
                fields.put(
                        isText ? "text" : "hex",
                        entry.content()
                                .map(secret -> secret.lend(octets -> isText
                                        ? new String(octets, StandardCharsets.UTF_8)
                                        : HexFormat.of().formatHex(octets))));
            }
            return fields.map();
        }
    }

    private static String line(ReadNvsImage.Page page) {
        return "page " + page.index() + ": " + page.state() + ", " + page.written() + " entries written, "
                + page.erased() + " erased, " + page.empty() + " free";
    }

    private static Map<String, Object> members(ReadNvsImage.Page page) {
        Fields fields = Fields.plain().put("page", page.index()).put("state", page.state());
        page.sequence().ifPresent(sequence -> fields.put("sequence", sequence));
        return fields.put("written", page.written())
                .put("erased", page.erased())
                .put("free", page.empty())
                .map();
    }

    private static void tellProblems(CommonOptions common, ReadNvsImage.Read read) {
        read.problems().forEach(common::say);
    }

    /** {@code devpki nvs check}. */
    @Command(
            name = "check",
            description = "Check every checksum, state and chunk of an image, and list what is wrong."
                    + " Exit 8 if anything is.",
            footerHeading = "%nExamples:%n",
            footer = {"  devpki nvs check fctry.bin", "  devpki nvs check secret.bin --keys nvs_keys.bin --json"})
    static final class CheckCommand implements Callable<Integer> {
        @Mixin
        CommonOptions common;

        @Mixin
        NvsKeyOptions keys;

        @Parameters(paramLabel = "IMAGE", description = "The image; - is standard input.")
        String image;

        @Override
        public Integer call() {
            ReadNvsImage.Read read = ReadNvsImage.run(common.input(image), keys.choice(Optional.empty()));
            boolean isWhole = read.problems().isEmpty();
            String origin = CommonOptions.origin(image);
            List<String> lines = new ArrayList<>();
            read.problems().forEach(problem -> lines.add(origin + ": " + problem));
            lines.add(origin + ": "
                    + (isWhole
                            ? "whole, " + count(read.entries().size(), "item") + " in "
                                    + count(read.namespaces().size(), "namespace")
                            : "NOT whole, " + count(read.problems().size(), "problem")));
            common.print(
                    Fields.schema("nvs-check/1")
                            .put("file", origin)
                            .put("whole", isWhole)
                            .put("items", read.entries().size())
                            .put("problems", read.problems()),
                    lines);
            return isWhole ? ExitCodes.DONE : ExitCodes.INTEGRITY;
        }
    }

    /** {@code devpki nvs mfg}. */
    @Command(
            name = "mfg",
            description = {
                "Make an image for each row of a values file, as mfg_gen.py does.",
                "CSV files go into OUT/csv, images into OUT/bin, new keys into OUT/keys. Nothing is written before all rows",
                "are known to be right."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  devpki nvs mfg config.csv values.csv --prefix Fleet --size 0x4000 --out lot7 --file-id id",
                "  devpki nvs mfg config.csv values.csv --prefix Fleet --prefix-num 1,4 --size 0x4000 --out lot7 --new-keys"
            })
    static final class MassCommand implements Callable<Integer> {
        private static final Pattern NUMBERING = Pattern.compile("([0-9]{1,9}),([0-9]{1,9})");

        @Mixin
        CommonOptions common;

        @Mixin
        NvsKeyOptions keys;

        @Parameters(index = "0", paramLabel = "CONFIG", description = "CSV of the keys: key,type,encoding[,REPEAT].")
        String config;

        @Parameters(index = "1", paramLabel = "VALUES", description = "CSV of the values, a row a device.")
        String values;

        @Option(names = "--prefix", paramLabel = "NAME", required = true, description = "How the file names begin.")
        String prefix;

        @Option(
                names = "--prefix-num",
                paramLabel = "START,DIGITS",
                description = "Put running numbers behind the prefix: 1,4 gives 0001, 0002, ...")
        Optional<String> numbering = Optional.empty();

        @Option(
                names = "--file-id",
                paramLabel = "COLUMN",
                description = "Column that the files are named by; else 1, 2, 3, ...")
        Optional<String> idColumn = Optional.empty();

        @Option(names = "--size", paramLabel = "BYTES", required = true, description = SIZE_HELP)
        String size;

        @Option(
                names = "--out",
                paramLabel = "FOLDER",
                required = true,
                description = "Where the files go, mode 0600; none of them may be there.")
        Path out;

        @Option(
                names = "--files",
                paramLabel = "FOLDER",
                description = "Where values of type file look (default: the working folder).")
        Path files = Path.of("");

        @Option(
                names = "--format-version",
                paramLabel = "N",
                description = "Version of the page format: 2 (default) or 1.")
        int format = 2;

        @Option(
                names = "--read-only",
                description = "The partition is flagged readonly: no page stays free, and 0x1000 is enough.")
        boolean isReadOnly;

        @Option(names = "--new-keys", description = "Encrypt each image with new keys of its own.")
        boolean isNewKeys;

        @Override
        public Integer call() {
            List<MakeNvsFleet.Made> made = new MakeNvsFleet(common.streams().random())
                    .run(new MakeNvsFleet.Order(
                            common.input(config),
                            CommonOptions.origin(config),
                            common.input(values),
                            CommonOptions.origin(values),
                            files,
                            prefix,
                            numbering.map(MassCommand::numbering),
                            idColumn,
                            size(size),
                            format,
                            isReadOnly,
                            keys.choice(isNewKeys ? Optional.of(out.resolve("keys")) : Optional.empty()),
                            out));
            common.print(
                    Fields.schema("nvs-mfg/1")
                            .put("folder", out)
                            .put(
                                    "devices",
                                    made.stream()
                                            .map(device -> Fields.plain()
                                                    .put("id", device.id())
                                                    .put("csv", device.table())
                                                    .put("image", device.image())
                                                    .put("keys", device.keys())
                                                    .map())
                                            .toList()),
                    List.of("made " + count(made.size(), "image") + " in " + out.resolve("bin")));
            return ExitCodes.DONE;
        }

        private static MakeNvsFleet.Numbering numbering(String text) {
            Matcher numbers = NUMBERING.matcher(text);
            if (!numbers.matches()) {
                throw DevpkiException.invalid("--prefix-num " + Quoted.of(text) + " is not START,DIGITS as in 1,4");
            }
            return new MakeNvsFleet.Numbering(Integer.parseInt(numbers.group(1)), Integer.parseInt(numbers.group(2)));
        }
    }
}
