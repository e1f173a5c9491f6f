package org.devpki.app;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.devpki.files.WholeFiles;

/**
 * What killed processes left in folders of devices. A folder may hold all devices of a shift, so it is read once in a
 * process's life; what somebody else leaves meanwhile is for the next process.
 */
final class Litter {
    private final Map<Path, Set<String>> seen = new ConcurrentHashMap<>();

    /** Deletes what was left beside these targets; call it only while nobody else writes them. */
    void sweep(Path folder, Set<String> targets) {
        Set<String> left = seen.computeIfAbsent(folder.toAbsolutePath().normalize(), WholeFiles::littered);
        if (targets.stream().anyMatch(left::contains)) {
            WholeFiles.sweep(folder, targets);
        }
    }
}
