package org.devpki.app;

import java.util.Optional;
import org.devpki.config.Profiles;
import org.devpki.config.SettingsFile;
import org.devpki.config.TrustFile;
import org.devpki.model.Bytes;
import org.devpki.model.LedgerCa;
import org.devpki.model.Trust;

/** Writes down what a store without CA keys has to know: CA certificates, settings, the site's own profiles. */
public final class ExportTrust {
    private final Workshop shop;

    ExportTrust(Workshop shop) {
        this.shop = shop;
    }

    /** The octets of the file, the same each time. */
    public Bytes run() {
        return TrustFile.write(new Trust(
                SettingsFile.write(shop.settings().withoutLedger()),
                shop.store().cas().stream().map(this::ca).toList(),
                new Profiles(Optional.of(shop.folder().profiles())).own()));
    }

    private Trust.Ca ca(LedgerCa ca) {
        return new Trust.Ca(ca.name(), ca.parent(), shop.certificate(ca.name()).der());
    }
}
