package org.devpki.app;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import org.devpki.model.Actor;
import org.devpki.model.Checkpoint;
import org.devpki.model.Crypto;
import org.devpki.model.Passphrases;

/**
 * What deeds get from outside.
 *
 * @param store the store's folder
 * @param lockTimeout how long to wait for another process
 * @param words for people, while a deed works
 * @param crypto what may compute keys and signatures where a deed does many; native code takes nothing from {@code random}
 */
public record Surroundings(
        Path store,
        Duration lockTimeout,
        Clock clock,
        SecureRandom random,
        Actor actor,
        Passphrases passphrases,
        Checkpoint checkpoint,
        Words words,
        Crypto crypto) {
    Surroundings with(Passphrases others) {
        return new Surroundings(store, lockTimeout, clock, random, actor, others, checkpoint, words, crypto);
    }

    Surroundings at(Path otherStore) {
        return new Surroundings(otherStore, lockTimeout, clock, random, actor, passphrases, checkpoint, words, crypto);
    }
}
