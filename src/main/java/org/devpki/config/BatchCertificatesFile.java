package org.devpki.config;

import static org.devpki.config.JsonInOrder.expect;
import static org.devpki.config.JsonInOrder.number;
import static org.devpki.config.JsonInOrder.text;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.devpki.model.BatchAnswer;
import org.devpki.model.BatchId;
import org.devpki.model.Bytes;
import org.devpki.model.CertificateDer;
import org.devpki.model.DevpkiException;

/**
 * What is signed and sealed of a batch's certificates, docs/formats/airgap.md: a line with the batch, then a line a device
 * with its certificate or why it gets none.
 */
public final class BatchCertificatesFile {
    static final String SCHEMA = "devpki/batch-certificates/1";

    private BatchCertificatesFile() {}

    /** One for each request, in their order. */
    public record Answers(BatchId batch, List<BatchAnswer> answers) {
        public Answers {
            answers = List.copyOf(answers);
        }
    }

    public static Bytes write(Answers content) {
        try {
            StringBuilder text = new StringBuilder(JsonInOrder.object(json -> {
                json.writeStringField("schema", SCHEMA);
                json.writeStringField("batch", content.batch().value());
                json.writeNumberField("rows", content.answers().size());
            }));
            for (BatchAnswer answer : content.answers()) {
                text.append('\n').append(JsonInOrder.object(json -> {
                    json.writeStringField("id", answer.row());
                    json.writeStringField("name", answer.name());
                    if (answer.certificate().isPresent()) {
                        json.writeBinaryField(
                                "certificate",
                                answer.certificate().get().octets().toArray());
                    }
                    if (answer.why().isPresent()) {
                        json.writeStringField("refused", answer.why().get());
                    }
                }));
            }
            return Bytes.utf8(text.append('\n').toString());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * @param origin the file's name, for messages
     * @throws DevpkiException INTEGRITY if it is not octet for octet what {@link #write} writes
     */
    public static Answers read(Bytes content, String origin) {
        try {
            List<String> lines = content.asUtf8().lines().toList();
            expect(!lines.isEmpty());
            BatchId batch;
            try (JsonParser json = JsonInOrder.parser(lines.get(0))) {
                expect(json.nextToken() == JsonToken.START_OBJECT);
                expect(text(json, "schema").equals(SCHEMA));
                String id = text(json, "batch");
                batch = JsonInOrder.value(() -> new BatchId(id));
                expect(number(json, "rows") == lines.size() - 1);
            }
            List<BatchAnswer> answers = new ArrayList<>();
            for (String line : lines.subList(1, lines.size())) {
                answers.add(answer(line));
            }
            Answers read = new Answers(batch, answers);
            if (write(read).equals(content)) {
                return read;
            }
        } catch (IOException e) {
            throw broken(origin).causedBy(e);
        }
        throw broken(origin);
    }

    private static BatchAnswer answer(String line) throws IOException {
        try (JsonParser json = JsonInOrder.parser(line)) {
            expect(json.nextToken() == JsonToken.START_OBJECT);
            String row = text(json, "id");
            String name = text(json, "name");
            boolean isRefused = "refused".equals(json.nextFieldName());
            expect(json.nextToken() == JsonToken.VALUE_STRING);
            Optional<String> why = isRefused ? Optional.of(json.getText()) : Optional.empty();
            Optional<CertificateDer> certificate =
                    isRefused ? Optional.empty() : Optional.of(new CertificateDer(Bytes.of(json.getBinaryValue())));
            return JsonInOrder.value(() -> new BatchAnswer(row, name, certificate, why));
        }
    }

    private static DevpkiException broken(String origin) {
        return DevpkiException.integrity(origin + " does not hold certificates of schema " + SCHEMA);
    }
}
