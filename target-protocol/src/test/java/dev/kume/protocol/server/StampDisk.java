package dev.kume.protocol.server;

import dev.kume.core.disk.DiskInfo;
import dev.kume.core.disk.VirtualDisk;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A disk in memory that watches a fence: whatever is written while the fence is said to be up is a write too late. Each
 * block begins with the stamp of the write that it is of. Thread safe.
 */
final class StampDisk implements VirtualDisk {
    private static final int BLOCK_BYTES = 512;

    private final byte[] bytes;
    private final List<String> late = new ArrayList<>();
    private boolean fenced;

    /** Some writes spin for so long in the middle. */
    volatile int slowNanosMax;

    final AtomicInteger writesOnLoops = new AtomicInteger();
    final AtomicInteger writesOnDiskThreads = new AtomicInteger();

    StampDisk(int sizeBytes) {
        bytes = new byte[sizeBytes];
    }

    /** Access has been taken away from whoever writes, and that has been answered. */
    void fenceIsUp() {
        synchronized (bytes) {
            fenced = true;
        }
    }

    void fenceIsDown() {
        synchronized (bytes) {
            fenced = false;
        }
    }

    /** What was written through the fence. */
    List<String> late() {
        synchronized (bytes) {
            return List.copyOf(late);
        }
    }

    byte[] copy() {
        synchronized (bytes) {
            return bytes.clone();
        }
    }

    private void beSlow() {
        int most = slowNanosMax;
        if (most > 0) {
            // Now and then, and then for long: the last bits of the clock are as good as chance.
            long now = System.nanoTime();
            long until = (now >> 4 & 3) == 0 ? now + most : now;
            while (System.nanoTime() < until) {
                Thread.onSpinWait();
            }
        }
    }

    @Override
    public DiskInfo info() {
        return new DiskInfo(bytes.length, false, false);
    }

    @Override
    public int tryRead(long offsetBytes, ByteBuffer target) {
        int length = target.remaining();
        read(offsetBytes, target);
        return length;
    }

    @Override
    public void read(long offsetBytes, ByteBuffer target) {
        synchronized (bytes) {
            target.put(bytes, (int) offsetBytes, target.remaining());
        }
    }

    @Override
    public void write(long offsetBytes, ByteBuffer source) {
        boolean onLoop = Thread.currentThread().getName().startsWith("kume-loop");
        (onLoop ? writesOnLoops : writesOnDiskThreads).incrementAndGet();
        // Block by block, so that a fence that does not wait for the whole write is seen.
        int slowAt = source.remaining() / 2;
        while (source.hasRemaining()) {
            if (source.remaining() > slowAt) {
                beSlow();
                slowAt = Integer.MAX_VALUE;
            }
            int length = Math.min(BLOCK_BYTES, source.remaining());
            synchronized (bytes) {
                if (fenced) {
                    late.add("stamp %d at %d".formatted(source.getLong(source.position()), offsetBytes));
                }
                source.get(bytes, (int) offsetBytes, length);
            }
            offsetBytes += length;
        }
    }

    @Override
    public void flush() {}

    @Override
    public void unmap(long offsetBytes, long lengthBytes) {
        throw new AssertionError("nobody asked for it");
    }

    @Override
    public void zero(long offsetBytes, long lengthBytes) {
        throw new AssertionError("nobody asked for it");
    }

    @Override
    public void close() {}
}
