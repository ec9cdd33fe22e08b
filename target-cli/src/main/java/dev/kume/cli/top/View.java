package dev.kume.cli.top;

import java.util.Locale;

/** What the rows are. */
public enum View {
    DISK("DISK", "OWNER"),
    SESSION("SESSION", "PORTAL"),
    NODE("NODE", "OWNS");

    private final String header;
    private final String about;

    View(String header, String about) {
        this.header = header;
        this.about = about;
    }

    String header() {
        return header;
    }

    /** The header of the last column. */
    String about() {
        return about;
    }

    /** {@code disk}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
