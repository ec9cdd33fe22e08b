package dev.kume.core.disk;

import java.io.IOException;

/**
 * A disk file that has been made larger, durably, while the disk in it still has its old size: nobody can see the new
 * bytes yet. Ends in one of the two, once.
 */
public interface DiskGrowth {
    /** The disk has its new size from now on; the new bytes are zeroes. Never waits. */
    void use();

    /** The file gets its old size back, durably. */
    void undo() throws IOException;
}
