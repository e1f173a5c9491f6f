package org.devpki.app;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.devpki.export.EfusePlan;
import org.devpki.files.WholeFiles;
import org.devpki.model.Chip;
import org.devpki.model.DeviceId;
import org.devpki.model.DevpkiException;
import org.devpki.model.KeyHome;
import org.devpki.model.KeySpec;
import org.devpki.model.LedgerCertificate;
import org.devpki.model.Profile;
import org.devpki.x509.Certificates;
import org.devpki.x509.Keys;

/** Plans what is burned into a device's eFuse, and forgets the key once it is. */
public final class PlanEfuse {
    /**
     * What to burn, in words and commands.
     *
     * @param commands in order, in the spelling of esptool 5
     * @param oldCommands the same in the spelling of esptool 4
     */
    public record Plan(
            String device,
            Chip chip,
            String block,
            String purpose,
            String meaning,
            List<String> warnings,
            List<String> commands,
            List<String> oldCommands,
            String script) {}

    private static final String PORT = "PORT";

    private final Workshop shop;

    PlanEfuse(Workshop shop) {
        this.shop = shop;
    }

    /**
     * The plan for a certificate's key.
     *
     * @throws DevpkiException REFUSED if the chip cannot hold the key so
     */
    public Plan run(LedgerCertificate row, FlashOrder flash) {
        Profile profile = shop.profiles().named(row.reservation().profile());
        KeySpec key = row.certificate()
                .flatMap(der -> Keys.spec(Certificates.parse(der).tbs().publicKey()))
                .orElseThrow(() -> DevpkiException.notFound("serial " + row.serial() + " has no certificate"));
        KeyHome home = flash.homeOr(profile.keyHome());
        EfusePlan plan = EfusePlan.of(flash.chip(), home, key);
        String device = row.reservation().name();
        return new Plan(
                device,
                flash.chip(),
                plan.block(),
                plan.purpose(),
                plan.meaning(),
                plan.warnings(),
                commands(plan, EfusePlan.Spelling.V5),
                commands(plan, EfusePlan.Spelling.V4),
                plan.script(device, flash.recipient().isPresent()));
    }

    private static List<String> commands(EfusePlan plan, EfusePlan.Spelling spelling) {
        return List.of(plan.summary(spelling, PORT), plan.burn(spelling, PORT), plan.summary(spelling, PORT));
    }

    /**
     * Deletes the folder with what was burned, and notes that it was.
     *
     * @param parent the folder that holds the device's
     * @return whether there was one
     */
    public boolean confirm(LedgerCertificate row, Path parent) {
        DeviceId device = new DeviceId(row.reservation().name());
        Path burned = Bundle.of(
                        new Destination.Folder(parent, false),
                        device,
                        shop.surroundings().checkpoint())
                .burned();
        if (!Files.exists(burned)) {
            return false;
        }
        shop.store().audit("efuse.confirm", row.serial().hex(), "name=" + device);
        WholeFiles.delete(burned);
        return true;
    }
}
