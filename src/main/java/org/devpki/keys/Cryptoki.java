package org.devpki.keys;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.devpki.model.SecretBytes;

/**
 * A PKCS #11 library (Cryptoki, v2.40): the few of its functions that keys need, one call at a time. It is loaded once a
 * process, and can be started anew when a token was gone, which ends all sessions.
 */
final class Cryptoki {
    static final long PUBLIC_KEY = 2;
    static final long PRIVATE_KEY = 3;
    static final long KEY_RSA = 0;
    static final long KEY_EC = 3;

    static final long CLASS = 0x00;
    static final long TOKEN = 0x01;
    static final long PRIVATE = 0x02;
    static final long LABEL = 0x03;
    static final long KEY_TYPE = 0x100;
    static final long ID = 0x102;
    static final long SENSITIVE = 0x103;
    static final long SIGN = 0x108;
    static final long VERIFY = 0x10A;
    static final long MODULUS = 0x120;
    static final long MODULUS_BITS = 0x121;
    static final long PUBLIC_EXPONENT = 0x122;
    static final long EXTRACTABLE = 0x162;
    static final long EC_PARAMS = 0x180;
    static final long EC_POINT = 0x181;

    static final long RSA_KEY_PAIR_GEN = 0x0000;
    static final long RSA_PKCS = 0x0001;
    static final long EC_KEY_PAIR_GEN = 0x1040;
    static final long ECDSA = 0x1041;

    private static final long OS_LOCKING = 2;
    private static final long SERIAL_SESSION = 4;
    private static final long WRITING_SESSION = 2;
    private static final long USER = 1;
    private static final long LOGIN_REQUIRED = 4;
    private static final long OWN_PIN_PAD = 0x100;
    private static final int MOST_SIGNATURE_OCTETS = 1024;
    private static final int MOST_OBJECTS = 16;
    private static final int LABEL_OCTETS = 32;
    private static final int MODEL_OCTETS = 16;
    private static final int TOKEN_INFO_OCTETS = 512; // more than any packing of it takes

    private static final Map<String, Cryptoki> LOADED = new HashMap<>();

    /** Functions by their place in CK_FUNCTION_LIST, which is all that a library must export a way to. */
    private enum Call {
        INITIALIZE(0, "C_Initialize"),
        FINALIZE(1, "C_Finalize"),
        SLOTS(4, "C_GetSlotList"),
        TOKEN_INFO(6, "C_GetTokenInfo"),
        OPEN(12, "C_OpenSession"),
        CLOSE(13, "C_CloseSession"),
        LOGIN(18, "C_Login"),
        ATTRIBUTES(24, "C_GetAttributeValue"),
        FIND_INIT(26, "C_FindObjectsInit"),
        FIND(27, "C_FindObjects"),
        FIND_FINAL(28, "C_FindObjectsFinal"),
        SIGN_INIT(42, "C_SignInit"),
        SIGN(43, "C_Sign"),
        GENERATE(59, "C_GenerateKeyPair");

        private final int place;
        private final String text;

        Call(int place, String text) {
            this.place = place;
            this.text = text;
        }
    }

    /**
     * A session, until the library is started anew: then its handles are given to others.
     *
     * @param starts how often the library had been started
     */
    record Session(long handle, long starts) {}

    /** A token in its slot. */
    record Token(long slot, String label, String manufacturer, String model, String serial, long flags) {}

    /** An attribute of a template. */
    record Attribute(long type, Bytes value) {
        static Attribute of(long type, boolean is) {
            return new Attribute(type, Bytes.of(new byte[] {(byte) (is ? 1 : 0)}));
        }

        static Attribute of(long type, long number) {
            Memory word = new Memory(Native.LONG_SIZE);
            putWord(word, 0, number);
            return new Attribute(type, Bytes.of(word.getByteArray(0, Native.LONG_SIZE)));
        }

        static Attribute of(long type, String text) {
            return new Attribute(type, Bytes.utf8(text));
        }
    }

    private final String path;
    private final NativeLibrary library; // which is unloaded when nobody holds it
    private final Pointer functions;
    private final Set<String> refusedPins = new HashSet<>();
    private boolean isStarted;
    private long starts;

