package org.devpki.config;

import de.siegmar.fastcsv.reader.CommentStrategy;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.devpki.model.Bytes;
import org.devpki.model.CsvRow;
import org.devpki.model.DevpkiException;

/** CSV as RFC 4180 has it: UTF-8, a byte order mark or none, lines that end with CR, LF or both; blank ones are left out. */
public final class CsvFile {
    private static final String BYTE_ORDER_MARK = "\ufeff";

    private CsvFile() {}

    /** What a line is that begins with {@code #}. */
    public enum Hash {
        COMMENT,
        FIELD
    }

    /**
     * The rows of a file, a header among them. How many fields each has is for others to judge.
     *
     * @param origin the file's name, for messages
     * @throws DevpkiException INVALID_INPUT if the file is not CSV; the sentence shows nothing of its content
     */
    public static List<CsvRow> read(Bytes file, String origin, Hash hash) {
        List<CsvRow> rows = new ArrayList<>();
        each(text(file, origin), origin, hash, ',', rows::add);
        return rows;
    }

    /** The same for text, with another separator, row after row. */
    static void each(String text, String origin, Hash hash, char separator, Consumer<CsvRow> rows) {
        int line = 0;
        try (CsvReader<CsvRecord> reader = CsvReader.builder()
                .fieldSeparator(separator)
                .commentStrategy(hash == Hash.COMMENT ? CommentStrategy.SKIP : CommentStrategy.NONE)
                .allowUnclosedQuote(false)
                .allowExtraCharsAfterClosingQuote(false)
                .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                .ofCsvRecord(text)) {
            for (CsvRecord row : reader) {
                if (!row.getFields().stream().allMatch(String::isBlank)) { // spreadsheets leave rows of commas only
                    line = (int) row.getStartingLineNumber();
                    rows.accept(new CsvRow(line, row.getFields()));
                }
            }
        } catch (CsvParseException e) { // its message may show a field, so it is not kept as the cause
            throw DevpkiException.invalid(origin + " is not CSV after line " + line
                    + ": a quote is not closed, or text follows a closing one");
        } catch (IOException | UncheckedIOException e) {
            throw new IllegalStateException(e); // there is no file behind the text
        }
    }

    /** The rows as text, lines ended by CR LF, fields quoted where they must be. */
    public static String write(List<List<String>> rows) {
        StringWriter text = new StringWriter();
        try (CsvWriter writer =
                CsvWriter.builder().lineDelimiter(LineDelimiter.CRLF).build(text)) {
            rows.forEach(writer::writeRecord);
        } catch (IOException e) {
            throw new IllegalStateException(e); // there is no file behind the text
        }
        return text.toString();
    }

    /** @throws DevpkiException INVALID_INPUT if the octets are not UTF-8 */
    static String text(Bytes file, String origin) {
        byte[] octets = file.toArray();
        boolean isUtf16 = octets.length > 1 && (octets[0] & 0xff) + (octets[1] & 0xff) == 0xff + 0xfe;
        if (isUtf16) {
            throw DevpkiException.invalid(origin + " is UTF-16, as some spreadsheets write it; save it as UTF-8");
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(octets))
                    .toString();
            return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw DevpkiException.invalid(origin + " is not UTF-8").causedBy(e);
        }
    }
}
