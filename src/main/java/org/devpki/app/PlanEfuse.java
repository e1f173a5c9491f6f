package org.devpki.app;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.devpki.export.EfusePlan;
import org.devpki.files.WholeFiles;
import org.devpki.model.Chip;
import org.devpki.model.DeviceId;
import org.devpki.model.DevpkiException;
import org.devpki.model.Flashed;
import org.devpki.model.Flavour;
import org.devpki.model.KeyHome;
import org.devpki.model.KeySpec;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.SerialNumber;
import org.devpki.x509.Certificates;
import org.devpki.x509.Keys;

/** Plans what is burned into a device's eFuse, and forgets the key once it is. */
public final class PlanEfuse {
    /**
     * What the plan was asked for; what is absent is taken from the ledger.
     *
     * @param home a word of {@link KeyHome}
     * @param keyId KEYn of the device's own key
     * @param nvsKeyId KEYn of its NVS
     * @param isSealed whether the keys are sealed, so that the script asks to open them
     */
    public record Order(
            Optional<Chip> chip, Optional<String> home, OptionalInt keyId, OptionalInt nvsKeyId, boolean isSealed) {}

    /** One key, in words. */
    public record Key(String block, String purpose, String file, String meaning) {}

    /**
     * What to burn, in words and commands.
     *
     * @param commands in order, in the spelling of esptool 5
     * @param oldCommands the same in the spelling of esptool 4
     */
    public record Plan(
            String device,
            Chip chip,
            List<Key> keys,
            List<String> warnings,
            List<String> commands,
            List<String> oldCommands,
            String script) {}

    private static final String PORT = "PORT";

    /** Before a serial, in the ledger's notes. */
    private static final String CONFIRMED = "efuse-confirmed ";

    private final Workshop shop;

    PlanEfuse(Workshop shop) {
        this.shop = shop;
    }

    /**
     * The plan for a certificate's key, as its files were made.
     *
     * @throws DevpkiException CONFLICT if they were made otherwise than the order says, REFUSED if the chip cannot hold the
     *     keys so
     */
    public Plan run(LedgerCertificate row, Order order) {
        KeySpec key = row.certificate()
                .flatMap(der -> Keys.spec(Certificates.parse(der).tbs().publicKey()))
                .orElseThrow(() -> DevpkiException.notFound("serial " + row.serial() + " has no certificate"));
        String device = row.reservation().name();
        Flashed flashed =
                row.flashed().map(known -> agreed(device, known, order)).orElseGet(() -> told(row, order));
        EfusePlan plan = EfusePlan.of(flashed, key);
        return new Plan(
                device,
                flashed.chip(),
                plan.keys().stream()
                        .map(planned -> new Key(
                                planned.block(),
                                planned.use().purpose(),
                                planned.use().file(),
                                planned.use().meaning()))
                        .toList(),
                plan.warnings(),
                commands(plan, EfusePlan.Spelling.V5),
                commands(plan, EfusePlan.Spelling.V4),
                plan.script(device, order.isSealed()));
    }

    /** What the ledger knows; an order that says otherwise is for another device, or an older image. */
    private static Flashed agreed(String device, Flashed known, Order order) {
        refuseOther(
                device, "the chip", order.chip().map(Chip::title), known.chip().title());
        refuseOther(
                device,
                "the key home",
                order.home()
                        .map(word -> KeyHome.parse(word, KeyHome.DEFAULT_KEY_ID).word()),
                known.home().word());
        refuseOther(
                device,
                "the key block",
                keyName(order.keyId()),
                keyName(known.home().efuseKeyId()).orElse("none"));
        refuseOther(
                device,
                "the key block of NVS",
                keyName(order.nvsKeyId()),
                keyName(known.nvsKeyId()).orElse("none"));
        return known;
    }

    private static Optional<String> keyName(OptionalInt id) {
        return id.isPresent() ? Optional.of("KEY" + id.getAsInt()) : Optional.empty();
    }

    private static void refuseOther(String device, String what, Optional<String> ordered, String known) {
        ordered.filter(word -> !word.equals(known)).ifPresent(word -> {
            throw DevpkiException.conflict(
                            what + " that " + device + "'s files were made for is " + known + ", not " + word)
                    .hint("devpki device show " + device);
        });
    }

    private Flashed told(LedgerCertificate row, Order order) {
        Chip chip = order.chip()
                .orElseThrow(() -> DevpkiException.invalid("the ledger does not know for which chip the files of "
                                + row.reservation().name() + " were made; name it by --target")
                        .hint("--target is one of " + Chip.namesOf(known -> true)));
        String home = order.home()
                .orElseGet(() ->
                        shop.profile(row.reservation().profile()).keyHome().word());
        return new Flashed(
                chip, KeyHome.parse(home, order.keyId().orElse(KeyHome.DEFAULT_KEY_ID)), Flavour.TLV, order.nvsKeyId());
    }

    private static List<String> commands(EfusePlan plan, EfusePlan.Spelling spelling) {
        return List.of(plan.summary(spelling, PORT), plan.burn(spelling, PORT), plan.summary(spelling, PORT));
    }

    /**
     * Deletes the folder with what was burned, and notes that it was.
     *
     * @param parent the folder that holds the device's
     * @return false if that was done before
     * @throws DevpkiException NOT_FOUND if there is none and never was a confirmation; CONFLICT if what lies there is for
     *     another certificate, or not ours
     */
    public boolean confirm(LedgerCertificate row, Path parent) {
        DeviceId device = new DeviceId(row.reservation().name());
        Bundle bundle = Bundle.of(new Destination.Folder(parent, false), device, shop);
        bundle.sweep();
        if (!bundle.hasBurned()) {
            if (shop.store().note(CONFIRMED + row.serial()).isEmpty()) {
                throw DevpkiException.notFound("there is no folder " + bundle.burned()
                                + ", and nobody confirmed yet that the key of " + device + " is burned")
                        .hint("--out names the folder that it is in");
            }
            return false;
        }
        SerialNumber serial = bundle.toBurnFor();
        if (!serial.equals(row.serial())) {
            throw DevpkiException.conflict("folder " + bundle.burned() + " has the key of certificate " + serial
                            + ", and that of " + device + " is " + row.serial())
                    .hint("name the folder of the newer one by --out; delete an older one that was not burned");
        }
        shop.store().audit("efuse.confirm", serial.hex(), "name=" + device);
        shop.store().setNote(CONFIRMED + serial, device.value());
        WholeFiles.delete(bundle.burned());
        return true;
    }
}
