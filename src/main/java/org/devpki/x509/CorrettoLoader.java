package org.devpki.x509;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.security.Provider;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Loads the Amazon Corretto Crypto Provider with the native library of this machine. Its builds for several machines have
 * the same classes and name their libraries alike, so one jar can hold them in folders of their own only, and the
 * provider, which asks its class loader for its library, has to be shown the right one.
 */
final class CorrettoLoader extends ClassLoader {
    private static final String PACKAGE = "com.amazon.corretto.crypto.provider.";
    private static final String LIBRARY =
            PACKAGE.replace('.', '/') + System.mapLibraryName("amazonCorrettoCryptoProvider");

    private final String folder;

    private CorrettoLoader(String folder) {
        super(CorrettoLoader.class.getClassLoader());
        this.folder = folder;
    }

    /**
     * The provider, registered nowhere.
     *
     * @throws ReflectiveOperationException if there is none for this machine
     * @throws LinkageError if this machine does not run it
     */
    static Provider provider() throws ReflectiveOperationException {
        String folder = "native/" + system() + "-" + processor() + "/";
        if (CorrettoLoader.class.getResource("/" + folder + LIBRARY) == null) { // else its loader would litter
            throw new ClassNotFoundException("there is none for " + system() + " on " + processor());
        }
        Class<?> found = Class.forName(PACKAGE + "AmazonCorrettoCryptoProvider", true, new CorrettoLoader(folder));
        Provider provider = (Provider) found.getField("INSTANCE").get(null);
        Object error = found.getMethod("getLoadingError").invoke(provider);
        if (error != null) {
            throw new UnsatisfiedLinkError(String.valueOf(error));
        }
        return provider;
    }

    private static String system() {
        String name = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        return name.startsWith("mac") ? "osx" : name;
    }

    private static String processor() {
        String name = System.getProperty("os.arch", "");
        return switch (name) {
            case "amd64" -> "x86_64";
            case "aarch64" -> "aarch_64";
            default -> name;
        };
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(PACKAGE)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded == null ? define(name) : loaded;
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            byte[] octets = in.readAllBytes();
            return defineClass(name, octets, 0, octets.length);
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }

    @Override
    public @Nullable URL getResource(String name) {
        return super.getResource(name.equals(LIBRARY) ? folder + name : name);
    }
}
