package dev.kume.core.disk;

import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How the bytes of a disk lie in its file. */
public enum DiskType {
    /** All of them, in order or by a map that never changes. */
    FIXED,
    /** Blocks that were written, where a map says. */
    DYNAMIC,
    /** As dynamic; what was never written is read from a parent. */
    DIFFERENCING;

    /** As CLI and inventory write it: {@code fixed}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The type of that word, or null. */
    public static @Nullable DiskType ofWord(String word) {
        return Arrays.stream(values())
                .filter(type -> type.word().equals(word))
                .findFirst()
                .orElse(null);
    }
}
