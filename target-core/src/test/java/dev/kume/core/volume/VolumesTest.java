package dev.kume.core.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.disk.raw.RawFormat;
import dev.kume.core.store.LocalFiles;
import dev.kume.core.testing.Programs;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What lies on a disk: file systems that their own tools have made, and signatures by hand where there is no tool. */
final class VolumesTest {
    private static final int DISK_BYTES = 32 << 20;
    private static final int MIB = 1 << 20;

    @TempDir
    Path directory;

    private final ByteBuffer image = ByteBuffer.allocate(DISK_BYTES).order(ByteOrder.LITTLE_ENDIAN);

    private List<Volume> found() throws IOException {
        return found(512);
    }

    private List<Volume> found(int blockBytes) throws IOException {
        Path file = directory.resolve("disk.raw");
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            out.getChannel().write(image.duplicate().clear(), 0);
        }
        return found(file, blockBytes);
    }

    private static List<Volume> found(Path file, int blockBytes) throws IOException {
        try (VirtualDisk disk = new RawFormat().open(LocalFiles.ofThisHost().open(file, true))) {
            return Volumes.find(disk, blockBytes);
        }
    }

    private void text(int at, String text) {
        image.put(at, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The signature of a volume that begins here. */
    private void sign(VolumeKind kind, int at) {
        switch (kind) {
            case NTFS -> {
                text(at + 3, "NTFS    ");
                image.putShort(at + 510, (short) 0xAA55);
            }
            case REFS -> {
                text(at + 3, "ReFS\0\0\0\0");
                text(at + 16, "FSRS");
            }
            case EXT -> image.putShort(at + 0x438, (short) 0xEF53);
            case XFS -> text(at, "XFSB");
            case BTRFS -> text(at + 0x10040, "_BHRfS_M");
            case LVM -> lvm(at, "status = [\"RESIZEABLE\", \"READ\", \"WRITE\"]\n");
            case CLUSTERED_LVM -> lvm(at, "status = [\"RESIZEABLE\"]\nlock_type = \"sanlock\"\n");
            case VMFS -> image.putInt(at + MIB, 0xC001D00D);
            case OCFS2 -> text(at + 8_192, "OCFSV2");
            case GFS2 ->
                image.putInt(at + 65_536, Integer.reverseBytes(0x01161970)).putInt(at + 65_540, 0x0100_0000);
        }
    }

    /** A physical volume whose metadata stands at the end of its ring, and goes on at its beginning. */
    private void lvm(int at, String text) {
        int label = at + 512;
        text(label, "LABELONE");
        image.putInt(label + 20, 32);
        text(label + 24, "LVM2 001");
        int header = label + 32;
        image.putLong(header + 40, MIB); // The data area begins there; then a pair of zeroes ends the list.
        image.putLong(header + 72, 4_096).putLong(header + 80, 8_192);
        int area = at + 4_096;
        text(area + 4, " LVM2 x[5A%r0N*>");
        image.putLong(area + 24, 4_096).putLong(area + 32, 8_192);
        String whole = "vg0 {\nseqno = 2\n" + text;
        int first = 20;
        image.putLong(area + 40, 8_192 - first).putLong(area + 48, whole.length());
        text(area + 8_192 - first, whole.substring(0, first));
        text(area + 512, whole.substring(first));
    }

    @ParameterizedTest
    @EnumSource(VolumeKind.class)
    void oneThatTakesTheWholeDisk(VolumeKind kind) throws IOException {
        sign(kind, 0);
        assertEquals(List.of(new Volume(kind, 0)), found());
    }

    @ParameterizedTest
    @CsvSource({"512, false", "4096, false", "512, true", "4096, true"})
    void partitionsOfAGuidTableAlsoByItsCopyAtTheEnd(int blockBytes, boolean damaged) throws IOException {
        sign(VolumeKind.NTFS, 2 * MIB);
        sign(VolumeKind.EXT, 6 * MIB);
        sign(VolumeKind.XFS, 4 * MIB); // In no partition.
        protective();
        gpt(blockBytes, 1, 2, List.of(1, 2, 6));
        gpt(blockBytes, DISK_BYTES / blockBytes - 1, DISK_BYTES / blockBytes - 33, List.of(1, 2, 6));
        if (damaged) {
            image.put(blockBytes + 60, (byte) 77);
        }
        assertEquals(List.of(new Volume(VolumeKind.NTFS, 2), new Volume(VolumeKind.EXT, 3)), found(blockBytes));
    }

    private void protective() {
        image.put(446 + 4, (byte) 0xEE);
        image.putShort(510, (short) 0xAA55);
    }

    private void gpt(int blockBytes, int headerBlock, int entriesBlock, List<Integer> starts) {
        int at = headerBlock * blockBytes;
        text(at, "EFI PART");
        image.putInt(at + 12, 92);
        image.putLong(at + 72, entriesBlock).putInt(at + 80, 128).putInt(at + 84, 128);
        CRC32 crc = new CRC32();
        crc.update(image.array(), at, 92);
        image.putInt(at + 16, (int) crc.getValue());
        for (int i = 0; i < starts.size(); i++) {
            int entry = entriesBlock * blockBytes + i * 128;
            image.putLong(entry, 0x1234).putLong(entry + 32, (long) starts.get(i) * MIB / blockBytes);
        }
    }

    private void mbrEntry(int table, int entry, int type, int startSector) {
        image.put(table + 446 + entry * 16 + 4, (byte) type).putInt(table + 446 + entry * 16 + 8, startSector);
        image.putShort(table + 510, (short) 0xAA55);
    }

    @Test
    void primaryAndLogicalPartitionsOfAnOldTable() throws IOException {
        int mib = MIB / 512;
        mbrEntry(0, 0, 0x07, mib);
        mbrEntry(0, 1, 0x05, 4 * mib);
        mbrEntry(4 * MIB, 0, 0x83, mib);
        mbrEntry(4 * MIB, 1, 0x05, 4 * mib);
        mbrEntry(8 * MIB, 0, 0x8E, mib);
        sign(VolumeKind.REFS, MIB);
        sign(VolumeKind.EXT, 5 * MIB);
        sign(VolumeKind.LVM, 9 * MIB);
        assertEquals(
                List.of(new Volume(VolumeKind.REFS, 1), new Volume(VolumeKind.EXT, 5), new Volume(VolumeKind.LVM, 6)),
                found());
    }

    @Test
    void aChainOfTablesThatHasNoEndEnds() throws IOException {
        int mib = MIB / 512;
        mbrEntry(0, 0, 0x05, 4 * mib);
        mbrEntry(4 * MIB, 0, 0x83, mib);
        mbrEntry(4 * MIB, 1, 0x05, 0);
        sign(VolumeKind.EXT, 5 * MIB);
        assertEquals(1, found().size());
        mbrEntry(4 * MIB, 1, 0x05, mib * 4);
        mbrEntry(8 * MIB, 0, 0x83, mib);
        mbrEntry(8 * MIB, 1, 0x05, mib * 4);
        assertEquals(1, found().size(), "what lies on the partitions of the second table is nothing");
    }

    @Test
    void anEmptyDiskAndOneThatIsFullOfAnythingHaveNothing() throws IOException {
        assertEquals(List.of(), found());
        Random random = new Random(1);
        for (int round = 0; round < 20; round++) {
            random.nextBytes(image.array());
            protective();
            text(512, "EFI PART");
            image.putInt(512 + 12, random.nextInt());
            assertEquals(List.of(), found());
            mbrEntry(0, 0, 0x05, random.nextInt());
            mbrEntry(0, 1, 0x83, random.nextInt());
            mbrEntry(0, 2, 0x8E, random.nextInt(DISK_BYTES / 512));
            assertEquals(List.of(), found());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 512, 1_024, 1_536})
    void aDiskOfAFewSectorsIsReadNoFurther(int bytes) throws IOException {
        Path file = directory.resolve("small.raw");
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            out.setLength(Math.max(512, bytes));
        }
        assertEquals(List.of(), found(file, 512));
    }

    @ParameterizedTest
    @CsvSource({"EXT, mkfs.ext4, e2fsprogs, -q", "XFS, mkfs.xfs, xfsprogs, -q", "BTRFS, mkfs.btrfs, btrfs-progs, -q"})
    void oneThatItsOwnToolHasMade(VolumeKind kind, String program, String debianPackage, String option)
            throws Exception {
        Programs.require(program, debianPackage);
        Path file = directory.resolve("made.raw");
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            out.setLength(400L << 20);
        }
        Programs.run(program, option, file.toString()).orThrow();
        assertEquals(List.of(new Volume(kind, 0)), found(file, 512));
    }
}
