package dev.kume.cli.daemon;

import java.util.Locale;

/** {@code alua} of {@code kume.yaml}: whether hosts are told that ways to a disk differ. */
enum Alua {
    /** All ways are alike. */
    NONE,

    /** Target port groups have access states, which the server alone changes. */
    IMPLICIT;

    static Alua of(String text) {
        for (Alua alua : values()) {
            if (alua.toString().equals(text)) {
                return alua;
            }
        }
        throw new IllegalArgumentException("alua is '%s'; write none or implicit".formatted(text));
    }

    /** The word in the file. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
