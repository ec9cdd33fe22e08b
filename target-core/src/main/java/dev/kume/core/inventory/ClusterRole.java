package dev.kume.core.inventory;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What a cluster uses one of its disks for. */
public enum ClusterRole {
    /** Its vote: the disk that decides which half goes on when the nodes do not see each other. */
    WITNESS,
    /** A disk that one node uses at a time, and that moves between the nodes. */
    DATA,
    /** A cluster shared volume: all nodes write it, and agree among themselves where. */
    CSV;

    /** The word of CLI, API and inventory. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** All words, for messages and completion. */
    public static List<String> words() {
        return Arrays.stream(values()).map(ClusterRole::word).toList();
    }

    /** The role of a word, else {@link InventoryException.Kind#INVALID}. */
    public static ClusterRole ofWord(String word) {
        return Words.find("role of a disk", word, values(), ClusterRole::word);
    }
}
