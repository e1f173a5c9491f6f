package org.devpki.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.devpki.model.DevpkiException;
import org.devpki.model.Quoted;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * A YAML file that is asked for what it should say. Faults are collected, each with its line and key; {@link #done} tells
 * them all at once, and what nobody asked for is a fault too.
 */
final class YamlFile {
    private final String origin;
    private final List<String> faults;
    private final String path;
    private final int line;
    private final Map<String, Node> members = new LinkedHashMap<>();
    private final Map<String, Integer> unasked = new LinkedHashMap<>();
    private final List<YamlFile> children = new ArrayList<>();

    private YamlFile(String origin, List<String> faults, String path, @Nullable Node node) {
        this.origin = origin;
        this.faults = faults;
        this.path = path;
        this.line = node == null ? 1 : line(node);
        if (node instanceof MappingNode mapping) {
            for (NodeTuple tuple : mapping.getValue()) {
                String key = tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "?";
                if (members.put(key, tuple.getValueNode()) != null) {
                    fault(line(tuple.getKeyNode()), key, "is there twice");
                }
                unasked.put(key, line(tuple.getKeyNode()));
            }
        } else if (node != null) {
            fault(line, "", "should be keys with values");
        }
    }

    /** @param origin the file's name, for messages */
    static YamlFile parse(String text, String origin) {
        LoadSettings settings = LoadSettings.builder()
                .setLabel(origin)
                .setCodePointLimit(1 << 20)
                .setMaxAliasesForCollections(10)
                .build();
        List<String> faults = new ArrayList<>();
        try {
            Optional<Node> root = new Compose(settings).composeString(text);
            return new YamlFile(origin, faults, "", root.orElse(null));
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(Mark::getLine).orElse(0) + 1;
            throw DevpkiException.invalid(origin + " line " + line + ": " + e.getProblem())
                    .causedBy(e);
        } catch (YamlEngineException | StackOverflowError e) {
            throw DevpkiException.invalid(origin + " is not YAML").causedBy(e);
        }
    }

    Optional<String> text(String key) {
        return scalar(key, text -> text);
    }

    /** A value that {@code reader} makes of the text; what it throws becomes a fault. */
    <T> Optional<T> scalar(String key, Function<String, T> reader) {
        return node(key).flatMap(node -> {
            if (node instanceof ScalarNode scalar) {
                return read(line(node), key, scalar.getValue(), reader);
            }
            fault(line(node), key, "should be one value");
            return Optional.empty();
        });
    }

    boolean flag(String key) {
        return scalar(key, text -> switch (text) {
                    case "true" -> true;
                    case "false" -> false;
                    default -> throw DevpkiException.invalid(Quoted.of(text) + " is not true or false");
                })
                .orElse(false);
    }

    /** A list of values; empty when the key is not there. */
    <T> List<T> list(String key, Function<String, T> reader) {
        List<T> values = new ArrayList<>();
        node(key).ifPresent(node -> {
            if (!(node instanceof SequenceNode sequence)) {
                fault(line(node), key, "should be a list");
                return;
            }
            for (Node item : sequence.getValue()) {
                if (item instanceof ScalarNode scalar) {
                    read(line(item), key, scalar.getValue(), reader).ifPresent(values::add);
                } else {
                    fault(line(item), key, "should hold plain values");
                }
            }
        });
        return values;
    }

    /** Keys and values in order, for maps with keys of the reader's own choosing. */
    <T> List<T> entries(String key, Function<Map.Entry<String, String>, T> reader) {
        List<T> values = new ArrayList<>();
        node(key).ifPresent(node -> {
            if (!(node instanceof MappingNode mapping)) {
                fault(line(node), key, "should be keys with values");
                return;
            }
            for (NodeTuple tuple : mapping.getValue()) {
                if (tuple.getKeyNode() instanceof ScalarNode name && tuple.getValueNode() instanceof ScalarNode value) {
                    read(
                                    line(name),
                                    key + "." + name.getValue(),
                                    value.getValue(),
                                    text -> reader.apply(Map.entry(name.getValue(), text)))
                            .ifPresent(values::add);
                } else {
                    fault(line(tuple.getKeyNode()), key, "should hold plain keys and values");
                }
            }
        });
        return values;
    }

    /** A map inside; an empty one when the key is not there. */
    YamlFile section(String key) {
        YamlFile section = new YamlFile(
                origin,
                faults,
                path.isEmpty() ? key : path + "." + key,
                node(key).orElse(null));
        children.add(section);
        return section;
    }

    /** Maps in a list, in order; empty when the key is not there. */
    List<YamlFile> sections(String key) {
        List<YamlFile> sections = new ArrayList<>();
        node(key).ifPresent(node -> {
            if (!(node instanceof SequenceNode sequence)) {
                fault(line(node), key, "should be a list");
                return;
            }
            for (Node item : sequence.getValue()) {
                sections.add(new YamlFile(origin, faults, path.isEmpty() ? key : path + "." + key, item));
            }
        });
        children.addAll(sections);
        return sections;
    }

    boolean has(String key) {
        return members.containsKey(key);
    }

    boolean isEmptyList(String key) {
        return members.get(key) instanceof SequenceNode sequence
                && sequence.getValue().isEmpty();
    }

    /** Adds a fault of a value, or of its absence. */
    void fault(String key, String sentence) {
        Node node = members.get(key);
        fault(node == null ? line : line(node), key, sentence);
    }

    /** @throws DevpkiException INVALID_INPUT with every fault of the file, unknown keys among them */
    void done() {
        tellUnknown();
        if (!faults.isEmpty()) {
            throw DevpkiException.invalid(String.join("\n  ", faults.size() == 1 ? faults : withCount()));
        }
    }

    private List<String> withCount() {
        List<String> all = new ArrayList<>();
        all.add(origin + " has " + faults.size() + " faults:");
        all.addAll(faults);
        return all;
    }

    private void tellUnknown() {
        unasked.forEach((key, at) -> fault(at, key, "is not a key that is known here"));
        children.forEach(YamlFile::tellUnknown);
    }

    private Optional<Node> node(String key) {
        unasked.remove(key);
        return Optional.ofNullable(members.get(key));
    }

    private <T> Optional<T> read(int at, String key, String text, Function<String, T> reader) {
        try {
            return Optional.of(reader.apply(text));
        } catch (DevpkiException e) {
            fault(at, key, e.sentence());
            return Optional.empty();
        }
    }

    private void fault(int at, String key, String sentence) {
        String full = path.isEmpty() ? key : key.isEmpty() ? path : path + "." + key;
        faults.add(origin + " line " + at + (full.isEmpty() ? ": " : ": " + full + ": ") + sentence);
    }

    private static int line(Node node) {
        return node.getStartMark().map(Mark::getLine).orElse(0) + 1;
    }
}
