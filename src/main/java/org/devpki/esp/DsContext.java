package org.devpki.esp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.devpki.model.SecretBytes;

/**
 * {@code esp_ds_data_ctx_t} on flash: 4 octets for a pointer, the eFuse key id, a zero, the RSA bits; 8 in all.
 *
 * @param keyId KEYn, not the block's number
 * @param rsaBits size of the RSA key
 * @see <a href="../../docs/formats/esp-secure-cert-partition.md">layout</a>
 */
public record DsContext(int keyId, int rsaBits) {
    private static final int OCTETS = 8;
    private static final int KEY_ID_OFFSET = 4;
    private static final int BITS_OFFSET = 6;

    public SecretBytes encode() {
        return SecretBytes.taking(ByteBuffer.allocate(OCTETS)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(KEY_ID_OFFSET, (byte) keyId)
                .putShort(BITS_OFFSET, (short) rsaBits)
                .array());
    }

    /** @throws DevpkiException INVALID_INPUT if it is not 8 octets */
    public static DsContext decode(Bytes octets) {
        if (octets.length() != OCTETS) {
            throw DevpkiException.invalid("a DS_CONTEXT has " + OCTETS + " octets, not " + octets.length());
        }
        ByteBuffer buffer = ByteBuffer.wrap(octets.toArray()).order(ByteOrder.LITTLE_ENDIAN);
        return new DsContext(buffer.get(KEY_ID_OFFSET) & 0xff, buffer.getShort(BITS_OFFSET) & 0xffff);
    }
}
