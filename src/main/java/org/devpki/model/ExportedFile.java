package org.devpki.model;

/**
 * A file to be written.
 *
 * @param name a plain file name
 * @param isSecret whether it holds a private key: mode 0600 then
 */
public record ExportedFile(String name, SecretBytes content, boolean isSecret) {}
