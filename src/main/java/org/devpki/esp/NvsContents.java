package org.devpki.esp;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.devpki.model.DevpkiException;
import org.devpki.model.Quoted;

/**
 * What a partition holds, in the order of writing.
 *
 * @param namespaces each once, in the order of their numbers; one without items is kept too; at most 254
 * @param items each key once in its namespace
 */
public record NvsContents(List<String> namespaces, List<NvsItem> items) {
    static final int MOST_NAMESPACES = 254;

    public NvsContents {
        namespaces = List.copyOf(namespaces);
        items = List.copyOf(items);
        if (namespaces.size() > MOST_NAMESPACES) {
            throw DevpkiException.invalid(
                    namespaces.size() + " namespaces are more than the " + MOST_NAMESPACES + " that a partition holds");
        }
        Set<String> known = new HashSet<>();
        for (String namespace : namespaces) {
            NvsItem.checkName("namespace", namespace);
            if (!known.add(namespace)) {
                throw DevpkiException.invalid("namespace " + Quoted.of(namespace) + " is listed twice");
            }
        }
        Set<List<String>> keys = new HashSet<>();
        for (NvsItem item : items) {
            if (!known.contains(item.namespace())) {
                throw DevpkiException.invalid("namespace " + Quoted.of(item.namespace()) + " of key "
                        + Quoted.of(item.key()) + " is not listed");
            }
            if (!keys.add(List.of(item.namespace(), item.key()))) {
                throw DevpkiException.invalid("key " + Quoted.of(item.key()) + " is twice in namespace "
                        + Quoted.of(item.namespace()) + "; once is right");
            }
        }
    }

    /** These items, their namespaces numbered as they appear. */
    public static NvsContents of(List<NvsItem> items) {
        Set<String> namespaces = new LinkedHashSet<>();
        items.forEach(item -> namespaces.add(item.namespace()));
        return new NvsContents(List.copyOf(namespaces), items);
    }
}
