package org.devpki.app;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.devpki.export.PasswordFormat;
import org.devpki.files.Modes;
import org.devpki.files.WholeFiles;
import org.devpki.model.BrokerUri;
import org.devpki.model.DeviceId;
import org.devpki.model.ExportedFile;
import org.devpki.model.SecretBytes;

/** A folder a device, such as {@code sensor-7+password}, beside the one of its certificate; each appears whole. */
public final class PasswordFolders implements PasswordDelivery {
    /** Behind the device's name; none has a plus sign in it. */
    private static final String MARK = "+password";

    private final Path parent;
    private final Set<PasswordFormat> formats;
    private final Optional<BrokerUri> uri;

    /**
     * @param formats what each folder holds beside {@code password.txt}: {@code values}, {@code sdkconfig}, {@code header}
     * @throws org.devpki.model.DevpkiException INVALID_INPUT for another format
     */
    public PasswordFolders(Path parent, List<String> formats, Optional<BrokerUri> uri) {
        this.parent = parent;
        this.formats = new LinkedHashSet<>(List.of(PasswordFormat.TEXT));
        formats.forEach(format -> this.formats.add(PasswordFormat.parse(format)));
        this.uri = uri;
    }

    public Path folder(DeviceId name) {
        return parent.resolve(name.folderName() + MARK);
    }

    @Override
    public Optional<SecretBytes> there(DeviceId name) {
        Path file = folder(name).resolve(PasswordFormat.TEXT_FILE);
        return Files.exists(file) ? Optional.of(PasswordText.read(file)) : Optional.empty();
    }

    @Override
    public void deliver(Map<DeviceId, SecretBytes> passwords) {
        WholeFiles.makeFolder(parent, Modes.PUBLIC_FOLDER);
        passwords.forEach(this::deliver);
    }

    private void deliver(DeviceId name, SecretBytes password) {
        List<ExportedFile> files = formats.stream()
                .flatMap(format -> format.files(name, password, uri).stream())
                .toList();
        Path folder = folder(name);
        WholeFiles.sweep(folder);
        Path staged = WholeFiles.stageFolder(folder);
        try {
            WholeFiles.fill(staged, files);
            Optional<Path> old = Files.exists(folder) ? Optional.of(WholeFiles.setAside(folder)) : Optional.empty();
            WholeFiles.settle(staged, folder);
            old.ifPresent(WholeFiles::delete);
        } finally {
            WholeFiles.delete(staged);
        }
    }
}
