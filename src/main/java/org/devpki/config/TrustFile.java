package org.devpki.config;

import static org.devpki.config.JsonInOrder.expect;
import static org.devpki.config.JsonInOrder.text;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.CertificateDer;
import org.devpki.model.DevpkiException;
import org.devpki.model.Trust;

/** What {@code ca export --trust} writes, docs/formats/airgap.md: one JSON object on a line. */
public final class TrustFile {
    static final String SCHEMA = "devpki/trust/1";

    private TrustFile() {}

    public static Bytes write(Trust trust) {
        try {
            return Bytes.utf8(JsonInOrder.object(json -> {
                        json.writeStringField("schema", SCHEMA);
                        json.writeStringField("settings", trust.settings());
                        json.writeArrayFieldStart("cas");
                        for (Trust.Ca ca : trust.cas()) {
                            json.writeStartObject();
                            json.writeStringField("name", ca.name().value());
                            if (ca.parent().isPresent()) {
                                json.writeStringField(
                                        "parent", ca.parent().get().value());
                            }
                            json.writeBinaryField(
                                    "certificate", ca.certificate().octets().toArray());
                            json.writeEndObject();
                        }
                        json.writeEndArray();
                        json.writeArrayFieldStart("profiles");
                        for (Map.Entry<String, String> profile :
                                trust.profiles().entrySet()) {
                            json.writeStartObject();
                            json.writeStringField("name", profile.getKey());
                            json.writeStringField("yaml", profile.getValue());
                            json.writeEndObject();
                        }
                        json.writeEndArray();
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
    public static Trust read(Bytes file, String origin) {
        try (JsonParser json = JsonInOrder.parser(file.asUtf8())) {
            Trust trust = read(json);
            if (write(trust).equals(file)) {
                return trust;
            }
        } catch (IOException | DevpkiException e) {
            throw broken(origin).causedBy(e);
        }
        throw broken(origin);
    }

    private static Trust read(JsonParser json) throws IOException {
        expect(json.nextToken() == JsonToken.START_OBJECT);
        expect(text(json, "schema").equals(SCHEMA));
        String settings = text(json, "settings");
        expect("cas".equals(json.nextFieldName()) && json.nextToken() == JsonToken.START_ARRAY);
        List<Trust.Ca> cas = new ArrayList<>();
        while (json.nextToken() == JsonToken.START_OBJECT) {
            cas.add(ca(json));
        }
        expect("profiles".equals(json.nextFieldName()) && json.nextToken() == JsonToken.START_ARRAY);
        SortedMap<String, String> profiles = new TreeMap<>();
        while (json.nextToken() == JsonToken.START_OBJECT) {
            profiles.put(text(json, "name"), text(json, "yaml"));
            expect(json.nextToken() == JsonToken.END_OBJECT);
        }
        return new Trust(settings, cas, profiles);
    }

    private static Trust.Ca ca(JsonParser json) throws IOException {
        String name = text(json, "name");
        String next = String.valueOf(json.nextFieldName());
        Optional<String> parent = next.equals("parent") ? Optional.ofNullable(json.nextTextValue()) : Optional.empty();
        expect("certificate".equals(parent.isPresent() ? json.nextFieldName() : next)
                && json.nextToken() == JsonToken.VALUE_STRING);
        Bytes der = Bytes.of(json.getBinaryValue());
        expect(json.nextToken() == JsonToken.END_OBJECT);
        return JsonInOrder.value(
                () -> new Trust.Ca(new CaName(name), parent.map(CaName::new), new CertificateDer(der)));
    }

    private static DevpkiException broken(String origin) {
        return DevpkiException.integrity(origin + " does not hold trust of schema " + SCHEMA);
    }
}
