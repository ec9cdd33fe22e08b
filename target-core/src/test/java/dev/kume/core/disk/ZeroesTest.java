package dev.kume.core.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One byte is found wherever it is; holes are passed over. */
final class ZeroesTest {
    private static final int SIZE_BYTES = (4 << 20) + 512;

    private final VirtualDisk disk = MemoryDisk.ofSize(SIZE_BYTES);
    private final Zeroes zeroes = new Zeroes();

    private long firstData(long from) throws Exception {
        return zeroes.firstData(disk, from, SIZE_BYTES, DiskFormat.Progress.NONE);
    }

    @ParameterizedTest
    @ValueSource(ints = {1 << 20, (1 << 20) + 1, (2 << 20) - 1, (3 << 20) + 511, SIZE_BYTES - 1})
    void oneByteIsFound(int at) throws Exception {
        disk.write(1 << 20, ByteBuffer.allocate(2 << 20));
        disk.write(at, ByteBuffer.wrap(new byte[] {1}));
        assertEquals(at, firstData(1 << 20));
    }

    @Test
    void zeroesAndHolesAreNoData() throws Exception {
        assertEquals(-1, firstData(0));
        disk.write(0, ByteBuffer.allocate(SIZE_BYTES));
        assertEquals(-1, firstData(0));
    }

    @Test
    void whatLiesBeforeDoesNotCount() throws Exception {
        disk.write(511, ByteBuffer.wrap(new byte[] {1}));
        assertEquals(511, firstData(0));
        assertEquals(-1, firstData(512));
    }
}
