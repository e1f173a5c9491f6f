package org.devpki.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.devpki.model.Revocation;
import org.devpki.model.RevocationReason;

/** What step-ca notes of a revocation: a JSON object with {@code RevokedAt} and {@code ReasonCode} (smallstep/certificates, db/db.go). */
public final class StepRevocation {
    private static final JsonFactory JSON = new JsonFactory();

    private static final int UNUSED = 7;

    private StepRevocation() {}

    /**
     * @param origin what it is of, for messages
     * @throws DevpkiException INVALID_INPUT if it is no such object, or a time or code makes no sense
     */
    public static Revocation read(Bytes json, String origin) {
        Optional<OffsetDateTime> at = Optional.empty();
        RevocationReason reason = RevocationReason.UNSPECIFIED;
        try (JsonParser parser = JSON.createParser(json.toArray())) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("it is no object");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                switch (name) {
                    case "RevokedAt" -> at = Optional.of(OffsetDateTime.parse(parser.getText()));
                    case "ReasonCode" -> reason = reason(parser.getIntValue());
                    default -> parser.skipChildren();
                }
            }
        } catch (DevpkiException e) {
            throw DevpkiException.invalid(origin + ": " + e.sentence());
        } catch (IOException | DateTimeException e) {
            throw DevpkiException.invalid(origin + " makes no sense: " + json.asUtf8())
                    .causedBy(e);
        }
        if (at.isEmpty()) {
            throw DevpkiException.invalid(origin + " does not tell when: " + json.asUtf8());
        }
        return new Revocation(at.get().toInstant().truncatedTo(ChronoUnit.SECONDS), reason);
    }

    /** step-ca takes 0 to 10, of which RFC 5280 section 5.3.1 leaves 7 out. */
    private static RevocationReason reason(int code) {
        return code == UNUSED ? RevocationReason.UNSPECIFIED : RevocationReason.ofCode(code);
    }
}
