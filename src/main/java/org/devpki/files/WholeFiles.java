package org.devpki.files;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.devpki.model.ExportedFile;
import org.devpki.model.OctetSource;
import org.devpki.model.SecretBytes;
import org.devpki.model.Spool;

/**
 * Writes files and folders so that a reader, or a power cut, never meets half of one: beside, synced, renamed, folder
 * synced. Every failure is one sentence, STORE_FAILED.
 */
public final class WholeFiles {
    private static final String MARK = ".devpki-tmp-";
    private static final int BUFFER_OCTETS = 1 << 16;
    private static final int HEXADECIMAL = 16;
    private static final Set<StandardOpenOption> NEW_FILE =
            Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);

    private WholeFiles() {}

    /** Replaces the file, or makes it. */
    public static void write(Path file, Bytes content, Modes mode) {
        write(file, SecretBytes.taking(content.toArray()), mode);
    }

    public static void write(Path file, SecretBytes content, Modes mode) {
        translating("write " + file, () -> {
            Path beside = beside(file);
            try {
                writeNew(beside, content, mode);
                Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(beside);
            }
            sync(parent(file));
            return file;
        });
    }

    /**
     * Replaces the file, which keeps its owner, group and permissions, for they say who may read it; or makes it, with the mode.
     */
    public static void writeKeepingOwner(Path file, Bytes content, Modes mode) {
        translating("write " + file, () -> {
            Path beside = beside(file);
            try {
                writeNew(beside, SecretBytes.taking(content.toArray()), mode);
                if (Files.exists(file)) {
                    giveTo(Files.readAttributes(file, PosixFileAttributes.class), beside);
                }
                Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(beside);
            }
            sync(parent(file));
            return file;
        });
    }

    /**
     * The file that a link leads to, so that the link stays one; the path itself where nothing is there.
     *
     * @throws DevpkiException INVALID_INPUT for a folder, a device or a pipe, which no file can take the place of
     */
    public static Path real(Path file) {
        return translating("find " + file, () -> {
            if (!Files.exists(file)) {
                return file;
            }
            if (!Files.isRegularFile(file)) {
                throw DevpkiException.invalid(file + " is no file that could be replaced");
            }
            return file.toRealPath();
        });
    }

    private static void giveTo(PosixFileAttributes wanted, Path file) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        PosixFileAttributes own = view.readAttributes();
        if (!own.owner().equals(wanted.owner())) {
            view.setOwner(wanted.owner());
        }
        if (!own.group().equals(wanted.group())) {
            view.setGroup(wanted.group());
        }
        view.setPermissions(wanted.permissions());
    }

    /** Replaces the file, or makes it, with octets that may be more than memory holds. */
    public static void write(Path file, OctetSource content, Modes mode) {
        try (StagedFile staged = stage(file, mode, content::copyTo)) {
            staged.settle();
        }
    }

    /** Writes a file beside its target, whole and synced, to be looked at and then settled. */
    public static StagedFile stage(Path target, Modes mode, Spool.Filling filling) {
        return translating("write " + target, () -> {
            Path beside = beside(target);
            boolean isWhole = false;
            try (FileChannel channel = FileChannel.open(
                    beside, NEW_FILE, PosixFilePermissions.asFileAttribute(Modes.SECRET_FILE.permissions()))) {
                OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER_OCTETS);
                filling.into(out);
                out.flush();
                channel.force(true);
                Files.setPosixFilePermissions(beside, mode.permissions());
                isWhole = true;
            } finally {
                if (!isWhole) {
                    Files.deleteIfExists(beside);
                }
            }
            return new StagedFile(beside, target);
        });
    }

    static void replace(Path beside, Path target) {
        translating("write " + target, () -> {
            Files.move(beside, target, StandardCopyOption.ATOMIC_MOVE);
            sync(parent(target));
            return target;
        });
    }

    /** The octets of a file that is there, read when they are wanted; replacing the file is harmless, changing it not. */
    public static OctetSource source(Path file) {
        return translating("read " + file, () -> {
            if (Files.isDirectory(file)) {
                throw DevpkiException.invalid("cannot read " + file + ": it is a folder");
            }
            return new FileOctets(file, Files.size(file));
        });
    }

    public static Optional<OctetSource> sourceIfPresent(Path file) {
        return Files.exists(file) ? Optional.of(source(file)) : Optional.empty();
    }

    /** Octets of a file that must be there, at most {@code mostOctets}. */
    public static Bytes read(Path file, long mostOctets) {
        return translating("read " + file, () -> {
            if (Files.isDirectory(file)) {
                throw DevpkiException.invalid("cannot read " + file + ": it is a folder");
            }
            if (Files.size(file) > mostOctets) {
                throw DevpkiException.invalid("cannot read " + file + ": it has more than " + mostOctets + " octets");
            }
            Bytes octets = Bytes.of(Files.isRegularFile(file) ? Files.readAllBytes(file) : some(file, mostOctets + 1));
            if (octets.length() > mostOctets) {
                throw DevpkiException.invalid("cannot read " + file + ": it has more than " + mostOctets + " octets");
            }
            return octets;
        });
    }

    /** Of a pipe or a device, which has no size and perhaps no end. */
    private static byte[] some(Path file, long most) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes((int) Math.min(most, Integer.MAX_VALUE));
        }
    }

    /** The same for a file whose content nobody may see. */
    public static SecretBytes readSecret(Path file, long mostOctets) {
        return SecretBytes.taking(read(file, mostOctets).toArray());
    }

    public static Optional<Bytes> readIfPresent(Path file, long mostOctets) {
        return Files.exists(file) ? Optional.of(read(file, mostOctets)) : Optional.empty();
    }

    /** Makes the folder and those above it; the modes apply to the last one. */
    public static void makeFolder(Path folder, Modes mode) {
        translating("make folder " + folder, () -> {
            if (!Files.isDirectory(folder)) {
                Path above = folder.toAbsolutePath().getParent();
                if (above != null) {
                    Files.createDirectories(above);
                }
                try {
                    Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(mode.permissions()));
                    Files.setPosixFilePermissions(folder, mode.permissions()); // whatever the umask says
                    sync(parent(folder));
                } catch (FileAlreadyExistsException e) {
                    if (!Files.isDirectory(folder)) { // if it is, another process made it at the same moment
                        throw e;
                    }
                }
            }
            return folder;
        });
    }

    /** Makes the folder and those above it, from below {@code top} down each with at least the mode. */
    public static void makeFolders(Path top, Path folder, Modes mode) {
        if (folder.equals(top)) {
            makeFolder(folder, mode);
            return;
        }
        makeFolders(top, parent(folder), mode);
        if (!Files.isDirectory(folder)) {
            makeFolder(folder, mode);
        } else if (!allows(folder, mode)) { // whoever made it was killed before it had its mode
            setMode(folder, mode);
        }
    }

    private static boolean allows(Path path, Modes mode) {
        return translating(
                "read the mode of " + path,
                () -> Files.getPosixFilePermissions(path).containsAll(mode.permissions()));
    }

    /** A new, empty, secret folder beside the one that it will be renamed to. */
    public static Path stageFolder(Path target) {
        return translating("make folder beside " + target, () -> {
            Path beside = beside(target);
            Files.createDirectory(beside, PosixFilePermissions.asFileAttribute(Modes.SECRET_FOLDER.permissions()));
            return beside;
        });
    }

    /** Writes new files into a staged folder and syncs it. */
    public static void fill(Path folder, List<ExportedFile> files) {
        translating("write into " + folder, () -> {
            List<FileChannel> written = new ArrayList<>();
            try {
                for (ExportedFile file : files) {
                    written.add(written(
                            folder.resolve(file.name()),
                            file.content(),
                            file.isSecret() ? Modes.SECRET_FILE : Modes.PUBLIC_FILE));
                }
                written.add(FileChannel.open(folder, StandardOpenOption.READ));
                Syncs.all(written);
            } finally {
                for (FileChannel channel : written) {
                    channel.close();
                }
            }
            return folder;
        });
    }

    /** Renames a staged folder to its target, which must not exist or be empty. */
    public static void settle(Path staged, Path target) {
        translating("make folder " + target, () -> {
            try {
                Files.move(staged, target, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                if (Files.exists(target)) { // Linux says it in more than one way
                    throw DevpkiException.conflict("folder " + target + " exists already")
                            .causedBy(e);
                }
                throw e;
            }
            sync(parent(target));
            return target;
        });
    }

    /** Renames a folder out of the way, to be deleted once its successor is in place. */
    public static Path setAside(Path folder) {
        return translating("move " + folder, () -> {
            Path beside = beside(folder);
            Files.move(folder, beside, StandardCopyOption.ATOMIC_MOVE);
            return beside;
        });
    }

    /** Deletes what killed processes left beside the target; call it only while nobody else writes the target. */
    public static void sweep(Path target) {
        sweep(parent(target), Set.of(name(target)));
    }

    /** The same for targets of these names in one folder, which is read once. */
    public static void sweep(Path folder, Set<String> targets) {
        translating("tidy up in " + folder, () -> {
            for (Path left : leftovers(folder, targets::contains)) {
                delete(left);
            }
            return folder;
        });
    }

    /** The names of the targets that killed processes left something beside, in a folder. */
    public static Set<String> littered(Path folder) {
        return leftovers(folder).stream()
                .map(left -> name(left).substring(1, name(left).indexOf(MARK)))
                .collect(Collectors.toSet());
    }

    /** What killed processes left in a folder. */
    public static List<Path> leftovers(Path folder) {
        return translating("list " + folder, () -> leftovers(folder, target -> true));
    }

    /** Deletes a file, or a folder with all that is in it; links are not followed. */
    public static void delete(Path path) {
        translating("delete " + path, () -> {
            if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                for (Path child : list(path)) {
                    delete(child);
                }
            }
            Files.deleteIfExists(path);
            return path;
        });
    }

    /** Deletes a file, and the folders between it and {@code top} that are empty then. */
    public static void deleteUpTo(Path top, Path file) {
        translating("delete " + file, () -> {
            Files.deleteIfExists(file);
            Path folder = parent(file);
            while (!folder.equals(top) && isEmpty(folder)) {
                Files.delete(folder);
                folder = parent(folder);
            }
            return file;
        });
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> children = Files.list(folder)) {
            return children.findAny().isEmpty();
        }
    }

    /**
     * Deletes what killed processes left in a folder and all folders in it, however many files there are; call it only
     * while nobody else writes there.
     */
    public static void sweepBelow(Path folder) {
        translating("tidy up " + folder, () -> {
            if (Files.isDirectory(folder)) {
                try (Stream<Path> all = Files.walk(folder)) {
                    all.filter(path -> name(path).startsWith(".") && name(path).indexOf(MARK) > 0)
                            .forEach(WholeFiles::delete);
                }
            }
            return folder;
        });
    }

    /** The names in a folder, sorted; empty when it is not there. */
    public static List<Path> list(Path folder) {
        return translating("list " + folder, () -> {
            if (!Files.isDirectory(folder)) {
                return List.of();
            }
            try (Stream<Path> children = Files.list(folder)) {
                return children.sorted().toList();
            }
        });
    }

    /** The mode's three digits, such as {@code 600}. */
    public static String mode(Path path) {
        return translating("read the mode of " + path, () -> {
            String text = PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
            int bits = text.chars().map(c -> c == '-' ? 0 : 1).reduce(0, (all, bit) -> (all << 1) | bit);
            return Integer.toOctalString(bits);
        });
    }

    public static void setMode(Path path, Modes mode) {
        translating("set the mode of " + path, () -> Files.setPosixFilePermissions(path, mode.permissions()));
    }

    /** Whether nobody but the owner may do anything with the path. */
    public static boolean isPrivate(Path path) {
        return mode(path).endsWith("00");
    }

    /** Makes a rename or a new name in the folder survive a power cut. */
    public static void sync(Path folder) {
        translating("sync " + folder, () -> {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
            return folder;
        });
    }

    private static void writeNew(Path file, SecretBytes content, Modes mode) throws IOException {
        try (FileChannel channel = written(file, content, mode)) {
            channel.force(true);
        }
    }

    /** A new file, not synced yet, and still open. */
    private static FileChannel written(Path file, SecretBytes content, Modes mode) throws IOException {
        FileChannel channel =
                FileChannel.open(file, NEW_FILE, PosixFilePermissions.asFileAttribute(Modes.SECRET_FILE.permissions()));
        ByteBuffer buffer = ByteBuffer.wrap(content.lend(byte[]::clone));
        try {
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            Files.setPosixFilePermissions(file, mode.permissions());
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        } finally {
            Arrays.fill(buffer.array(), (byte) 0);
        }
    }

    private static List<Path> leftovers(Path folder, Predicate<String> targets) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        List<Path> found = new ArrayList<>();
        // a look at each name and no more: the folder may hold all devices of a shift
        try (DirectoryStream<Path> left = Files.newDirectoryStream(folder, child -> isLeftover(child, targets))) {
            left.forEach(found::add);
        }
        return found.stream().sorted().toList();
    }

    /** Deletes what processes of this machine left beside the target that are no more. */
    public static void sweepDead(Path target) {
        translating("tidy up beside " + target, () -> {
            for (Path left : leftovers(parent(target), name(target)::equals)) {
                String unlike = String.valueOf(left.getFileName()).replaceAll(".*" + MARK, "");
                long process = Long.parseLong(unlike.substring(0, unlike.indexOf('-')), HEXADECIMAL);
                if (ProcessHandle.of(process).isEmpty()) {
                    delete(left);
                }
            }
            return target;
        });
    }

    private static boolean isLeftover(Path child, Predicate<String> targets) {
        String name = String.valueOf(child.getFileName());
        int mark = name.startsWith(".") ? name.indexOf(MARK) : -1;
        return mark > 0 && targets.test(name.substring(1, mark));
    }

    /** A hidden name that nobody else takes; {@link #leftovers} finds it. */
    static Path beside(Path target) {
        // unlike its neighbours, not secret
        String unlike = Long.toHexString(ProcessHandle.current().pid()) + "-" + Long.toHexString(System.nanoTime());
        return parent(target).resolve("." + name(target) + MARK + unlike);
    }

    private static Path parent(Path path) {
        Path parent = path.toAbsolutePath().getParent();
        return parent == null ? path.toAbsolutePath() : parent;
    }

    private static String name(Path path) {
        return String.valueOf(path.toAbsolutePath().normalize().getFileName());
    }

    /** Something that files can fail at. */
    @FunctionalInterface
    private interface Work<T> {
        T run() throws IOException;
    }

    private static <T> T translating(String what, Work<T> work) {
        try {
            return work.run();
        } catch (IOException e) {
            throw failed("cannot " + what, e);
        }
    }

    /** One sentence for an I/O failure. */
    public static DevpkiException failed(String what, IOException e) {
        String sentence = what + ": " + why(e);
        boolean isMissing = e instanceof NoSuchFileException;
        return (isMissing ? DevpkiException.notFound(sentence) : DevpkiException.storeFailed(sentence)).causedBy(e);
    }

    private static String why(IOException e) {
        if (e instanceof NoSuchFileException missing) {
            return "there is no " + missing.getFile();
        }
        if (e instanceof AccessDeniedException denied) {
            return "no permission for " + denied.getFile();
        }
        if (e instanceof FileAlreadyExistsException exists) {
            return exists.getFile() + " is in the way";
        }
        if (e instanceof NotDirectoryException not) {
            return not.getFile() + " is not a folder";
        }
        if (e instanceof AtomicMoveNotSupportedException) {
            return "the file system cannot rename in one step";
        }
        String message = String.valueOf(e.getMessage());
        int colon = message.lastIndexOf(": ");
        String reason = colon < 0 ? message : message.substring(colon + 2);
        return reason.toLowerCase(Locale.ROOT);
    }
}
