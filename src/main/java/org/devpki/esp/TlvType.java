package org.devpki.esp;

import java.util.Arrays;
import java.util.Optional;

/**
 * What an entry of the esp_secure_cert partition holds.
 *
 * @see <a href="../../docs/formats/esp-secure-cert-partition.md">the types, and the component version they are of</a>
 */
public enum TlvType {
    CA_CERT(0),
    DEV_CERT(1),
    PRIV_KEY(2),
    DS_DATA(3),
    DS_CONTEXT(4),
    HMAC_ECDSA_KEY_SALT(5),
    SEC_CFG(6),
    TEE_SEC_STORAGE_KEY(7),
    SIGNATURE_BLOCK(8),
    INTEGRITY(9),
    USER_DATA_1(51),
    USER_DATA_2(52),
    USER_DATA_3(53),
    USER_DATA_4(54),
    USER_DATA_5(55),
    MATTER_1(201),
    MATTER_2(202);

    private final int code;

    TlvType(int code) {
        this.code = code;
    }

    /** The octet in the entry's header. */
    public int code() {
        return code;
    }

    /** Empty for a number that the component gives no name. */
    public static Optional<TlvType> ofCode(int code) {
        return Arrays.stream(values()).filter(type -> type.code == code).findFirst();
    }
}
