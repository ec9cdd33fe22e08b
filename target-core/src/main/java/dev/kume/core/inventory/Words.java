package dev.kume.core.inventory;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** Closed sets of words, read from people. */
final class Words {
    private Words() {}

    /** The value of a word, without case; else one line that lists the words there are. */
    static <T> T find(String thing, String word, T[] values, Function<T, String> wordOf) {
        for (T value : values) {
            if (wordOf.apply(value).equalsIgnoreCase(word)) {
                return value;
            }
        }
        List<String> words = Arrays.stream(values).map(wordOf).toList();
        throw InventoryException.invalid(
                "'%s' is not a %s".formatted(word, thing), "use one of: " + String.join(", ", words));
    }
}