    private Cryptoki(String path) {
        this.path = path;
        try {
            Memory list = new Memory(Native.POINTER_SIZE);
            this.library = NativeLibrary.getInstance(path);
            long answer = library.getFunction("C_GetFunctionList").invokeLong(new Object[] {list});
            if (answer != 0) {
                throw new CryptokiFault("C_GetFunctionList", answer);
            }
            this.functions = list.getPointer(0);
        } catch (UnsatisfiedLinkError e) {
            throw DevpkiException.keyUnavailable("PKCS #11 library " + path + " cannot be loaded")
                    .hint("pkcs11.module in devpki.yaml names it, such as /usr/lib/softhsm/libsofthsm2.so")
                    .causedBy(e);
        }
        start();
    }

    /** @throws DevpkiException KEY_UNAVAILABLE if it cannot be loaded */
    static Cryptoki of(String path) {
        synchronized (LOADED) {
            Cryptoki known = LOADED.get(path);
            if (known == null) {
                try {
                    known = new Cryptoki(path);
                } catch (CryptokiFault e) {
                    throw DevpkiException.keyUnavailable("PKCS #11 library " + path + " cannot be used: " + e.text())
                            .causedBy(e);
                }
                LOADED.put(path, known);
            }
            return known;
        }
    }

    /** How often it was started: sessions of another count are gone. */
    synchronized long starts() {
        return starts;
    }

    /** Starts anew, unless somebody did since; only then a library looks at its slots again. */
    synchronized void restart(long seen) {
        if (starts == seen) {
            if (isStarted) {
                isStarted = false;
                finish();
            }
            start();
        }
    }

    private void finish() {
        try {
            call(Call.FINALIZE, Pointer.NULL);
        } catch (CryptokiFault e) {
            return; // what cannot be ended has ended
        }
    }

    private synchronized void start() {
        Memory arguments = new Memory(6L * Math.max(Native.POINTER_SIZE, Native.LONG_SIZE));
        arguments.clear();
        putWord(arguments, 4L * Native.POINTER_SIZE, OS_LOCKING); // after four functions that lock
        try {
            call(Call.INITIALIZE, arguments);
        } catch (CryptokiFault e) {
            if (!e.is(CryptokiFault.ALREADY_INITIALIZED)) {
                throw e;
            }
        }
        isStarted = true;
        starts++;
    }

    synchronized List<Token> tokens() {
        if (!isStarted) { // it could not be when it was last tried
            start();
        }
        Memory count = new Memory(Native.LONG_SIZE);
        call(Call.SLOTS, (byte) 1, Pointer.NULL, count);
        long most = word(count, 0);
        List<Token> tokens = new ArrayList<>();
        if (most == 0) {
            return tokens;
        }
        Memory slots = new Memory(most * Native.LONG_SIZE);
        call(Call.SLOTS, (byte) 1, slots, count);
        for (long i = 0; i < Math.min(most, word(count, 0)); i++) {
            token(word(slots, i * Native.LONG_SIZE)).ifPresent(tokens::add);
        }
        return tokens;
    }

    /*
     * CK_TOKEN_INFO ::= label[32] manufacturerID[32] model[16] serialNumber[16] flags …, padded with blanks
     */
    private Optional<Token> token(long slot) {
        Memory info = new Memory(TOKEN_INFO_OCTETS);
        try {
            call(Call.TOKEN_INFO, slot, info);
        } catch (CryptokiFault e) {
            return Optional.empty(); // pulled out at this moment
        }
        return Optional.of(new Token(
                slot,
                text(info, 0, LABEL_OCTETS),
                text(info, LABEL_OCTETS, LABEL_OCTETS),
                text(info, 2L * LABEL_OCTETS, MODEL_OCTETS),
                text(info, 2L * LABEL_OCTETS + MODEL_OCTETS, MODEL_OCTETS),
                word(info, 2L * LABEL_OCTETS + 2L * MODEL_OCTETS)));
    }

