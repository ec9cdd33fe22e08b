package dev.kume.protocol.initiator;

import dev.kume.core.disk.DiskInfo;
import dev.kume.core.disk.VirtualDisk;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32;

/** A disk in memory that looks at every block that is written to it: each ends with the checksum of the rest. */
final class CheckingDisk implements VirtualDisk {
    static final int BLOCK_BYTES = 512;
    private static final int CHECKED_BYTES = BLOCK_BYTES - Integer.BYTES;

    final AtomicLong damagedBlocks = new AtomicLong();
    final AtomicLong blocksWritten = new AtomicLong();
    private final byte[] bytes;

    CheckingDisk(int sizeBytes) {
        bytes = new byte[sizeBytes];
    }

    /** Puts the checksum at the end of each block. */
    static byte[] seal(byte[] data) {
        for (int at = 0; at < data.length; at += BLOCK_BYTES) {
            ByteBuffer.wrap(data).putInt(at + CHECKED_BYTES, checksum(data, at));
        }
        return data;
    }

    private static int checksum(byte[] data, int at) {
        CRC32 crc = new CRC32();
        crc.update(data, at, CHECKED_BYTES);
        return (int) crc.getValue();
    }

    byte[] content() {
        synchronized (bytes) {
            return bytes.clone();
        }
    }

    @Override
    public DiskInfo info() {
        return new DiskInfo(bytes.length, false, true);
    }

    @Override
    public int tryRead(long offsetBytes, ByteBuffer target) {
        // Every third megabyte has to wait for the disk.
        if (offsetBytes >> 20 == 2) {
            return 0;
        }
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
        byte[] data = new byte[source.remaining()];
        source.get(data);
        if (offsetBytes % BLOCK_BYTES != 0 || data.length % BLOCK_BYTES != 0) {
            damagedBlocks.incrementAndGet();
            return;
        }
        for (int at = 0; at < data.length; at += BLOCK_BYTES) {
            blocksWritten.incrementAndGet();
            if (ByteBuffer.wrap(data).getInt(at + CHECKED_BYTES) != checksum(data, at)) {
                damagedBlocks.incrementAndGet();
            }
        }
        synchronized (bytes) {
            System.arraycopy(data, 0, bytes, (int) offsetBytes, data.length);
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
        synchronized (bytes) {
            Arrays.fill(bytes, (int) offsetBytes, (int) (offsetBytes + lengthBytes), (byte) 0);
        }
    }

    @Override
    public void close() {
        // Nothing is open.
    }
}
