package dev.kume.cli.yaml;

import dev.kume.core.Nearest;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A block of keys being read. Each key is asked for once, by type; {@link #end()} then refuses every key that nobody
 * asked for. A key without a value counts as left out.
 */
public final class YamlKeys {
    private final YamlNode.Keys block;
    private final Set<String> known = new LinkedHashSet<>();

    private YamlKeys(YamlNode.Keys block) {
        this.block = block;
    }

    /** The document of a file. Throws when it is empty or no block of keys. */
    public static YamlKeys document(String file, String text) throws YamlException {
        YamlNode node = YamlReader.read(file, text);
        if (node == null || YamlNode.absent(node)) {
            throw new YamlException(file, 1, 1, "the file is empty");
        }
        return of(node, "the file");
    }

    private static YamlKeys of(YamlNode node, String what) throws YamlException {
        if (node instanceof YamlNode.Keys keys) {
            return new YamlKeys(keys);
        }
        throw node.place().complain("%s must be a block of keys, not %s".formatted(what, node.kind()));
    }

    /** Required text. */
    public String text(String key) throws YamlException {
        return required(key, optionalText(key));
    }

    /** Text, or null when it is left out. */
    public @Nullable String optionalText(String key) throws YamlException {
        YamlNode node = find(key);
        return node == null ? null : text(key, node);
    }

    /**
     * Text made into something; what {@code reader} throws as {@link IllegalArgumentException} is shown with the
     * place.
     */
    public <T> T parsed(String key, Function<String, T> reader) throws YamlException {
        return required(key, optionalParsed(key, reader));
    }

    /** As {@link #parsed}, null when it is left out. */
    public <T> @Nullable T optionalParsed(String key, Function<String, T> reader) throws YamlException {
        YamlNode node = find(key);
        return node == null ? null : parse(key, node, reader);
    }

    /** A required whole number. */
    public long number(String key, long min, long max) throws YamlException {
        return required(key, optionalNumber(key, min, max));
    }

    /** A whole number, or null when it is left out. */
    public @Nullable Long optionalNumber(String key, long min, long max) throws YamlException {
        YamlNode node = find(key);
        if (node == null) {
            return null;
        }
        if (!(node instanceof YamlNode.Scalar scalar) || scalar.type() != YamlNode.Type.WHOLE_NUMBER) {
            throw node.place()
                    .complain("%s must be a whole number from %d to %d, not %s".formatted(key, min, max, shown(node)));
        }
        try {
            long value = Long.parseLong(scalar.text().replace("_", ""));
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Hexadecimal, octal and more than 64 bits: out of range as far as people are concerned.
        }
        String range = min == max ? "%d".formatted(min) : "from %d to %d".formatted(min, max);
        throw node.place().complain("%s is %s; it must be %s".formatted(key, scalar.text(), range));
    }

    /** Required true or false. */
    public boolean truth(String key) throws YamlException {
        return required(key, optionalTruth(key));
    }

    /** True or false, or null when it is left out. */
    public @Nullable Boolean optionalTruth(String key) throws YamlException {
        YamlNode node = find(key);
        if (node == null) {
            return null;
        }
        if (!(node instanceof YamlNode.Scalar scalar) || scalar.type() != YamlNode.Type.TRUTH) {
            throw node.place().complain("%s must be true or false, not %s".formatted(key, shown(node)));
        }
        return scalar.text().equalsIgnoreCase("true");
    }

    /** A required block of keys. */
    public YamlKeys keys(String key) throws YamlException {
        return required(key, optionalKeys(key));
    }

    /** A block of keys, or null when it is left out. */
    public @Nullable YamlKeys optionalKeys(String key) throws YamlException {
        YamlNode node = find(key);
        return node == null ? null : of(node, key);
    }

    /** A list of blocks of keys; empty when it is left out. */
    public List<YamlKeys> blocks(String key) throws YamlException {
        List<YamlKeys> blocks = new ArrayList<>();
        for (YamlNode item : items(key)) {
            blocks.add(of(item, "each item of " + key));
        }
        return blocks;
    }

    /** A list of texts, each made into something as by {@link #parsed}; empty when it is left out. */
    public <T> List<T> parsedList(String key, Function<String, T> reader) throws YamlException {
        List<T> values = new ArrayList<>();
        for (YamlNode item : items(key)) {
            values.add(parse("each item of " + key, item, reader));
        }
        return values;
    }

    /** True when the key is there with a value. */
    public boolean has(String key) {
        return find(key) != null;
    }

    /** The keys that are there, in the order of the file. */
    public Set<String> present() {
        return block.entries().keySet();
    }

    /** The line on which the block begins, from 1. */
    public int line() {
        return block.place().line();
    }

    /** A complaint about this block as a whole. */
    public YamlException complain(String problem) {
        return block.place().complain(problem);
    }

    /** A complaint about the value of a key. */
    public YamlException complain(String key, String problem) {
        YamlNode node = find(key);
        return (node == null ? block.place() : node.place()).complain(problem);
    }

    /** Refuses the first key that was not asked for. */
    public void end() throws YamlException {
        for (var entry : block.entries().entrySet()) {
            if (!known.contains(entry.getKey())) {
                List<String> near = Nearest.to(entry.getKey(), known);
                String remedy = near.isEmpty()
                        ? "known keys: " + String.join(", ", known)
                        : "did you mean %s?".formatted(String.join(" or ", near));
                throw entry.getValue().place().complain("unknown key '%s'; %s".formatted(entry.getKey(), remedy));
            }
        }
    }

    private @Nullable YamlNode find(String key) {
        known.add(key);
        YamlNode.Entry entry = block.entries().get(key);
        return entry == null || YamlNode.absent(entry.value()) ? null : entry.value();
    }

    private <T> T required(String key, @Nullable T value) throws YamlException {
        if (value == null) {
            throw block.place().complain("the key '%s' is missing; add it".formatted(key));
        }
        return value;
    }

    private List<YamlNode> items(String key) throws YamlException {
        YamlNode node = find(key);
        if (node == null) {
            return List.of();
        }
        if (node instanceof YamlNode.Items list) {
            return list.items();
        }
        throw node.place().complain("%s must be a list, not %s".formatted(key, shown(node)));
    }

    private static String text(String key, YamlNode node) throws YamlException {
        if (node instanceof YamlNode.Scalar scalar && scalar.type() == YamlNode.Type.TEXT) {
            return scalar.text();
        }
        throw node.place().complain("%s must be text, not %s; put it in quotes".formatted(key, shown(node)));
    }

    private static <T> T parse(String key, YamlNode node, Function<String, T> reader) throws YamlException {
        String text = text(key, node);
        try {
            return reader.apply(text);
        } catch (IllegalArgumentException e) {
            throw node.place().complain(String.valueOf(e.getMessage()));
        }
    }

    private static String shown(YamlNode node) {
        return node instanceof YamlNode.Scalar scalar && scalar.type() != YamlNode.Type.NOTHING
                ? "'" + scalar.text() + "'"
                : node.kind();
    }
}