    private static String text(Memory memory, long at, int length) {
        return new String(memory.getByteArray(at, length), StandardCharsets.UTF_8).stripTrailing();
    }

    synchronized Session open(Token token, boolean isWriting) {
        Memory session = new Memory(Native.LONG_SIZE);
        call(
                Call.OPEN,
                token.slot(),
                SERIAL_SESSION | (isWriting ? WRITING_SESSION : 0),
                Pointer.NULL,
                Pointer.NULL,
                session);
        return new Session(word(session, 0), starts);
    }

    /** @throws CryptokiFault if the session ended when the library was started anew */
    private long handle(Session session) {
        if (session.starts() != starts) {
            throw new CryptokiFault("session", CryptokiFault.SESSION_HANDLE_INVALID);
        }
        return session.handle();
    }

    synchronized void close(Session session) {
        if (starts == session.starts()) {
            try {
                call(Call.CLOSE, session.handle());
            } catch (CryptokiFault e) {
                return; // it is closed
            }
        }
    }

    /** Whether a PIN has to be given, rather than typed on the token itself, or not at all. */
    static boolean wantsPin(Token token) {
        return (token.flags() & LOGIN_REQUIRED) != 0 && (token.flags() & OWN_PIN_PAD) == 0;
    }

    /** Logs the whole process in. A PIN that was refused is not tried again, for tokens lock themselves after a few. */
    synchronized void login(Session session, Token token, Optional<SecretBytes> pin) {
        if ((token.flags() & LOGIN_REQUIRED) == 0) {
            return;
        }
        if (refusedPins.contains(token.serial())) {
            throw new CryptokiFault(Call.LOGIN.text, CryptokiFault.PIN_INCORRECT);
        }
        int length = pin.map(SecretBytes::length).orElse(0);
        try (Memory octets = new Memory(length + 1L)) {
            try {
                pin.ifPresent(secret -> secret.lend(lent -> {
                    octets.write(0, lent, 0, lent.length);
                    return lent.length;
                }));
                call(Call.LOGIN, handle(session), USER, pin.isPresent() ? octets : Pointer.NULL, (long) length);
            } finally {
                octets.clear(); // which is not done when it is freed
            }
        } catch (CryptokiFault e) {
            if (e.is(CryptokiFault.PIN_INCORRECT)) {
                refusedPins.add(token.serial());
            }
            if (!e.is(CryptokiFault.ALREADY_LOGGED_IN)) {
                throw e;
            }
        }
    }

    /** The objects that have all of these attributes, at most a handful. */
    synchronized List<Long> find(Session in, List<Attribute> wanted) {
        long session = handle(in);
        try (Template template = new Template(wanted)) {
            call(Call.FIND_INIT, session, template.memory(), (long) wanted.size());
        }
        Memory objects = new Memory((long) MOST_OBJECTS * Native.LONG_SIZE);
        Memory count = new Memory(Native.LONG_SIZE);
        try {
            call(Call.FIND, session, objects, (long) MOST_OBJECTS, count);
        } finally {
            call(Call.FIND_FINAL, session);
        }
        List<Long> found = new ArrayList<>();
        for (long i = 0; i < word(count, 0); i++) {
            found.add(word(objects, i * Native.LONG_SIZE));
        }
        return found;
    }

