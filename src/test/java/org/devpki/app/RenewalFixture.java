package org.devpki.app;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.devpki.testing.Finished;
import org.devpki.testing.FixedClock;
import org.devpki.testing.InProcess;
import org.devpki.testing.StoreProof;
import org.devpki.testing.TestStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A store whose devices are renewed and replaced by commands. */
abstract class RenewalFixture {
    static final String START = "2026-11-27T12:00:00Z";

    @TempDir
    Path folder;

    final FixedClock clock = FixedClock.at(START);
    InProcess devpki;

    @BeforeEach
    void copyTheStore() throws IOException {
        TestStore.copied(folder, clock);
        devpki = InProcess.in(folder).at(clock);
    }

    String out(String name) {
        return folder.resolve(name).toString();
    }

    String issue(String name, String... more) {
        return serial(run(0, List.of("issue", name, "--not-after", "90d", "--out", out("out"), "--json"), more));
    }

    Finished renew(int exit, String name, String... more) {
        return run(exit, List.of("device", "renew", name, "--out", out("renewed"), "--json"), more);
    }

    Finished replace(int exit, String name, String reason, String... more) {
        return run(
                exit, List.of("device", "replace", name, "--reason", reason, "--out", out("replaced"), "--json"), more);
    }

    Finished run(int exit, List<String> words, String... more) {
        List<String> all = new ArrayList<>(words);
        all.addAll(List.of(more));
        return devpki.run(all.toArray(String[]::new)).exiting(exit);
    }

    static String serial(Finished finished) {
        return member(finished, "serial");
    }

    static String member(Finished finished, String name) {
        return StoreProof.member(finished.out(), name).strip();
    }

    static void assertRefused(Finished finished, String sentence) {
        assertTrue(finished.err().contains(sentence), finished::all);
    }

    /** Serials of a name's certificates, the oldest first, each with how it stands. */
    List<String> standings(String name) {
        return devpki.run("device", "list", "--prefix", name, "--jsonl")
                .exiting(0)
                .out()
                .lines()
                .filter(line -> StoreProof.member(line, "name").equals(name))
                .map(line -> StoreProof.member(line, "origin") + " " + StoreProof.member(line, "status"))
                .toList();
    }
}
