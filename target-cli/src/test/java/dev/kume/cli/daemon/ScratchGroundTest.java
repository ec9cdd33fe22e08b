package dev.kume.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kume.core.disk.DiskFormat;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.disk.raw.RawFormat;
import dev.kume.core.inventory.DiskIdentity;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.SectorFormat;
import dev.kume.core.inventory.Sharing;
import dev.kume.core.store.BackingStore;
import dev.kume.core.store.LocalFiles;
import dev.kume.protocol.cluster.NodeDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** On which disks a validation may write between partition table and partitions, and on which it may not. */
final class ScratchGroundTest {
    private static final String FREE = "";
    private static final String BEGINS = "its first partition begins where the tests would write";
    private static final String BETWEEN = "there is something between its partition table and its partitions";
    private static final String NO_TABLE = "it has no partition table, and something on it all the same";
    private static final int SIZE = 4 << 20;

    @TempDir
    Path folder;

    private VirtualDisk disk;
    private SectorFormat sectors = SectorFormat.ofWord("512e");

    @BeforeEach
    void open() throws IOException {
        BackingStore store = LocalFiles.ofThisHost().create(folder.resolve("disk"));
        RawFormat format = new RawFormat();
        format.create(store, new DiskFormat.CreateOptions(SIZE, new UUID(1, 2), true, DiskFormat.Progress.NONE));
        disk = format.open(store);
    }

    @AfterEach
    void close() throws IOException {
        disk.close();
    }

    private String obstacle() throws IOException {
        DiskRecord record = new DiskRecord(
                "vms",
                folder.resolve("disk").toString(),
                "raw",
                "fixed",
                SIZE,
                true,
                Sharing.CLUSTER,
                sectors,
                "",
                DiskIdentity.random(new SplittableRandom(1)),
                Instant.EPOCH);
        return ScratchGround.obstacle(record, disk);
    }

    private void write(long offset, byte[] content) throws IOException {
        disk.write(offset, ByteBuffer.wrap(content));
    }

    /** A master boot record with one partition. */
    private void masterBootRecord(int type, int firstBlock) throws IOException {
        ByteBuffer table = ByteBuffer.allocate(512).order(ByteOrder.LITTLE_ENDIAN);
        table.put(446 + 4, (byte) type).putInt(446 + 8, firstBlock).putShort(510, (short) 0xAA55);
        write(0, table.array());
    }

    private void guidPartition(int entry, long firstBlock) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(128).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(0, 0x1234).putLong(8, 0x5678).putLong(32, firstBlock);
        write(2L * sectors.logicalBytes() + entry * 128L, bytes.array());
    }

    private static byte[] mark() {
        return (NodeDisk.MARK + "of a run that was killed").getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void aDiskOfZeros() throws IOException {
        assertEquals(FREE, obstacle());
        write(NodeDisk.SCRATCH_X * 512L, mark());
        assertEquals(FREE, obstacle());
    }

    /** A file system or a volume manager on the whole disk. */
    @ParameterizedTest
    @CsvSource({"0", "512", "1024", "24576", "65536", "1048575"})
    void aDiskWithoutATableAndNotOfZeros(int offset) throws IOException {
        write(offset, new byte[] {1});
        assertEquals(NO_TABLE, obstacle());
    }

    @ParameterizedTest
    @CsvSource({"2048, ''", "320, ''", "319, " + BEGINS, "63, " + BEGINS, "34, " + BEGINS})
    void aMasterBootRecord(int firstBlock, String expected) throws IOException {
        masterBootRecord(7, firstBlock);
        assertEquals(expected, obstacle());
    }

    @Test
    void aBootLoaderBehindTheTable() throws IOException {
        masterBootRecord(7, 2048);
        write(300 * 512L, new byte[] {'G', 'R', 'U', 'B'});
        assertEquals(BETWEEN, obstacle());
    }

    @ParameterizedTest
    @CsvSource({"2048, ''", "34, " + BEGINS})
    void aTableOfGuidPartitions(long firstBlock, String expected) throws IOException {
        masterBootRecord(0xEE, 1);
        guidPartition(0, 4096);
        guidPartition(5, firstBlock);
        assertEquals(expected, obstacle());
    }

    @ParameterizedTest
    @CsvSource({"40, ''", "39, " + BEGINS})
    void blocksOfFourKilobytes(long firstBlock, String expected) throws IOException {
        sectors = SectorFormat.ofWord("4kn");
        masterBootRecord(0xEE, 1);
        guidPartition(0, firstBlock);
        assertEquals(expected, obstacle());
    }
}
