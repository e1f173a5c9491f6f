package org.devpki.bench;

import org.devpki.x509.Engine;

/** Engines by their names on a command line. */
final class Engines {
    private Engines() {}

    static Engine named(String name) {
        Engine engine = name.equals("native") ? Engine.forMany() : Engine.PLAIN;
        System.err.println("bench: " + engine.text());
        return engine;
    }
}
