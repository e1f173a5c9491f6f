package org.devpki.config;

import static org.devpki.config.JsonInOrder.expect;
import static org.devpki.config.JsonInOrder.number;
import static org.devpki.config.JsonInOrder.text;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.devpki.model.BatchId;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.DevpkiException;
import org.devpki.model.LineToken;
import org.devpki.model.NamePattern;

/** What is signed of a line token, docs/formats/line-token.md: one JSON object on a line. */
public final class LineTokenFile {
    static final String SCHEMA = "devpki/line-token/1";

    private LineTokenFile() {}

    public static Bytes write(LineToken token) {
        try {
            return Bytes.utf8(JsonInOrder.object(json -> {
                        json.writeStringField("schema", SCHEMA);
                        json.writeStringField("id", token.id());
                        json.writeStringField("ca", token.ca().value());
                        json.writeNumberField("devices", token.devices());
                        json.writeStringField("name", token.name().glob());
                        json.writeArrayFieldStart("profiles");
                        for (String profile : token.profiles()) {
                            json.writeString(profile);
                        }
                        json.writeEndArray();
                        if (token.batch().isPresent()) {
                            json.writeStringField("batch", token.batch().get().value());
                        }
                        json.writeStringField("until", token.until().toString());
                        json.writeStringField("issuedAt", token.issuedAt().toString());
                    })
                    + "\n");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * @param origin the file's name, for messages
     * @throws DevpkiException INTEGRITY if it is not octet for octet what {@link #write} writes
     */
    public static LineToken read(Bytes content, String origin) {
        try (JsonParser json = JsonInOrder.parser(content.asUtf8())) {
            LineToken token = read(json);
            if (write(token).equals(content)) {
                return token;
            }
        } catch (IOException | DevpkiException e) {
            throw broken(origin).causedBy(e);
        }
        throw broken(origin);
    }

    private static LineToken read(JsonParser json) throws IOException {
        expect(json.nextToken() == JsonToken.START_OBJECT);
        expect(text(json, "schema").equals(SCHEMA));
        String id = text(json, "id");
        String ca = text(json, "ca");
        long devices = number(json, "devices");
        String name = text(json, "name");
        expect("profiles".equals(json.nextFieldName()) && json.nextToken() == JsonToken.START_ARRAY);
        List<String> profiles = new ArrayList<>();
        while (json.nextToken() == JsonToken.VALUE_STRING) {
            profiles.add(json.getText());
        }
        String next = String.valueOf(json.nextFieldName());
        Optional<String> batch = next.equals("batch") ? Optional.of(json.nextTextValue()) : Optional.empty();
        expect((batch.isPresent() ? json.nextFieldName() : next).equals("until"));
        String until = json.nextTextValue();
        String issuedAt = text(json, "issuedAt");
        return JsonInOrder.value(() -> new LineToken(
                id,
                new CaName(ca),
                devices,
                new NamePattern(name),
                profiles,
                batch.map(BatchId::new),
                Instant.parse(until),
                Instant.parse(issuedAt)));
    }

    private static DevpkiException broken(String origin) {
        return DevpkiException.integrity(origin + " does not hold a line token of schema " + SCHEMA);
    }
}
