package org.devpki.app;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import org.devpki.model.Actor;
import org.devpki.model.Checkpoint;
import org.devpki.model.Passphrases;

/**
 * What deeds get from outside.
 *
 * @param store the store's folder
 * @param lockTimeout how long to wait for another process
 * @param words for people, while a deed works
 */
public record Surroundings(
        Path store,
        Duration lockTimeout,
        Clock clock,
        SecureRandom random,
        Actor actor,
        Passphrases passphrases,
        Checkpoint checkpoint,
        Words words) {
    Surroundings at(Path otherStore) {
        return new Surroundings(otherStore, lockTimeout, clock, random, actor, passphrases, checkpoint, words);
    }
}
