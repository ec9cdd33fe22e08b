package dev.kume.cli.command;

import org.jspecify.annotations.Nullable;

/** Options as the API's records want them. */
final class Words {
    private Words() {}

    /** The word of a choice, or null for one that was not made. */
    static @Nullable String of(@Nullable Object choice) {
        return choice == null ? null : choice.toString();
    }

    /** {@code 1 disk}, {@code 2 disks}. */
    static String count(long count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }
}
