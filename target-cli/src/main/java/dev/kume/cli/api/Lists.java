package dev.kume.cli.api;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A collection that JSON left out is an empty one. */
final class Lists {
    private Lists() {}

    static <T> List<T> orEmpty(@Nullable List<T> list) {
        return list == null ? List.of() : List.copyOf(list);
    }

    static <K, V> Map<K, V> orEmpty(@Nullable Map<K, V> map) {
        return map == null ? Map.of() : map;
    }
}
