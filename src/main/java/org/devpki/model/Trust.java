package org.devpki.model;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a store has to know of CAs whose keys are elsewhere.
 *
 * @param settings the text of {@code devpki.yaml}
 * @param cas those above others first
 * @param profiles the site's own, their YAML by name
 */
public record Trust(String settings, List<Ca> cas, SortedMap<String, String> profiles) {
    /** @param parent absent for a root */
    public record Ca(CaName name, Optional<CaName> parent, CertificateDer certificate) {}

    public Trust {
        cas = List.copyOf(cas);
        profiles = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(profiles));
    }
}
