package org.devpki.app;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.devpki.model.CrlName;
import org.devpki.model.DevpkiException;
import org.devpki.model.LedgerCa;
import org.devpki.model.Settings;

/** Which CRLs there are, what each covers, and what stands in it about that. */
final class CrlNames {
    private final Workshop shop;
    private final Settings.CrlSettings settings;

    CrlNames(Workshop shop) {
        this.shop = shop;
        this.settings = shop.settings().crl();
    }

    /** The complete CRLs of a CA: the main one, then those of its shards. */
    List<CrlName> complete(LedgerCa ca) {
        List<CrlName> names = new ArrayList<>();
        for (int shard = 0; shard <= shards(ca); shard++) {
            names.add(CrlName.ofShard(ca.name(), shard));
        }
        return names;
    }

    /** Every CRL of a CA, each followed by its delta CRL where there are any. */
    List<CrlName> all(LedgerCa ca) {
        List<CrlName> names = new ArrayList<>();
        for (CrlName name : complete(ca)) {
            names.add(name);
            if (hasDeltas(ca)) {
                names.add(name.delta());
            }
        }
        return names;
    }

    /** What the one file of all holds; the issuing CAs first: brokers look at leaves most. */
    List<CrlName> inOneFile(List<LedgerCa> cas) {
        List<CrlName> names = new ArrayList<>();
        for (int i = cas.size() - 1; i >= 0; i--) {
            LedgerCa ca = cas.get(i);
            names.addAll(isWhole(ca) ? List.of(CrlName.main(ca.name())) : complete(ca));
        }
        return names;
    }

    /** A root has none: its key would have to be at hand every half of their life, for a handful of certificates. */
    private boolean hasDeltas(LedgerCa ca) {
        return settings.deltaValidity().isPresent() && ca.parent().isPresent();
    }

    /** A shard that any certificate is in is published as long as the CA lives, whatever the settings say now. */
    private int shards(LedgerCa ca) {
        return ca.parent().isPresent()
                ? Math.max(settings.shards(), shop.store().highestShard(ca.name()))
                : 0; // a root has a handful of certificates
    }

    /** Whether the main CRL covers all of the CA's certificates, also those of shards. */
    private boolean isWhole(LedgerCa ca) {
        return settings.isComplete() || shards(ca) == 0;
    }

    /** Whose revocations are listed: those of one shard, or all of the CA's. */
    OptionalInt shard(LedgerCa ca, CrlName name) {
        return name.shard() == 0 && isWhole(ca) ? OptionalInt.empty() : OptionalInt.of(name.shard());
    }

    /**
     * Names of the issuing distribution point: those of a part repeat the certificates' distribution point octet for
     * octet. None for a root: OpenSSL's crl_check_all checks the root itself, which has no distribution point, by the
     * root's own CRL; with an issuing distribution point that CRL would not be for it, and error 44 would refuse every
     * device.
     */
    List<String> idpUrls(LedgerCa ca, CrlName name) {
        boolean isPart = shard(ca, name).isPresent();
        if (ca.parent().isEmpty() || (!isPart && !settings.isIdpAlways())) {
            return List.of();
        }
        String why = isPart ? "has CRL shards" : "says crl.idp: always";
        return List.of(url(CrlName.ofShard(ca.name(), name.shard()), why));
    }

    /** Where a complete CRL's delta CRL is found. */
    List<String> freshestUrls(LedgerCa ca, CrlName name) {
        return hasDeltas(ca) && !name.isDelta() ? List.of(url(name.delta(), "says crl.delta-validity")) : List.of();
    }

    private String url(CrlName name, String why) {
        Optional<String> url = shop.settings().crlUrl(name);
        return url.orElseThrow(() -> DevpkiException.invalid("devpki.yaml " + why + ", but has no urls.crl"));
    }
}
