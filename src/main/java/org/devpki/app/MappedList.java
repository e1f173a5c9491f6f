package org.devpki.app;

import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;
import java.util.function.Function;

/** What becomes of the members of another list, made anew each time one is asked for, so that it takes no memory. */
final class MappedList<A, B> extends AbstractList<B> implements RandomAccess {
    private final List<A> list;
    private final Function<A, B> mapping;

    MappedList(List<A> list, Function<A, B> mapping) {
        this.list = list;
        this.mapping = mapping;
    }

    @Override
    public B get(int index) {
        return mapping.apply(list.get(index));
    }

    @Override
    public int size() {
        return list.size();
    }
}
