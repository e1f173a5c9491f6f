package org.devpki.model;

import java.util.List;

/**
 * What bounds the certificates below a CA, beside the length of paths.
 *
 * @param policies that they are under; empty for any
 * @param permitted names of the kinds in it must be within one of its kind
 * @param excluded names may be within none of it
 */
public record Bounds(List<CertificatePolicy> policies, List<NameSubtree> permitted, List<NameSubtree> excluded) {
    public static final Bounds NONE = new Bounds(List.of(), List.of(), List.of());

    public Bounds {
        policies = List.copyOf(policies);
        permitted = List.copyOf(permitted);
        excluded = List.copyOf(excluded);
        if (policies.stream().map(CertificatePolicy::oid).distinct().count() < policies.size()) {
            throw DevpkiException.invalid("a policy is named twice");
        }
    }

    public boolean constrainNames() {
        return !permitted.isEmpty() || !excluded.isEmpty();
    }
}
