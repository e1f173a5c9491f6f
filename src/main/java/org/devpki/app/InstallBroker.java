package org.devpki.app;

import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.devpki.broker.BrokerPlan;
import org.devpki.broker.PasswordFile;
import org.devpki.files.Modes;
import org.devpki.model.BrokerKind;
import org.devpki.model.Bytes;
import org.devpki.model.Checkpoint;
import org.devpki.model.CrlName;
import org.devpki.model.DeviceId;
import org.devpki.model.DevpkiException;
import org.devpki.model.LedgerCa;
import org.devpki.model.OctetSource;
import org.devpki.store.Store;
import org.devpki.x509.Crls;
import org.devpki.x509.ParsedCrl;
import org.devpki.x509.Pem;

/**
 * Brings what a broker reads up to date: CA certificates, CRLs, password hashes. Only files that are in its folder already,
 * each replaced whole, and the CRLs only once they are proven: Mosquitto takes an empty file for "nobody is revoked". Hooks
 * run after a change; where one failed, the next run runs them again.
 */
public final class InstallBroker {
    private static final String DUE = "due";
    private static final String DONE = "done";

    /**
     * What was done.
     *
     * @param changed names of the files that were replaced
     * @param leftOut devices that the broker cannot know by their passwords, and why
     */
    public record Installed(List<String> changed, Map<DeviceId, String> leftOut, boolean hasRunHooks) {}

    private final Workshop shop;
    private final Store store;

    InstallBroker(Workshop shop) {
        this.shop = shop;
        this.store = shop.store();
    }

    /**
     * @param folder what {@code broker config} made
     * @throws DevpkiException NOT_FOUND if it is no such folder, INTEGRITY if a CRL does not hold; nothing is replaced then
     */
    public Installed run(BrokerKind broker, Path folder, List<String> hooks) {
        List<String> files = candidates(broker).stream()
                .filter(name -> Files.exists(folder.resolve(name)))
                .toList();
        if (files.isEmpty()) {
            throw DevpkiException.notFound("folder " + folder + " is no configuration of " + broker.text()
                            + ": it has no " + BrokerPlan.CAS)
                    .hint("devpki broker config " + broker.text() + " --out " + folder);
        }
        String place = folder.toAbsolutePath().normalize().toString();
        try (Store.Held held = store.lock("broker folder " + place)) {
            Map<DeviceId, String> leftOut = new LinkedHashMap<>();
            List<String> changed = put(broker, folder, files, leftOut, () -> {
                if (!hooks.isEmpty()) {
                    store.setNote(note(place), DUE);
                }
            });
            boolean isDue = store.note(note(place)).equals(Optional.of(DUE)) && !hooks.isEmpty();
            if (isDue) {
                hooks.forEach(hook -> Hooks.run(
                        hook,
                        place,
                        "the files are in place",
                        shop.surroundings().words()));
                store.setNote(note(place), DONE);
            }
            return new Installed(changed, leftOut, isDue);
        }
    }

    private static String note(String place) {
        return "broker hooks of " + place;
    }

    private static List<String> candidates(BrokerKind broker) {
        List<String> names = new ArrayList<>(List.of(BrokerPlan.CAS, BrokerPlan.CRLS));
        switch (broker) {
            case MOSQUITTO, EMQX, HIVEMQ -> names.add(PasswordFile.name(broker));
            case VERNEMQ, NANOMQ -> {}
        }
        return names;
    }

    /**
     * Puts files there, all of which are made before the first is replaced.
     *
     * @param before is done before the first of those that differ is replaced
     * @return those that differed
     */
    List<String> put(
            BrokerKind broker, Path folder, List<String> files, Map<DeviceId, String> leftOut, Runnable before) {
        Map<String, Bytes> contents = new LinkedHashMap<>();
        for (String name : files) {
            Bytes content = content(broker, folder, name, leftOut);
            if (!InstalledFile.there(folder.resolve(name)).equals(Optional.of(content))) {
                contents.put(name, content);
            }
        }
        if (!contents.isEmpty()) {
            shop.surroundings().checkpoint().reached(Checkpoint.Step.INSTALL_1_PROVEN);
            before.run();
            contents.forEach((name, content) -> InstalledFile.put(folder.resolve(name), content, mode(name)));
            shop.surroundings().checkpoint().reached(Checkpoint.Step.INSTALL_2_REPLACED);
        }
        return List.copyOf(contents.keySet());
    }

    private static Modes mode(String name) {
        return name.equals(BrokerPlan.CAS) || name.equals(BrokerPlan.CRLS) ? Modes.PUBLIC_FILE : Modes.SECRET_FILE;
    }

    private Bytes content(BrokerKind broker, Path folder, String name, Map<DeviceId, String> leftOut) {
        if (name.equals(BrokerPlan.CAS)) {
            return CertificateFiles.pem(shop.showLedger().bundle());
        }
        if (name.equals(BrokerPlan.CRLS)) {
            return crls(folder.resolve(name));
        }
        ShowPasswords.BrokerFile passwords = shop.showPasswords().file(broker);
        leftOut.putAll(passwords.leftOut());
        return passwords.content();
    }

    /** @throws DevpkiException INTEGRITY if one is missing, damaged, expired, or older than the one that is there */
    private Bytes crls(Path target) {
        List<LedgerCa> cas = shop.publishingCas();
        List<ParsedCrl> there = installed(target);
        List<OctetSource> all = new ArrayList<>();
        try (CrlShelf shelf = CrlShelf.own(shop)) {
            for (CrlName name : shop.crlNames().inOneFile(cas)) {
                Optional<ParsedCrl> found =
                        shelf.crl(name, shop.certificate(name.ca()).tbs().publicKey());
                if (found.isPresent()) {
                    prove(name, found.get(), there);
                    all.add(Pem.crl(found.get().der()));
                } else if (!shop.ca(name.ca()).isAtOffice()) {
                    throw refused(name, "it is not on the shelf");
                }
            }
        }
        if (all.isEmpty()) {
            throw DevpkiException.integrity(
                            "there is no CRL to install; a broker would take an empty file for none revoked")
                    .hint("devpki crl publish");
        }
        return OctetSource.concat(all.toArray(OctetSource[]::new)).toBytes();
    }

    private void prove(CrlName name, ParsedCrl crl, List<ParsedCrl> there) {
        if (crl.isExpired(shop.now())) {
            throw refused(name, "it expired, and the broker would refuse everybody");
        }
        BigInteger number = crl.number().orElse(BigInteger.ZERO);
        there.stream()
                .filter(old -> old.issuer().equals(crl.issuer()) && old.idp().equals(crl.idp()))
                .map(old -> old.number().orElse(BigInteger.ZERO))
                .filter(old -> old.compareTo(number) > 0)
                .findFirst()
                .ifPresent(old -> {
                    throw refused(name, "its number " + number + " is below " + old + ", which the broker has");
                });
    }

    private static DevpkiException refused(CrlName name, String why) {
        return DevpkiException.integrity("the CRL of " + name + " is not installed: " + why)
                .hint("devpki crl publish");
    }

    /** A file that cannot be read as CRLs is replaced, whatever it says. */
    private static List<ParsedCrl> installed(Path file) {
        try {
            return InstalledFile.there(file)
                    .map(octets -> Pem.readCrls(octets, file.toString()).stream()
                            .map(Crls::parse)
                            .toList())
                    .orElse(List.of());
        } catch (DevpkiException e) {
            return List.of();
        }
    }
}
