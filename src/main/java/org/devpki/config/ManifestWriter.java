package org.devpki.config;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.devpki.model.Bytes;
import org.devpki.model.ManifestDevice;
import org.devpki.model.ManifestHead;
import org.devpki.model.MerkleTree;

/**
 * Writes a manifest, docs/formats/manifest.md, device by device. The same content gives the same octets.
 */
public final class ManifestWriter {
    static final String SCHEMA = "devpki/manifest/1";
    static final String BEFORE_DEVICES = ",\"devices\":[";

    private final OutputStream out;
    private final MerkleTree tree = new MerkleTree();
    private long files;

    /** Writes the head. */
    public ManifestWriter(OutputStream out, ManifestHead head) throws IOException {
        this.out = out;
        String text = JsonInOrder.object(json -> {
            json.writeStringField("schema", SCHEMA);
            json.writeStringField("batch", head.batch().value());
            json.writeStringField("settings", head.settings());
            json.writeStringField("begunAt", head.begunAt().toString());
        });
        write(text.substring(0, text.length() - 1) + BEFORE_DEVICES);
    }

    /** Writes a device, which is a leaf of the tree. */
    public void add(ManifestDevice device) throws IOException {
        String text = JsonInOrder.object(json -> {
            json.writeStringField("row", device.row());
            json.writeStringField("name", device.name());
            json.writeStringField("serial", device.serial().hex());
            json.writeStringField("sha256", device.sha256().hex());
            json.writeArrayFieldStart("files");
            for (ManifestDevice.File file : device.files()) {
                json.writeStartObject();
                json.writeStringField("name", file.name());
                json.writeNumberField("octets", file.octets());
                json.writeStringField("sha256", file.sha256().hex());
                json.writeEndObject();
            }
            json.writeEndArray();
        });
        write((tree.leaves() == 0 ? "\n" : ",\n") + text);
        tree.add(Bytes.utf8(text));
        files += device.files().size();
    }

    /** Writes the end, with the root of the tree. */
    public void end() throws IOException {
        String text = JsonInOrder.object(json -> {
            json.writeNumberField("deviceCount", tree.leaves());
            json.writeNumberField("fileCount", files);
            json.writeStringField("merkleRoot", tree.root().hex());
        });
        write("\n]," + text.substring(1) + "\n");
    }

    private void write(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }
}
