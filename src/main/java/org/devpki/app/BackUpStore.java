package org.devpki.app;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.devpki.files.WholeFiles;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;

/**
 * Puts the whole store into one zip file, 0600: a consistent copy of the ledger, as SQLite whatever it is in, settings, encrypted keys, profiles and
 * shelves, with a {@code SHA256SUMS} of all. The file is read back and verified before it gets its name.
 */
public final class BackUpStore {
    static final String SUMS = "SHA256SUMS";
    static final long MOST_OCTETS = 1L << 31;

    private final Workshop shop;

    BackUpStore(Workshop shop) {
        this.shop = shop;
    }

    /** @return how many files are in it */
    public int run(Path target) {
        if (Files.exists(target)) {
            throw DevpkiException.conflict(target + " exists already; a backup never replaces a file");
        }
        WholeFiles.sweep(target);
        Path staged = WholeFiles.stageFolder(target.toAbsolutePath());
        try {
            Path ledger = staged.resolve("ledger.db");
            shop.store().copyTo(ledger); // first: keys and CRLs that come later do no harm
            Path zip = staged.resolve("backup.zip");
            int files = write(zip, ledger);
            RestoreStore.check(zip, staged.resolve("check"), shop.surroundings());
            move(zip, target);
            shop.store().audit("store.backup", String.valueOf(target.getFileName()), "files=" + files);
            return files;
        } finally {
            WholeFiles.delete(staged);
        }
    }

    private int write(Path zip, Path ledger) {
        StringBuilder sums = new StringBuilder();
        List<Path> members = members();
        try (FileChannel channel = FileChannel.open(zip, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                OutputStream out = Channels.newOutputStream(channel);
                ZipOutputStream archive = new ZipOutputStream(out, StandardCharsets.UTF_8)) {
            add(archive, "ledger.db", ledger, sums);
            for (Path member : members) {
                String name = shop.folder().path().relativize(member).toString().replace('\\', '/');
                add(archive, name, member, sums);
            }
            archive.putNextEntry(new ZipEntry(SUMS));
            archive.write(sums.toString().getBytes(StandardCharsets.UTF_8));
            archive.closeEntry();
            archive.finish();
            channel.force(true);
            Files.setPosixFilePermissions(zip, org.devpki.files.Modes.SECRET_FILE.permissions());
        } catch (IOException e) {
            throw WholeFiles.failed("cannot write the backup", e);
        }
        return members.size() + 1;
    }

    private List<Path> members() {
        StoreFolder folder = shop.folder();
        List<Path> members = new ArrayList<>(List.of(folder.settings()));
        for (Path inside : List.of(folder.keys(), folder.profiles(), folder.issuers(), folder.crls())) {
            WholeFiles.list(inside).stream().filter(Files::isRegularFile).forEach(members::add);
        }
        return members;
    }

    private static void add(ZipOutputStream archive, String name, Path file, StringBuilder sums) throws IOException {
        Bytes content = WholeFiles.read(file, MOST_OCTETS);
        archive.putNextEntry(new ZipEntry(name));
        archive.write(content.toArray());
        archive.closeEntry();
        sums.append(content.sha256().hex()).append("  ").append(name).append('\n');
    }

    private static void move(Path zip, Path target) {
        try {
            Files.createLink(target, zip); // fails rather than replaces
        } catch (IOException e) {
            throw WholeFiles.failed("cannot name the backup " + target, e);
        }
        WholeFiles.sync(
                target.toAbsolutePath().getParent() == null
                        ? target
                        : target.toAbsolutePath().getParent());
    }
}
