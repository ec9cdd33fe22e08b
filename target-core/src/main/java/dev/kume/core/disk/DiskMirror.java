package dev.kume.core.disk;

import java.nio.ByteBuffer;

/** A copy of a disk that is being made: hears of each change of the original, after it was made there. Any thread. */
public interface DiskMirror {
    /** These bytes were written. A failure of the copy is the copy's: nothing is thrown. */
    void written(long offsetBytes, ByteBuffer source);

    /** The range reads as zeroes now. A failure of the copy is the copy's: nothing is thrown. */
    void zeroed(long offsetBytes, long lengthBytes);
}
