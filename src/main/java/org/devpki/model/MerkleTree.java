package org.devpki.model;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The Merkle tree hash over a list of octet strings, with SHA-256 (RFC 6962 section 2.1). It is built leaf by leaf and
 * keeps no leaf, only the roots of the whole subtrees so far, largest first.
 */
public final class MerkleTree {
    private static final byte LEAF = 0;
    private static final byte NODE = 1;

    /** A whole subtree. */
    private record Subtree(long leaves, Bytes hash) {}

    private final Deque<Subtree> subtrees = new ArrayDeque<>();
    private long leaves;

    /** Appends a leaf. */
    public void add(Bytes leaf) {
        leaves++;
        Subtree right = new Subtree(1, hash(LEAF, leaf));
        while (!subtrees.isEmpty() && subtrees.getLast().leaves() == right.leaves()) {
            Subtree left = subtrees.removeLast();
            right = new Subtree(2 * right.leaves(), hash(NODE, left.hash(), right.hash()));
        }
        subtrees.add(right);
    }

    public long leaves() {
        return leaves;
    }

    /** 32 octets; of no leaves the hash of nothing. */
    public Bytes root() {
        Deque<Subtree> left = new ArrayDeque<>(subtrees);
        if (left.isEmpty()) {
            return Bytes.of(new byte[0]).sha256();
        }
        Bytes root = left.removeLast().hash();
        while (!left.isEmpty()) {
            root = hash(NODE, left.removeLast().hash(), root);
        }
        return root;
    }

    private static Bytes hash(byte kind, Bytes... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(kind);
            for (Bytes part : parts) {
                digest.update(part.toArray());
            }
            return Bytes.of(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
