package org.devpki.esp;

import java.util.List;
import java.util.OptionalLong;

/**
 * What an image holds, as far as it can be read, and what is wrong with it.
 *
 * @param contents the items whose CRCs hold; of a key that is there twice, the first
 * @param pages each page of the image
 * @param problems one sentence each, with page and entry counted from 0; empty when all holds
 */
public record NvsReading(NvsContents contents, List<Page> pages, List<String> problems) {
    public NvsReading {
        pages = List.copyOf(pages);
        problems = List.copyOf(problems);
    }

    /** What a page is used for. */
    public enum State {
        EMPTY,
        ACTIVE,
        FULL,
        FREEING,
        CORRUPT,
        /** Its header cannot be read. */
        UNKNOWN
    }

    /**
     * One page, and how its 126 entries are used.
     *
     * @param index its place in the image, from 0
     * @param sequence its number in the order of writing, where there is one
     */
    public record Page(int index, State state, OptionalLong sequence, int written, int erased, int empty) {}
}
