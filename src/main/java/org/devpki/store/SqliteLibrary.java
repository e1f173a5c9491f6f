package org.devpki.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.UserPrincipal;
import java.util.Optional;
import org.devpki.files.Modes;
import org.devpki.files.WholeFiles;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.util.LibraryLoaderUtil;
import org.sqlite.util.OSInfo;

/**
 * SQLite's native library, unpacked once for all processes of a user. Left to itself the driver unpacks it in every
 * process, into the folder for temporary files, and leaves it there when it is killed. Nothing here is an error: where a
 * folder cannot be made or trusted, or not be loaded from, the driver does as it does by itself.
 */
final class SqliteLibrary {
    private static final String PATH = "org.sqlite.lib.path";
    private static final String NAME = "org.sqlite.lib.name";
    private static final int WRITABLE_BY_OTHERS = 022;
    private static final int STICKY = 01000;

    private SqliteLibrary() {}

    /** Shows the driver the library of this user, before it looks for one; another that the user names goes first. */
    static synchronized void load() {
        if (System.getProperty(PATH) == null) {
            cache().flatMap(cache -> me(cache).flatMap(me -> unpacked(cache, me)))
                    .filter(SqliteLibrary::isLoaded)
                    .ifPresent(library -> {
                        System.setProperty(PATH, String.valueOf(library.getParent()));
                        System.setProperty(NAME, String.valueOf(library.getFileName()));
                    });
        }
    }

    /** XDG Base Directory Specification: {@code XDG_CACHE_HOME} where it is an absolute path, else {@code ~/.cache}. */
    private static Optional<Path> cache() {
        String named = System.getenv("XDG_CACHE_HOME");
        Path cache = named != null && named.startsWith("/")
                ? Path.of(named)
                : Path.of(System.getProperty("user.home", ""), ".cache");
        return cache.isAbsolute() ? Optional.of(cache) : Optional.empty();
    }

    private static Optional<UserPrincipal> me(Path cache) {
        try {
            return Optional.of(cache.getFileSystem()
                    .getUserPrincipalLookupService()
                    .lookupPrincipalByName(System.getProperty("user.name", "")));
        } catch (IOException | UnsupportedOperationException e) {
            return Optional.empty(); // a user without a name, as containers have
        }
    }

    /**
     * The library in {@code devpki} below a cache folder, octet for octet what the driver has in its jar, where nobody but
     * its owner and root can put another in its place; empty where that cannot be had.
     */
    static Optional<Path> unpacked(Path cache, UserPrincipal me) {
        try {
            Files.createDirectories(cache);
            Path above = cache.toRealPath();
            Path folder = above.resolve("devpki");
            WholeFiles.makeFolder(folder, Modes.SECRET_FOLDER);
            Bytes library = library();
            Path file = folder.resolve(name());
            if (!isOursAlone(folder, me) || !isSafe(above, me)) {
                return Optional.empty();
            }
            if (!holds(file, library, me)) {
                WholeFiles.write(file, library, Modes.SECRET_FILE);
            }
            return Optional.of(file);
        } catch (IOException | UnsupportedOperationException | DevpkiException e) {
            return Optional.empty(); // nowhere to keep it: the driver unpacks it for this process, as it always did
        }
    }

    /** Says version and machine, for homes are shared between machines. */
    private static String name() {
        return "sqlite-" + SQLiteJDBCLoader.getVersion() + "-" + machine().replace('/', '-') + "-"
                + LibraryLoaderUtil.getNativeLibName();
    }

    /** System and processor as folders of the driver's jar. On Linux the driver runs {@code uname} to tell Android from it. */
    private static String machine() {
        boolean isLinux = System.getProperty("os.name").equals("Linux") && System.getenv("ANDROID_ROOT") == null;
        return isLinux
                ? (OSInfo.isMusl() ? "Linux-Musl/" : "Linux/") + OSInfo.getArchName()
                : OSInfo.getNativeLibFolderPathForCurrentOS();
    }

    private static Bytes library() throws IOException {
        String resource = "/org/sqlite/native/" + machine() + "/" + LibraryLoaderUtil.getNativeLibName();
        try (InputStream in = SQLiteJDBCLoader.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException("the driver has no " + resource);
            }
            return Bytes.of(in.readAllBytes());
        }
    }

    private static boolean isOursAlone(Path folder, UserPrincipal me) throws IOException {
        PosixFileAttributes folderIs =
                Files.readAttributes(folder, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        return folderIs.isDirectory()
                && folderIs.owner().equals(me)
                && folderIs.permissions().equals(Modes.SECRET_FOLDER.permissions());
    }

    /** Whether nobody else can rename what is in a folder, or in those above it. */
    private static boolean isSafe(Path folder, UserPrincipal me) throws IOException {
        for (Path above = folder; above != null; above = above.getParent()) {
            int mode = (Integer) Files.getAttribute(above, "unix:mode", LinkOption.NOFOLLOW_LINKS);
            boolean isOurs = Files.getOwner(above, LinkOption.NOFOLLOW_LINKS).equals(me)
                    || Files.getAttribute(above, "unix:uid", LinkOption.NOFOLLOW_LINKS)
                            .equals(0);
            boolean isShared = (mode & WRITABLE_BY_OTHERS) != 0 && (mode & STICKY) == 0;
            if (!isOurs || isShared) {
                return false;
            }
        }
        return true;
    }

    private static boolean holds(Path file, Bytes library, UserPrincipal me) throws IOException {
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        PosixFileAttributes fileIs = Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        return fileIs.isRegularFile()
                && fileIs.owner().equals(me)
                && fileIs.size() == library.length()
                && Bytes.of(Files.readAllBytes(file)).equals(library);
    }

    /** The driver loads it once more, which does nothing, for its class loader is ours; but it would shout if it failed. */
    private static boolean isLoaded(Path library) {
        try {
            System.load(library.toString());
            return true;
        } catch (UnsatisfiedLinkError e) {
            return false; // programs may not run from there
        }
    }
}
