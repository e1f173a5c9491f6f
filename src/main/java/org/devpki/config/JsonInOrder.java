package org.devpki.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.time.DateTimeException;
import java.util.function.Supplier;
import org.devpki.model.DevpkiException;

/** JSON objects of devpki's own files, whose members stand in one order only. What is otherwise is an IOException. */
final class JsonInOrder {
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private JsonInOrder() {}

    /** What is put between the braces of an object. */
    @FunctionalInterface
    interface Members {
        void into(JsonGenerator json) throws IOException;
    }

    /** An object on one line. */
    static String object(Members members) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            members.into(json);
            json.writeEndObject();
        }
        return text.toString();
    }

    static JsonParser parser(String text) throws IOException {
        return JSON.createParser(text);
    }

    static String text(JsonParser json, String name) throws IOException {
        expect(name.equals(json.nextFieldName()));
        String value = json.nextTextValue();
        expect(value != null);
        return String.valueOf(value);
    }

    static long number(JsonParser json, String name) throws IOException {
        expect(name.equals(json.nextFieldName()) && json.nextToken() == JsonToken.VALUE_NUMBER_INT);
        return json.getLongValue();
    }

    static <T> T value(Supplier<T> parsed) throws IOException {
        try {
            return parsed.get();
        } catch (DevpkiException | DateTimeException e) {
            throw new IOException(e);
        }
    }

    static void expect(boolean is) throws IOException {
        if (!is) {
            throw new IOException("another token was expected");
        }
    }
}
