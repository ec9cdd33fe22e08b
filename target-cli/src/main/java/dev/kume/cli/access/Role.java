package dev.kume.cli.access;

import dev.kume.core.Nearest;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What a caller may do. */
public enum Role {
    /** See everything but secrets, and change nothing. */
    READ,
    /** Everything. */
    ADMIN;

    /** As it is written: {@code read}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The role of a word.
     *
     * @throws IllegalArgumentException with one line that quotes the word
     */
    public static Role ofWord(String word) {
        List<String> known = Arrays.stream(values()).map(Role::word).toList();
        for (Role role : values()) {
            if (role.word().equals(word)) {
                return role;
            }
        }
        List<String> near = Nearest.to(word, known);
        throw new IllegalArgumentException("'%s' is no role; %s"
                .formatted(word, near.isEmpty() ? "use read or admin" : "did you mean " + near.getFirst() + "?"));
    }
}
