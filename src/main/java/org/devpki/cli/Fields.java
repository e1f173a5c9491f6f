package org.devpki.cli;

import java.util.LinkedHashMap;
import java.util.Map;

/** A JSON object under construction, its members in the order they were put. */
final class Fields {
    private final Map<String, Object> members = new LinkedHashMap<>();

    /** An object that names its schema, such as {@code devpki/device/1}. */
    static Fields schema(String name) {
        return new Fields().put("schema", "devpki/" + name);
    }

    static Fields plain() {
        return new Fields();
    }

    /** Empty optionals are left out of the JSON. */
    Fields put(String name, Object value) {
        members.put(name, value);
        return this;
    }

    Map<String, Object> map() {
        return members;
    }
}
