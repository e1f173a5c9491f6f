package org.devpki.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.devpki.model.DevpkiException;
import org.devpki.model.Fault;
import org.junit.jupiter.api.function.Executable;

/** What a deed that must fail says. */
public final class Faults {
    private Faults() {}

    /** Asserts that the deed fails with this fault, and that its sentence has this in it. */
    public static DevpkiException assertFault(Fault fault, String part, Executable deed) {
        DevpkiException told = assertThrows(DevpkiException.class, deed);
        assertEquals(fault, told.fault(), told.sentence());
        assertTrue(told.sentence().contains(part), told::sentence);
        return told;
    }
}
