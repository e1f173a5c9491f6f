package org.devpki.config;

import static org.devpki.config.JsonInOrder.expect;
import static org.devpki.config.JsonInOrder.number;
import static org.devpki.config.JsonInOrder.text;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.devpki.model.BatchId;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;

/**
 * What is sealed of a batch's requests, docs/formats/airgap.md: a line with the batch, then a line a device, which is a row
 * of a list with the column {@code csr}.
 */
public final class BatchRequestsFile {
    static final String SCHEMA = "devpki/batch-requests/1";

    private BatchRequestsFile() {}

    /**
     * @param rows how many lines there are behind the first
     * @param list those lines, as a list of devices is read
     */
    public record Requests(BatchId batch, long rows, Bytes list) {}

    public static Bytes write(BatchId batch, List<SortedMap<String, String>> rows) {
        StringBuilder text = new StringBuilder(head(batch, rows.size()));
        try {
            for (SortedMap<String, String> row : rows) {
                text.append(JsonInOrder.object(json -> {
                            for (Map.Entry<String, String> column : row.entrySet()) {
                                json.writeStringField(column.getKey(), column.getValue());
                            }
                        }))
                        .append('\n');
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return Bytes.utf8(text.toString());
    }

    private static String head(BatchId batch, long rows) {
        try {
            return JsonInOrder.object(json -> {
                        json.writeStringField("schema", SCHEMA);
                        json.writeStringField("batch", batch.value());
                        json.writeNumberField("rows", rows);
                    })
                    + "\n";
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * @param origin the file's name, for messages
     * @throws DevpkiException INTEGRITY if it does not begin as {@link #write} has it, or has other rows than it says
     */
    public static Requests read(Bytes content, String origin) {
        String text = content.asUtf8();
        String first = text.lines().findFirst().orElse("");
        try (JsonParser json = JsonInOrder.parser(first)) {
            expect(json.nextToken() == JsonToken.START_OBJECT);
            expect(text(json, "schema").equals(SCHEMA));
            String id = text(json, "batch");
            long rows = number(json, "rows");
            BatchId batch = JsonInOrder.value(() -> new BatchId(id));
            expect(head(batch, rows).equals(first + "\n"));
            expect(text.lines().count() == rows + 1 && text.endsWith("\n"));
            return new Requests(batch, rows, Bytes.utf8(text.substring(first.length() + 1)));
        } catch (IOException e) {
            throw DevpkiException.integrity(origin + " does not hold requests of schema " + SCHEMA)
                    .causedBy(e);
        }
    }
}
