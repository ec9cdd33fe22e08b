package dev.kume.core.io;

/** How much may be written into memory before the system makes writers wait. Thread safe; asking never waits. */
@FunctionalInterface
public interface WriteRoom {
    /** Nothing is known: every write may wait. */
    WriteRoom UNKNOWN = bytes -> false;

    /** Takes room for a write of {@code bytes}; false when there is none, or when nobody knows. */
    boolean take(int bytes);
}
