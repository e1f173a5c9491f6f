package org.devpki.app;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.devpki.broker.BrokerConfig;
import org.devpki.broker.BrokerPlan;
import org.devpki.broker.PasswordFile;
import org.devpki.files.Modes;
import org.devpki.files.WholeFiles;
import org.devpki.model.BrokerKind;
import org.devpki.model.Bytes;
import org.devpki.model.DeviceId;
import org.devpki.model.DevpkiException;
import org.devpki.model.ListenAddress;
import org.devpki.model.LoginMethod;
import org.devpki.store.Store;

/** Writes a broker's configuration folder, with all that it names in it: it works as it stands. */
public final class ConfigureBroker {
    private final Workshop shop;

    ConfigureBroker(Workshop shop) {
        this.shop = shop;
    }

    /**
     * What was written.
     *
     * @param files all names in the folder
     * @param changed those that were not there so before
     * @param warnings what is left to know
     */
    public record Configured(
            List<String> files, List<String> changed, List<String> warnings, Map<DeviceId, String> leftOut) {}

    /**
     * What is wanted.
     *
     * @param methods how devices log in; empty for what is usual with the broker
     * @param folder where to
     * @param at its absolute path on the broker's machine, where that is another
     * @param server the folder of the broker's own certificate and key, in PEM
     * @param jwksUrl where the keys are that verify tokens
     * @param isForced whether other files of these names may be replaced
     */
    public record Order(
            BrokerKind broker,
            Set<LoginMethod> methods,
            ListenAddress listen,
            Path folder,
            Optional<String> at,
            Path server,
            Optional<String> jwksUrl,
            boolean isForced) {
        public Order {
            methods = Set.copyOf(methods);
        }
    }

    /**
     * @throws DevpkiException NOT_FOUND if the certificate is not there, CONFLICT if files are there with other content;
     *     nothing is written then
     */
    public Configured run(Order order) {
        Path folder = order.folder();
        String place = folder.toAbsolutePath().normalize().toString();
        BrokerPlan plan = new BrokerPlan(
                order.broker(), order.methods(), order.listen(), order.at().orElse(place), order.jwksUrl());
        BrokerConfig.Written config =
                BrokerConfig.of(plan, shop.settings().crl().isIdpAlways());
        Map<String, Bytes> contents = new LinkedHashMap<>();
        config.files().forEach((name, text) -> contents.put(name, Bytes.utf8(text)));
        contents.put(BrokerPlan.SERVER_CHAIN, ofServer(order.server(), "chain.pem")); // as --format pem calls them
        contents.put(BrokerPlan.SERVER_KEY, ofServer(order.server(), "key.pem"));
        try (Store.Held held = shop.store().lock("broker folder " + place)) {
            List<String> others = contents.entrySet().stream()
                    .filter(entry -> InstalledFile.there(folder.resolve(entry.getKey()))
                            .filter(there -> !there.equals(entry.getValue()))
                            .isPresent())
                    .map(Map.Entry::getKey)
                    .sorted()
                    .toList();
            if (!others.isEmpty() && !order.isForced()) {
                throw DevpkiException.conflict("folder " + folder + " has another " + String.join(", ", others))
                        .hint("--force replaces them; broker install brings CAs, CRLs and passwords up to date");
            }
            WholeFiles.makeFolder(folder, Modes.SECRET_FOLDER);
            List<String> changed = new ArrayList<>();
            // what the broker reads comes first: a configuration never names a file that is not there
            Map<DeviceId, String> leftOut = new LinkedHashMap<>();
            List<String> data = data(plan);
            changed.addAll(shop.installBroker().put(plan.broker(), folder, data, leftOut, () -> {}));
            contents.forEach((name, content) -> {
                if (InstalledFile.put(folder.resolve(name), content, mode(name))) {
                    changed.add(name);
                }
            });
            List<String> files = new ArrayList<>(contents.keySet());
            files.addAll(data);
            return new Configured(
                    files.stream().sorted().toList(), changed.stream().sorted().toList(), config.warnings(), leftOut);
        }
    }

    /** Mosquitto warns of an ACL that others may write, and will refuse one. */
    private static Modes mode(String name) {
        return name.equals(BrokerPlan.SERVER_KEY) || name.equals("acl") ? Modes.SECRET_FILE : Modes.PUBLIC_FILE;
    }

    private static List<String> data(BrokerPlan plan) {
        List<String> names = new ArrayList<>(List.of(BrokerPlan.CAS));
        if (plan.hasCrlFile()) {
            names.add(BrokerPlan.CRLS);
        }
        if (plan.has(LoginMethod.PASSWORD)) {
            names.add(PasswordFile.name(plan.broker()));
        }
        return names;
    }

    private static Bytes ofServer(Path server, String name) {
        Path file = server.resolve(name);
        if (!Files.exists(file)) {
            throw DevpkiException.notFound("there is no " + file + ", which the broker's own certificate would be in")
                    .hint("devpki issue NAME --profile broker-server --san dns:NAME --format pem --out "
                            + Optional.ofNullable(server.getParent())
                                    .map(Path::toString)
                                    .orElse(".") + "/");
        }
        return InstalledFile.there(file).orElseThrow();
    }
}
