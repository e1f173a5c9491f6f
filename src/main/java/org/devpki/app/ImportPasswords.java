package org.devpki.app;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.devpki.model.Bytes;
import org.devpki.model.Complaints;
import org.devpki.model.DeviceId;
import org.devpki.model.DevpkiException;
import org.devpki.model.LedgerPassword;
import org.devpki.model.PasswordHash;
import org.devpki.store.Store;

/** Takes over a password file that {@code mosquitto_passwd} wrote. */
public final class ImportPasswords {
    /** @param before who has the same already */
    public record Imported(List<DeviceId> brought, List<DeviceId> before) {}

    private final Workshop shop;

    ImportPasswords(Workshop shop) {
        this.shop = shop;
    }

    /**
     * @param origin the file's name, for messages
     * @param isForced whether devices may lose another password that they have
     * @throws DevpkiException INVALID_INPUT with every bad line, CONFLICT with the first device that has another password;
     *     nothing is taken over then
     */
    public Imported run(Bytes file, String origin, boolean isForced) {
        shop.refuseRestricted("imports no passwords");
        Map<DeviceId, PasswordHash> all = read(file, origin);
        try (Store.Held held = shop.store().lock(IssuePasswords.LOCK)) {
            Map<DeviceId, PasswordHash> brought = new LinkedHashMap<>();
            all.forEach((name, hash) -> {
                Optional<PasswordHash> known = shop.store().password(name).flatMap(LedgerPassword::inForce);
                if (!known.equals(Optional.of(hash))) {
                    if (known.isPresent() && !isForced) {
                        throw DevpkiException.conflict(name + " has another password than in " + origin)
                                .hint("--force takes those of the file");
                    }
                    brought.put(name, hash);
                }
            });
            if (!brought.isEmpty()) {
                shop.store().bringPasswords(brought, origin);
            }
            return new Imported(
                    List.copyOf(brought.keySet()),
                    all.keySet().stream()
                            .filter(name -> !brought.containsKey(name))
                            .toList());
        }
    }

    private static Map<DeviceId, PasswordHash> read(Bytes file, String origin) {
        Complaints complaints = new Complaints(origin);
        Map<DeviceId, PasswordHash> all = new LinkedHashMap<>();
        List<String> lines = file.asUtf8().lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (!line.isEmpty() && !line.startsWith("#")) {
                try {
                    take(line, all);
                } catch (DevpkiException e) {
                    complaints.add(i + 1, e);
                }
            }
        }
        complaints.throwIfAny();
        return all;
    }

    private static void take(String line, Map<DeviceId, PasswordHash> all) {
        int colon = line.indexOf(':');
        if (colon < 0) {
            throw DevpkiException.invalid("it is not NAME:HASH");
        }
        DeviceId name = new DeviceId(line.substring(0, colon));
        if (all.put(name, PasswordHash.parse(line.substring(colon + 1))) != null) {
            throw DevpkiException.invalid(name + " is there twice");
        }
    }
}