    /** An attribute's octets; empty if the object has none, or does not give it. */
    synchronized Optional<Bytes> attribute(Session in, long object, long type) {
        long session = handle(in);
        try (Template template = new Template(List.of(new Attribute(type, Bytes.of(new byte[0]))))) {
            call(Call.ATTRIBUTES, session, object, template.memory(), 1L);
            long length = template.length();
            if (length <= 0) { // CK_UNAVAILABLE_INFORMATION is -1
                return Optional.empty();
            }
            Memory value = new Memory(length);
            template.point(value);
            call(Call.ATTRIBUTES, session, object, template.memory(), 1L);
            return Optional.of(Bytes.of(value.getByteArray(0, (int) length)));
        } catch (CryptokiFault e) {
            if (e.is(CryptokiFault.ATTRIBUTE_TYPE_INVALID) || e.is(CryptokiFault.ATTRIBUTE_SENSITIVE)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    synchronized void generate(Session session, long mechanism, List<Attribute> ofPublic, List<Attribute> ofPrivate) {
        Memory handles = new Memory(2L * Native.LONG_SIZE);
        try (Template publicKey = new Template(ofPublic);
                Template privateKey = new Template(ofPrivate)) {
            call(
                    Call.GENERATE,
                    handle(session),
                    mechanism(mechanism),
                    publicKey.memory(),
                    (long) ofPublic.size(),
                    privateKey.memory(),
                    (long) ofPrivate.size(),
                    handles,
                    handles.share(Native.LONG_SIZE));
        }
    }

    /** A signature by a mechanism without parameters. */
    synchronized byte[] sign(Session in, long key, long mechanism, Bytes octets) {
        long session = handle(in);
        call(Call.SIGN_INIT, session, mechanism(mechanism), key);
        Memory signature = new Memory(MOST_SIGNATURE_OCTETS);
        Memory length = new Memory(Native.LONG_SIZE);
        putWord(length, 0, MOST_SIGNATURE_OCTETS);
        call(Call.SIGN, session, octets.toArray(), (long) octets.length(), signature, length);
        return signature.getByteArray(0, (int) word(length, 0));
    }

    /** CK_MECHANISM: type, pointer to parameters, their length. */
    private static Memory mechanism(long type) {
        Memory mechanism = new Memory(2L * Native.LONG_SIZE + Native.POINTER_SIZE);
        mechanism.clear();
        putWord(mechanism, 0, type);
        return mechanism;
    }

    /** CK_ATTRIBUTE, again and again: type, pointer to the value, its length. */
    private static final class Template implements AutoCloseable {
        private static final long SIZE = 2L * Native.LONG_SIZE + Native.POINTER_SIZE;
        private static final long LENGTH_AT = (long) Native.LONG_SIZE + Native.POINTER_SIZE;

        private final Memory memory;
        private final List<Memory> values = new ArrayList<>();

        Template(List<Attribute> attributes) {
            memory = new Memory(attributes.size() * SIZE);
            memory.clear();
            for (int i = 0; i < attributes.size(); i++) {
                Bytes value = attributes.get(i).value();
                putWord(memory, i * SIZE, attributes.get(i).type());
                if (value.length() > 0) {
                    Memory octets = new Memory(value.length());
                    octets.write(0, value.toArray(), 0, value.length());
                    values.add(octets);
                    memory.setPointer(i * SIZE + Native.LONG_SIZE, octets);
                }
                putWord(memory, i * SIZE + LENGTH_AT, value.length());
            }
        }

        Memory memory() {
            return memory;
        }

        /** Of the first value. */
        long length() {
            return word(memory, LENGTH_AT);
        }

        /** Has the first value written there. */
        void point(Memory value) {
            values.add(value);
            memory.setPointer(Native.LONG_SIZE, value);
        }

        @Override
        public void close() {
            memory.close();
        }
    }

    private void call(Call call, Object... arguments) {
        Pointer function = functions.getPointer(headerOctets() + (long) call.place * Native.POINTER_SIZE);
        long answer = Function.getFunction(function).invokeLong(arguments);
        if (Native.LONG_SIZE == Integer.BYTES) {
            answer &= 0xffffffffL;
        }
        if (answer != 0) {
            throw new CryptokiFault(call.text, answer);
        }
    }

    /** CK_FUNCTION_LIST begins with two octets of version; Windows packs what follows, others align it. */
    private static int headerOctets() {
        return Native.LONG_SIZE == Native.POINTER_SIZE ? Native.POINTER_SIZE : 2;
    }

    private static void putWord(Memory memory, long at, long value) {
        if (Native.LONG_SIZE == Long.BYTES) {
            memory.setLong(at, value);
        } else {
            memory.setInt(at, (int) value);
        }
    }

    private static long word(Memory memory, long at) {
        return Native.LONG_SIZE == Long.BYTES ? memory.getLong(at) : memory.getInt(at);
    }

    @Override
    public String toString() {
        return path;
    }
}
