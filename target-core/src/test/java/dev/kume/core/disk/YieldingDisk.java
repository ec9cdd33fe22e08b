package dev.kume.core.disk;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** A disk in memory that moves 64 bytes at a time and lets other threads run in between: whoever can tear, will. */
public class YieldingDisk implements VirtualDisk {
    private static final int STEP_BYTES = 64;

    private final byte[] bytes;

    public YieldingDisk(int sizeBytes) {
        bytes = new byte[sizeBytes];
    }

    @Override
    public DiskInfo info() {
        return new DiskInfo(bytes.length, false, true);
    }

    @Override
    public int tryRead(long offsetBytes, ByteBuffer target) {
        int count = target.remaining();
        read(offsetBytes, target);
        return count;
    }

    @Override
    public void read(long offsetBytes, ByteBuffer target) {
        int at = (int) offsetBytes;
        while (target.hasRemaining()) {
            int step = Math.min(STEP_BYTES, target.remaining());
            target.put(bytes, at, step);
            at += step;
            Thread.yield();
        }
    }

    @Override
    public void write(long offsetBytes, ByteBuffer source) {
        int at = (int) offsetBytes;
        while (source.hasRemaining()) {
            int step = Math.min(STEP_BYTES, source.remaining());
            source.get(bytes, at, step);
            at += step;
            Thread.yield();
        }
    }

    @Override
    public void flush() {
        // Memory is all there is.
    }

    @Override
    public void unmap(long offsetBytes, long lengthBytes) {
        zero(offsetBytes, lengthBytes);
    }

    @Override
    public void zero(long offsetBytes, long lengthBytes) {
        Arrays.fill(bytes, (int) offsetBytes, (int) (offsetBytes + lengthBytes), (byte) 0);
    }

    @Override
    public void close() {
        // Nothing is held.
    }
}
