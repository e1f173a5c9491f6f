package org.devpki.keys;

import java.util.Map;

/** What a PKCS #11 library answered other than CKR_OK. */
final class CryptokiFault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    static final long PIN_INCORRECT = 0xA0;
    static final long PIN_LOCKED = 0xA4;
    static final long SESSION_HANDLE_INVALID = 0xB3;
    static final long ALREADY_LOGGED_IN = 0x100;
    static final long ALREADY_INITIALIZED = 0x191;
    static final long ATTRIBUTE_SENSITIVE = 0x11;
    static final long ATTRIBUTE_TYPE_INVALID = 0x12;

    /** PKCS #11 v2.40, pkcs11t.h: those that people meet. */
    private static final Map<Long, String> NAMES = Map.ofEntries(
            Map.entry(0x05L, "CKR_GENERAL_ERROR"),
            Map.entry(0x06L, "CKR_FUNCTION_FAILED"),
            Map.entry(0x30L, "CKR_DEVICE_ERROR"),
            Map.entry(0x31L, "CKR_DEVICE_MEMORY"),
            Map.entry(0x32L, "CKR_DEVICE_REMOVED"),
            Map.entry(0x60L, "CKR_KEY_HANDLE_INVALID"),
            Map.entry(0x68L, "CKR_KEY_FUNCTION_NOT_PERMITTED"),
            Map.entry(0x70L, "CKR_MECHANISM_INVALID"),
            Map.entry(0x82L, "CKR_OBJECT_HANDLE_INVALID"),
            Map.entry(PIN_INCORRECT, "CKR_PIN_INCORRECT"),
            Map.entry(PIN_LOCKED, "CKR_PIN_LOCKED"),
            Map.entry(0xB0L, "CKR_SESSION_CLOSED"),
            Map.entry(0xB3L, "CKR_SESSION_HANDLE_INVALID"),
            Map.entry(0xE0L, "CKR_TOKEN_NOT_PRESENT"),
            Map.entry(0xE1L, "CKR_TOKEN_NOT_RECOGNIZED"),
            Map.entry(0xE2L, "CKR_TOKEN_WRITE_PROTECTED"),
            Map.entry(0x101L, "CKR_USER_NOT_LOGGED_IN"),
            Map.entry(0x190L, "CKR_CRYPTOKI_NOT_INITIALIZED"));

    private final long value;

    CryptokiFault(String function, long value) {
        super(function + " says " + NAMES.getOrDefault(value, "CKR 0x" + Long.toHexString(value)));
        this.value = value;
    }

    boolean is(long wanted) {
        return value == wanted;
    }

    /** What it says. */
    String text() {
        return String.valueOf(getMessage());
    }
}
