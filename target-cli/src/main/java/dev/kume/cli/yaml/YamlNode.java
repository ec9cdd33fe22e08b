package dev.kume.cli.yaml;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One value of a YAML file, with its place. */
sealed interface YamlNode {
    Place place();

    /** What it is, in words of an administrator. */
    String kind();

    /** Line and column, from 1. */
    record Place(String file, int line, int column) {
        YamlException complain(String problem) {
            return new YamlException(file, line, column, problem);
        }
    }

    /** A key and its value; {@code place} is the key's. */
    record Entry(Place place, YamlNode value) {}

    /** Keys and values, in the order of the file. */
    record Keys(Place place, Map<String, Entry> entries) implements YamlNode {
        @Override
        public String kind() {
            return "a block of keys";
        }
    }

    /** A list. */
    record Items(Place place, List<YamlNode> items) implements YamlNode {
        @Override
        public String kind() {
            return "a list";
        }
    }

    /** A single value; {@code text} is as written, without quotes. */
    record Scalar(Place place, Type type, String text) implements YamlNode {
        @Override
        public String kind() {
            return type.kind;
        }
    }

    /** What a plain value means in YAML. */
    enum Type {
        TEXT("text"),
        WHOLE_NUMBER("a number"),
        FRACTION("a fraction"),
        TRUTH("true or false"),
        NOTHING("nothing");

        private final String kind;

        Type(String kind) {
            this.kind = kind;
        }
    }

    /** True when nothing is written behind the key. */
    static boolean absent(@Nullable YamlNode node) {
        return node == null || (node instanceof Scalar scalar && scalar.type == Type.NOTHING);
    }
}
