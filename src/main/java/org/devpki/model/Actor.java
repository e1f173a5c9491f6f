package org.devpki.model;

/** Who changes the ledger, as the audit tells it: {@code user@host}. */
public record Actor(String text) {}
