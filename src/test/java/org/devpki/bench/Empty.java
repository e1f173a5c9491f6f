package org.devpki.bench;

/** The program that does nothing: what the start of Java alone costs. */
public final class Empty {
    private Empty() {}

    public static void main(String[] args) {}
}
