package dev.kume.protocol.server;

import dev.kume.core.disk.DiskInfo;
import dev.kume.core.disk.VirtualDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongPredicate;

/** A disk in memory that a test makes cold, slow or broken. Thread safe. */
final class ScriptedDisk implements VirtualDisk {
    private final byte[] bytes;
    /** Which offsets can be read without waiting. */
    volatile LongPredicate hot = offset -> true;
    /** What tryRead copies at most, so that it falls short. */
    volatile int hotBytesMax = Integer.MAX_VALUE;

    volatile boolean broken;
    private volatile CountDownLatch gate = new CountDownLatch(0);
    final Semaphore arrived = new Semaphore(0);
    final AtomicInteger inside = new AtomicInteger();
    final AtomicInteger writes = new AtomicInteger();
    final AtomicInteger reads = new AtomicInteger();

    ScriptedDisk(int sizeBytes) {
        bytes = new byte[sizeBytes];
        for (int i = 0; i < sizeBytes; i++) {
            bytes[i] = pattern(i);
        }
    }

    /** What byte {@code i} of a fresh disk is. */
    static byte pattern(int i) {
        return (byte) (i * 31 + (i >>> 9) * 7 + (i >>> 16));
    }

    static byte[] pattern(int from, int length) {
        byte[] expected = new byte[length];
        for (int i = 0; i < length; i++) {
            expected[i] = pattern(from + i);
        }
        return expected;
    }

    byte[] at(int from, int length) {
        synchronized (bytes) {
            return java.util.Arrays.copyOfRange(bytes, from, from + length);
        }
    }

    /** From now on disk threads wait inside of reads, writes and flushes. */
    void block() {
        gate = new CountDownLatch(1);
    }

    void unblock() {
        gate.countDown();
    }

    /** Waits until this many calls have come in since the last time. */
    void awaitArrivals(int calls) throws InterruptedException {
        if (!arrived.tryAcquire(calls, 5, TimeUnit.SECONDS)) {
            throw new AssertionError("only " + arrived.availablePermits() + " of " + calls + " calls came");
        }
    }

    private void pass() throws IOException {
        inside.incrementAndGet();
        try {
            arrived.release();
            if (!gate.await(20, TimeUnit.SECONDS)) {
                throw new AssertionError("nobody opened the gate");
            }
            if (broken) {
                throw new IOException("broken by the test");
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        } finally {
            inside.decrementAndGet();
        }
    }

    @Override
    public DiskInfo info() {
        return new DiskInfo(bytes.length, false, true);
    }

    @Override
    public int tryRead(long offsetBytes, ByteBuffer target) {
        if (!hot.test(offsetBytes)) {
            return 0;
        }
        int length = Math.min(hotBytesMax, target.remaining());
        synchronized (bytes) {
            target.put(bytes, (int) offsetBytes, length);
        }
        return length;
    }

    @Override
    public void read(long offsetBytes, ByteBuffer target) throws IOException {
        reads.incrementAndGet();
        pass();
        synchronized (bytes) {
            target.put(bytes, (int) offsetBytes, target.remaining());
        }
    }

    @Override
    public void write(long offsetBytes, ByteBuffer source) throws IOException {
        pass();
        writes.incrementAndGet();
        synchronized (bytes) {
            source.get(bytes, (int) offsetBytes, source.remaining());
        }
    }

    @Override
    public void flush() throws IOException {
        pass();
    }

    @Override
    public void unmap(long offsetBytes, long lengthBytes) throws IOException {
        zero(offsetBytes, lengthBytes);
    }

    @Override
    public void zero(long offsetBytes, long lengthBytes) throws IOException {
        pass();
        synchronized (bytes) {
            java.util.Arrays.fill(bytes, (int) offsetBytes, (int) (offsetBytes + lengthBytes), (byte) 0);
        }
    }

    @Override
    public void close() {
        unblock();
    }
}
