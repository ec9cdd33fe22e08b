package dev.kume.core.inventory;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Who may map a disk: the guard against two hosts that do not know of each other writing one file system. */
public enum Sharing {
    /** One target at most. */
    EXCLUSIVE,
    /** Any number of targets; the hosts arbitrate among themselves, as a failover cluster does. */
    CLUSTER,
    /** Any number of targets; nobody writes. */
    READ_ONLY;

    /** The word of CLI, API and inventory: {@code read-only}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** All words, for messages and completion. */
    public static List<String> words() {
        return Arrays.stream(values()).map(Sharing::word).toList();
    }

    /** The sharing of a word, else {@link InventoryException.Kind#INVALID}. */
    public static Sharing ofWord(String word) {
        return Words.find("sharing", word, values(), Sharing::word);
    }
}
