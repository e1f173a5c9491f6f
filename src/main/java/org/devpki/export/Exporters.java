package org.devpki.export;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.devpki.model.Credential;
import org.devpki.model.DevpkiException;
import org.devpki.model.ExportedFile;
import org.devpki.model.Quoted;

/** All the formats of the service list, by name. */
public final class Exporters {
    private final Map<String, Exporter> byName = new LinkedHashMap<>();

    public Exporters() {
        ServiceLoader.load(Exporter.class, Exporters.class.getClassLoader())
                .forEach(exporter -> byName.put(exporter.name(), exporter));
    }

    /** @throws DevpkiException INVALID_INPUT for a format that is not there, or named twice */
    public List<Exporter> named(List<String> names) {
        if (names.stream().distinct().count() != names.size()) {
            throw DevpkiException.invalid("formats " + String.join(",", names) + " name one twice");
        }
        return names.stream().map(this::named).toList();
    }

    /**
     * The files of several formats together, and those of what is burned beside; sealed where that is ordered.
     *
     * @throws DevpkiException INVALID_INPUT if a passphrase is missing, or two formats want the same file name
     */
    public static List<ExportedFile> files(List<Exporter> exporters, Credential credential, ExportOptions options) {
        Map<String, ExportedFile> files = new LinkedHashMap<>();
        for (Exporter exporter : exporters) {
            for (ExportedFile file : exporter.files(credential, options)) {
                if (files.put(file.name(), file) != null) {
                    throw DevpkiException.invalid(
                            "two of the formats write a file " + file.name() + "; export them one by one");
                }
            }
        }
        List<ExportedFile> all = new ArrayList<>(files.values());
        options.flashing()
                .ifPresent(flashing -> all.addAll(BurnedKey.files(
                        exporters.stream()
                                .flatMap(exporter -> exporter.burned(credential, options).stream())
                                .toList(),
                        credential.device().value(),
                        flashing.chip(),
                        options.sealing().isPresent())));
        return options.sealing()
                .map(sealing -> sealed(all, sealing, credential.device().value()))
                .orElse(all);
    }

    private static List<ExportedFile> sealed(List<ExportedFile> files, Sealing sealing, String device) {
        List<ExportedFile> all =
                new ArrayList<>(files.stream().map(sealing::seal).toList());
        List<String> own = all.stream()
                .filter(file -> file.isSealed() && !file.isBurned())
                .map(ExportedFile::name)
                .toList();
        if (!own.isEmpty()) {
            all.add(sealing.readme(device, own));
        }
        return all;
    }

    private Exporter named(String name) {
        Exporter exporter = byName.get(name);
        if (exporter == null) {
            throw DevpkiException.invalid(
                    "format " + Quoted.of(name) + " is not one of " + String.join(", ", byName.keySet()));
        }
        return exporter;
    }
}
