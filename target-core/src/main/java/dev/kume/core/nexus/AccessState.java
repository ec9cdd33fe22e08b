package dev.kume.core.nexus;

/**
 * ASYMMETRIC ACCESS STATE of a target port group, SPC-4 5.15.2.4, as far as all of a disk can be reached in it. Its
 * code is that of REPORT TARGET PORT GROUPS.
 */
public enum AccessState {
    /** The way to take. */
    OPTIMIZED(0x0),

    /** Everything works; the other ways are better. */
    NON_OPTIMIZED(0x1);

    private final int code;

    AccessState(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }
}
