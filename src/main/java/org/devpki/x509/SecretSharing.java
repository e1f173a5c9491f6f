package org.devpki.x509;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.crypto.threshold.ShamirSecretSplitter;
import org.bouncycastle.crypto.threshold.ShamirSplitSecret;
import org.bouncycastle.crypto.threshold.ShamirSplitSecretShare;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.devpki.model.PassphraseShare;
import org.devpki.model.SecretBytes;

/**
 * A passphrase of 256 random bits and its shares, by Shamir's scheme over GF(2^8) ("How to share a secret", 1979). The
 * passphrase is their hexadecimal text; a set is known by the beginning of its hash, which tells whether shares fit together.
 */
public final class SecretSharing {
    private static final int OCTETS = 32;
    private static final int SET_OCTETS = 8;

    private SecretSharing() {}

    /** Shares of a new passphrase. @throws DevpkiException INVALID_INPUT for a threshold that is none */
    public static List<PassphraseShare> make(int threshold, int count, SecureRandom random) {
        PassphraseShare.refuseOther(threshold, count);
        ShamirSplitSecret split = ShamirSecretSplitter.getInstance(ShamirSecretSplitter.Algorithm.AES, OCTETS, random)
                .split(threshold, count);
        try {
            byte[] secret = split.getSecret();
            Bytes set = set(secret);
            Arrays.fill(secret, (byte) 0);
            List<PassphraseShare> shares = new ArrayList<>();
            for (ShamirSplitSecretShare share : split.getSecretShares()) {
                shares.add(new PassphraseShare(
                        set, threshold, count, shares.size() + 1, SecretBytes.taking(share.getEncoded())));
            }
            return shares;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * The passphrase.
     *
     * @param shares as many as are needed, or more
     * @throws DevpkiException KEY_UNAVAILABLE if they are too few, of different sets, or do not fit together
     */
    public static SecretBytes combine(List<PassphraseShare> shares) {
        if (shares.isEmpty()) {
            throw DevpkiException.keyUnavailable("no share is given");
        }
        PassphraseShare first = shares.get(0);
        for (PassphraseShare share : shares) {
            if (!share.set().equals(first.set())
                    || share.threshold() != first.threshold()
                    || share.count() != first.count()) {
                throw DevpkiException.keyUnavailable(
                        "share " + share.index() + " is of set " + share.set().hex()
                                + ", and share " + first.index() + " of set "
                                + first.set().hex()
                                + ": they are of two passphrases");
            }
        }
        List<PassphraseShare> different = new ArrayList<>();
        for (PassphraseShare share : shares) {
            if (different.stream().noneMatch(other -> other.index() == share.index())) {
                different.add(share);
            }
        }
        if (different.size() < first.threshold()) {
            throw DevpkiException.keyUnavailable("set " + first.set().hex() + " opens with " + first.threshold()
                    + " shares, and " + different.size() + (different.size() == 1 ? " is" : " are") + " given");
        }
        byte[] secret = secret(different.subList(0, first.threshold()));
        try {
            if (!set(secret).equals(first.set())) {
                throw DevpkiException.keyUnavailable("the shares do not fit together: one of them is wrong");
            }
            return SecretBytes.taking(Bytes.of(secret).hex().getBytes(StandardCharsets.US_ASCII));
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }

    private static byte[] secret(List<PassphraseShare> shares) {
        ShamirSplitSecretShare[] parts = shares.stream()
                .map(share -> new ShamirSplitSecretShare(share.octets().lend(byte[]::clone), share.index()))
                .toArray(ShamirSplitSecretShare[]::new);
        try {
            return ShamirSplitSecret.getInstance(ShamirSecretSplitter.Algorithm.AES, parts)
                    .getSecret();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Bytes set(byte[] secret) {
        Bytes hash = Bytes.utf8("devpki-share-1 " + Bytes.of(secret).hex()).sha256();
        return Bytes.of(Arrays.copyOf(hash.toArray(), SET_OCTETS));
    }
}
