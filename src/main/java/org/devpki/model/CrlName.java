package org.devpki.model;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which CRL of a CA: the main one, one of a shard, or the delta CRL of either. It names the file and so stands in
 * distribution points.
 *
 * @param shard 0 for the main CRL, which certificates without a shard point to; else 1 to {@value #MOST_SHARDS}
 */
public record CrlName(CaName ca, int shard, boolean isDelta) {
    /** More would make files so small that they cost more than they spare. */
    public static final int MOST_SHARDS = 10_000;

    private static final Pattern TEXT = Pattern.compile("([^.]+)(?:[.]([1-9][0-9]{0,4}))?([.]delta)?");

    public CrlName {
        if (shard < 0 || shard > MOST_SHARDS) {
            throw DevpkiException.invalid(
                    "CRL shard " + shard + " is not within 1 to " + MOST_SHARDS + ", nor 0 for none");
        }
    }

    /** Reads what {@link #toString} writes. */
    public static CrlName parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw DevpkiException.invalid("CRL " + Quoted.of(text)
                    + " is not a CA's name, with a shard and .delta behind it where that is meant: issuing-ca.7.delta");
        }
        int shard = matcher.group(2) == null ? 0 : Integer.parseInt(matcher.group(2));
        return new CrlName(new CaName(matcher.group(1)), shard, matcher.group(3) != null);
    }

    public static CrlName main(CaName ca) {
        return new CrlName(ca, 0, false);
    }

    public static CrlName ofShard(CaName ca, int shard) {
        return new CrlName(ca, shard, false);
    }

    /** The delta CRL that goes with a complete one. */
    public CrlName delta() {
        return new CrlName(ca, shard, true);
    }

    /** The name of the DER file: {@code issuing-ca.crl}, {@code issuing-ca.7.crl}, {@code issuing-ca.7.delta.crl}. */
    public String file() {
        return this + ".crl";
    }

    @Override
    public String toString() {
        return ca + (shard == 0 ? "" : "." + shard) + (isDelta ? ".delta" : "");
    }
}
