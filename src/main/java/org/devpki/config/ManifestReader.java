package org.devpki.config;

import static org.devpki.config.JsonInOrder.expect;
import static org.devpki.config.JsonInOrder.number;
import static org.devpki.config.JsonInOrder.text;
import static org.devpki.config.JsonInOrder.value;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.devpki.model.BatchId;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.devpki.model.ManifestDevice;
import org.devpki.model.ManifestHead;
import org.devpki.model.ManifestTotals;
import org.devpki.model.MerkleTree;
import org.devpki.model.OctetSource;
import org.devpki.model.SerialNumber;

/** Reads a manifest, docs/formats/manifest.md, device by device, and proves that it is whole. */
public final class ManifestReader {
    private static final int MOST_LINE_CHARACTERS = 1 << 20;

    private final String origin;
    private final MerkleTree tree = new MerkleTree();
    private long files;
    private int line;

    private ManifestReader(String origin) {
        this.origin = origin;
    }

    /**
     * @param origin the file's name, for messages
     * @param devices told of each, in order, before it is known that all are there
     * @throws DevpkiException INTEGRITY if it is no manifest, cut, or not what its counts and Merkle root say
     */
    public static ManifestTotals read(OctetSource manifest, String origin, Consumer<ManifestDevice> devices) {
        ManifestReader reader = new ManifestReader(origin);
        try (BufferedReader text = new BufferedReader(new InputStreamReader(
                manifest.open(),
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT)))) {
            return reader.read(text, devices);
        } catch (IOException e) {
            throw reader.broken("is not one of a manifest").causedBy(e);
        }
    }

    private ManifestTotals read(BufferedReader text, Consumer<ManifestDevice> devices) throws IOException {
        String first = next(text);
        if (!first.endsWith(ManifestWriter.BEFORE_DEVICES)) {
            throw broken("does not begin a manifest");
        }
        ManifestHead head = head(first.substring(0, first.length() - ManifestWriter.BEFORE_DEVICES.length()) + "}");
        String at = next(text);
        while (!at.startsWith("]")) {
            String next = next(text);
            boolean isLast = next.startsWith("]");
            if (!isLast && !at.endsWith(",")) {
                throw broken("follows a line without a comma");
            }
            String object = isLast ? at : at.substring(0, at.length() - 1);
            ManifestDevice device = device(object);
            tree.add(Bytes.utf8(object));
            files += device.files().size();
            devices.accept(device);
            at = next;
        }
        end(at);
        if (text.read() >= 0) {
            throw broken("is not the last one, as it should be");
        }
        return new ManifestTotals(head, tree.leaves(), files, tree.root());
    }

    private void end(String last) throws IOException {
        if (!last.startsWith("],")) {
            throw broken("does not end a manifest");
        }
        try (JsonParser json = JsonInOrder.parser("{" + last.substring(2))) {
            expect(json.nextToken() == JsonToken.START_OBJECT);
            long devicesSaid = number(json, "deviceCount");
            long filesSaid = number(json, "fileCount");
            String rootSaid = text(json, "merkleRoot");
            expect(json.nextToken() == JsonToken.END_OBJECT && json.nextToken() == null);
            if (devicesSaid != tree.leaves() || filesSaid != files) {
                throw broken("says that there are " + devicesSaid + " devices with " + filesSaid
                        + " files, and there are " + tree.leaves() + " with " + files);
            }
            if (!rootSaid.equals(tree.root().hex())) {
                throw broken("says Merkle root " + rootSaid + ", and the devices' is "
                        + tree.root().hex());
            }
        }
    }

    private ManifestHead head(String object) throws IOException {
        try (JsonParser json = JsonInOrder.parser(object)) {
            expect(json.nextToken() == JsonToken.START_OBJECT);
            if (!text(json, "schema").equals(ManifestWriter.SCHEMA)) {
                throw broken("does not say schema " + ManifestWriter.SCHEMA);
            }
            String batch = text(json, "batch");
            String settings = text(json, "settings");
            String begunAt = text(json, "begunAt");
            ManifestHead head = value(() -> new ManifestHead(new BatchId(batch), settings, Instant.parse(begunAt)));
            expect(json.nextToken() == JsonToken.END_OBJECT && json.nextToken() == null);
            return head;
        }
    }

    private ManifestDevice device(String object) throws IOException {
        try (JsonParser json = JsonInOrder.parser(object)) {
            expect(json.nextToken() == JsonToken.START_OBJECT);
            String row = text(json, "row");
            String name = text(json, "name");
            String serialText = text(json, "serial");
            SerialNumber serial = value(() -> SerialNumber.parse(serialText));
            Bytes sha256 = sha256(json);
            expect("files".equals(json.nextFieldName()) && json.nextToken() == JsonToken.START_ARRAY);
            List<ManifestDevice.File> found = new ArrayList<>();
            while (json.nextToken() == JsonToken.START_OBJECT) {
                found.add(new ManifestDevice.File(text(json, "name"), number(json, "octets"), sha256(json)));
                expect(json.nextToken() == JsonToken.END_OBJECT);
            }
            expect(json.nextToken() == JsonToken.END_OBJECT && json.nextToken() == null);
            return new ManifestDevice(row, name, serial, sha256, found);
        }
    }

    private static Bytes sha256(JsonParser json) throws IOException {
        String hex = text(json, "sha256");
        expect(hex.matches("[0-9a-f]{64}"));
        return Bytes.fromHex(hex);
    }

    /** A line, without its end. */
    private String next(Reader text) throws IOException {
        line++;
        StringBuilder found = new StringBuilder();
        for (int c = text.read(); c != '\n'; c = text.read()) {
            if (c < 0) {
                throw broken("has no end: the file was cut");
            }
            if (found.length() >= MOST_LINE_CHARACTERS) {
                throw broken("has more than " + MOST_LINE_CHARACTERS + " characters");
            }
            found.append((char) c);
        }
        return found.toString();
    }

    private DevpkiException broken(String what) {
        return DevpkiException.integrity(origin + " does not hold: line " + line + " " + what);
    }
}
