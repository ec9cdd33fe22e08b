package dev.kume.core.scsi;

import dev.kume.core.disk.DiskInfo;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.store.Extent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A disk in memory that writes down what was done to it, and fails when told. Single thread. */
public final class TestDisk implements VirtualDisk {
    private static final int SECTOR_BYTES = 512;

    private final byte[] bytes;
    private final long sizeBytes;

    /** What was done: {@code "write 512+1024"}, {@code "unmap 0+512"}, {@code "flush"}. */
    public final List<String> log = new ArrayList<>();

    /** Thrown by the next operation of this name, once. */
    private @Nullable String failing;

    private @Nullable IOException failure;

    /** What {@link #info} says. */
    public boolean thin;

    /** Runs when an unmapping, zeroing or write is over. */
    public Runnable whenDone = () -> {};

    public TestDisk(int sizeBytes) {
        this.bytes = new byte[sizeBytes];
        this.sizeBytes = sizeBytes;
    }

    private TestDisk(long sizeBytes) {
        this.bytes = new byte[0];
        this.sizeBytes = sizeBytes;
    }

    /** A disk that says it is large, and has no bytes. */
    public static TestDisk hollow(long sizeBytes) {
        return new TestDisk(sizeBytes);
    }

    /** Lets the next {@code read}, {@code write}, {@code unmap}, {@code zero} or {@code flush} fail. */
    public void failNext(String operation, IOException with) {
        failing = operation;
        failure = with;
    }

    public byte[] bytes(int offsetBytes, int lengthBytes) {
        return Arrays.copyOfRange(bytes, offsetBytes, offsetBytes + lengthBytes);
    }

    public void fill(int offsetBytes, int lengthBytes, int with) {
        Arrays.fill(bytes, offsetBytes, offsetBytes + lengthBytes, (byte) with);
    }

    @Override
    public DiskInfo info() {
        return new DiskInfo(sizeBytes, false, thin);
    }

    @Override
    public int tryRead(long offsetBytes, ByteBuffer target) {
        return 0;
    }

    @Override
    public void read(long offsetBytes, ByteBuffer target) throws IOException {
        done("read", offsetBytes, target.remaining());
        target.put(bytes, (int) offsetBytes, target.remaining());
    }

    @Override
    public void write(long offsetBytes, ByteBuffer source) throws IOException {
        done("write", offsetBytes, source.remaining());
        if (bytes.length > 0) {
            source.get(bytes, (int) offsetBytes, source.remaining());
        }
        whenDone.run();
    }

    @Override
    public void flush() throws IOException {
        log.add("flush");
        fail("flush");
    }

    /** Sectors of zeroes are holes. */
    @Override
    public Extent extentAt(long offsetBytes, long lengthBytes) throws IOException {
        done("extent", offsetBytes, lengthBytes);
        if (bytes.length == 0) {
            return new Extent(false, lengthBytes);
        }
        boolean allocated = !isHole(offsetBytes);
        long at = offsetBytes;
        while (at < offsetBytes + lengthBytes && isHole(at) != allocated) {
            at += SECTOR_BYTES - at % SECTOR_BYTES;
        }
        return new Extent(allocated, Math.min(at, offsetBytes + lengthBytes) - offsetBytes);
    }

    private boolean isHole(long offsetBytes) {
        int from = (int) (offsetBytes - offsetBytes % SECTOR_BYTES);
        return Arrays.equals(bytes, from, from + SECTOR_BYTES, new byte[SECTOR_BYTES], 0, SECTOR_BYTES);
    }

    @Override
    public void unmap(long offsetBytes, long lengthBytes) throws IOException {
        done("unmap", offsetBytes, lengthBytes);
        clear(offsetBytes, lengthBytes);
    }

    @Override
    public void zero(long offsetBytes, long lengthBytes) throws IOException {
        done("zero", offsetBytes, lengthBytes);
        clear(offsetBytes, lengthBytes);
    }

    private void clear(long offsetBytes, long lengthBytes) {
        if (bytes.length > 0) {
            Arrays.fill(bytes, (int) offsetBytes, (int) (offsetBytes + lengthBytes), (byte) 0);
        }
        whenDone.run();
    }

    @Override
    public void close() {
        log.add("close");
    }

    private void done(String operation, long offsetBytes, long lengthBytes) throws IOException {
        if (!info().contains(offsetBytes, lengthBytes)) {
            throw new AssertionError(operation + " outside of the disk: " + offsetBytes + "+" + lengthBytes);
        }
        log.add(operation + " " + offsetBytes + "+" + lengthBytes);
        fail(operation);
    }

    private void fail(String operation) throws IOException {
        IOException with = failure;
        if (operation.equals(failing) && with != null) {
            failing = null;
            failure = null;
            throw with;
        }
    }
}
