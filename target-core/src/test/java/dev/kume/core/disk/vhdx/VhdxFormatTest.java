package dev.kume.core.disk.vhdx;

import static dev.kume.core.disk.vhdx.VhdxFiles.ID;
import static dev.kume.core.disk.vhdx.VhdxFiles.MIB;
import static dev.kume.core.disk.vhdx.VhdxFiles.RESTORE;
import static dev.kume.core.disk.vhdx.VhdxFiles.bytes;
import static dev.kume.core.disk.vhdx.VhdxFiles.child;
import static dev.kume.core.disk.vhdx.VhdxFiles.durable;
import static dev.kume.core.disk.vhdx.VhdxFiles.dynamic;
import static dev.kume.core.disk.vhdx.VhdxFiles.format;
import static dev.kume.core.disk.vhdx.VhdxFiles.link;
import static dev.kume.core.disk.vhdx.VhdxFiles.options;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.disk.DiskFormat.CreateOptions;
import dev.kume.core.disk.DiskFormat.Progress;
import dev.kume.core.disk.DiskFormatException;
import dev.kume.core.disk.DiskFormats;
import dev.kume.core.disk.DiskImage;
import dev.kume.core.disk.DiskImage.Sectors;
import dev.kume.core.disk.DiskReport;
import dev.kume.core.disk.DiskType;
import dev.kume.core.disk.MappedDisk;
import dev.kume.core.disk.ParentLink;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.disk.raw.RawFormat;
import dev.kume.core.testing.FaultyStore;
import dev.kume.core.testing.PowerCutStore;
import dev.kume.core.testing.RecordingStore;
import dev.kume.core.testing.RecordingStore.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VhdxFormatTest {
    private static final int METADATA = 2 << 20;
    private static final int BAT = 3 << 20;

    private final VhdxFormat vhdx = format(3);

    /** Fields at their offsets, written out by hand from the specification. */
    @Test
    void newDynamicDiskByteForByte() throws IOException {
        PowerCutStore store = dynamic(10 * MIB);
        assertEquals(4 * MIB, store.sizeBytes());
        assertTrue(store.allDurable());
        assertEquals("vhdxfile", text(store, 0, 8, StandardCharsets.US_ASCII));
        assertEquals("Kume", text(store, 8, 8, StandardCharsets.UTF_16LE));
        for (int i = 0; i < 2; i++) {
            int at = (64 << 10) + i * (64 << 10);
            assertEquals("head", text(store, at, 4, StandardCharsets.US_ASCII));
            assertEquals(i == 0 ? "0100000000000000" : "0200000000000000", hex(store, at + 8, 8));
            assertEquals("0".repeat(32), hex(store, at + 48, 16), "LogGuid");
            assertEquals("0000" + "0100" + "00001000" + "0000100000000000", hex(store, at + 64, 16));
        }
        for (int at : new int[] {192 << 10, 256 << 10}) {
            assertEquals("regi", text(store, at, 4, StandardCharsets.US_ASCII));
            assertEquals("0200000000000000", hex(store, at + 8, 8));
            assertEquals(
                    "6677c22d23f600429d64115e9bfd4a08" + "0000300000000000" + "00001000" + "01000000",
                    hex(store, at + 16, 32));
            assertEquals(
                    "06a27c8b90479a4bb8fe575f050f886e" + "0000200000000000" + "00001000" + "01000000",
                    hex(store, at + 48, 32));
        }
        assertEquals("metadata", text(store, METADATA, 8, StandardCharsets.US_ASCII));
        assertEquals("0000" + "0500" + "0".repeat(40), hex(store, METADATA + 8, 24));
        assertEquals(
                "3767a1ca36fa434db3b633f0aa44e76b" + "00000100" + "08000000" + "04000000" + "00000000",
                hex(store, METADATA + 32, 32));
        assertEquals(
                "2442a52f1bcd7648b2115dbed83bf4b8" + "08000100" + "08000000" + "06000000" + "00000000",
                hex(store, METADATA + 64, 32));
        int items = METADATA + (64 << 10);
        assertEquals("0000100000000000", hex(store, items, 8), "blocks of 1 MB, no flag");
        assertEquals("0000a00000000000", hex(store, items + 8, 8), "10 MB");
        assertEquals("33221100554477668899aabbccddeeff", hex(store, items + 16, 16));
        assertEquals("00020000" + "00100000", hex(store, items + 32, 8));
        assertArrayEquals(new byte[(int) MIB], Arrays.copyOfRange(store.bytes(), BAT, BAT + (int) MIB));
    }

    /** CRC-32C of a whole structure: the example of RFC 3720 B.4 pads to the same algorithm. */
    @Test
    void checksumIsCrc32c() {
        ByteBuffer bytes = Bytes.allocate(32);
        assertEquals(0x8A9136AA, Checksum.of(bytes), "32 bytes of zeroes");
        bytes.putInt(Checksum.AT, 77);
        assertEquals(0x8A9136AA, Checksum.of(bytes), "the field itself counts as zero");
    }

    @Test
    void fixedDiskHasAllBlocksInOrder() throws IOException {
        PowerCutStore store = new PowerCutStore("a.vhdx");
        vhdx.create(store, options(DiskType.FIXED, 5 * MIB + 512, 2 * MIB, 512, null));
        assertEquals(4 * MIB + 6 * MIB, store.sizeBytes());
        assertEquals("0000200001000000", hex(store, METADATA + (64 << 10), 8), "LeaveBlocksAllocated");
        assertEquals("0600400000000000" + "0600600000000000" + "0600800000000000", hex(store, BAT, 24));
        DiskImage image = vhdx.inspect(store);
        assertEquals(DiskType.FIXED, image.type());
        assertEquals(new Sectors(512, 4096), image.sectors());
    }

    @Test
    void childNamesItsParent() throws IOException {
        PowerCutStore store = child(20 * MIB, 512);
        DiskImage image = vhdx.inspect(store);
        assertEquals(DiskType.DIFFERENCING, image.type());
        assertEquals(link(), image.parent());
        assertEquals(ID, image.uniqueId());
        ParentLocator locator = VhdxFile.read(store).parameters().locator();
        assertNotNull(locator);
        assertEquals("{00000000-0000-0001-0000-000000000002}", locator.value("parent_linkage"));
        assertEquals("..\\parents\\a.vhdx", locator.value("relative_path"));
        assertEquals("\\srv\\parents\\a.vhdx", locator.value("absolute_win32_path"));
    }

    @ParameterizedTest
    @CsvSource({
        "'/', /srv/a.vhdx, \\srv\\a.vhdx",
        "'\\', d:\\vm\\a.vhdx, \\\\?\\d:\\vm\\a.vhdx",
        "'\\', \\\\server\\share\\a.vhdx, \\\\?\\UNC\\server\\share\\a.vhdx",
    })
    void absolutePathsOfHosts(char separator, String here, String inFile) {
        assertEquals(inFile, ParentLocator.absolutePathInFile(here, separator));
        assertEquals(here, ParentLocator.absolutePathHere(inFile, separator));
    }

    @ParameterizedTest
    @CsvSource({"\\\\?\\d:\\vm\\a.vhdx", "d:\\vm\\a.vhdx", "\\\\server\\share\\a.vhdx"})
    void pathsOfOtherHostsAreNoneHere(String inFile) {
        assertEquals("", ParentLocator.absolutePathHere(inFile, '/'));
    }

    @Test
    void contentIdChangesBeforeTheContentAndFileWriteGuidWithEachUse() throws IOException {
        PowerCutStore store = dynamic(10 * MIB);
        VhdxHeader before = VhdxHeaders.read(store).current();
        vhdx.open(copy(store)).close();
        VirtualDisk disk = vhdx.open(store);
        assertEquals(before, VhdxHeaders.read(store).current(), "an open alone changes nothing");
        disk.write(0, ByteBuffer.allocate(512));
        VhdxHeader during = VhdxHeaders.read(store).current();
        assertNotEquals(before.fileWriteGuid(), during.fileWriteGuid());
        assertNotEquals(before.dataWriteGuid(), during.dataWriteGuid());
        assertTrue(during.hasLog());
        disk.write(MIB, ByteBuffer.allocate(512));
        disk.flush();
        assertEquals(during, VhdxHeaders.read(store).current(), "once");
        disk.close();
        assertTrue(store.allDurable());
        VhdxHeader after = VhdxHeaders.read(durable(store)).current();
        assertFalse(after.hasLog());
        assertEquals(during.dataWriteGuid(), after.dataWriteGuid());
    }

    @Test
    void theHeaderIsDurableBeforeTheFirstDataIsWritten() throws IOException {
        RecordingStore store = new RecordingStore(dynamic(10 * MIB));
        VirtualDisk disk = vhdx.open(store);
        disk.write(0, ByteBuffer.allocate(512));
        List<RecordingStore.Event> events = store.events();
        int data = lastWriteAtOrBehind(events, 4 * MIB);
        int header = lastWriteAtOrBehind(events.subList(0, data), 64 << 10);
        assertTrue(header >= 0 && data > header, events.toString());
        assertEquals(Kind.FLUSH, events.get(header + 1).kind());
    }

    private static int lastWriteAtOrBehind(List<RecordingStore.Event> events, long offsetBytes) {
        for (int i = events.size() - 1; i >= 0; i--) {
            if (events.get(i).kind() == Kind.WRITE && events.get(i).offsetBytes() >= offsetBytes) {
                return i;
            }
        }
        return -1;
    }

    @Test
    void relinkKeepsTheContentIdAndEverythingElse() throws IOException {
        PowerCutStore store = child(20 * MIB, 512);
        DiskImage before = vhdx.inspect(store);
        ParentLink other = new ParentLink(
                UUID.fromString("aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"),
                "x".repeat(3000) + "/b.vhdx",
                "/b.vhdx",
                ParentLink.NO_TIME);
        vhdx.relink(store, other);
        DiskImage after = vhdx.inspect(store);
        assertEquals(other, after.parent());
        assertEquals(before.contentId(), after.contentId());
        assertEquals(before.uniqueId(), after.uniqueId());
        assertFalse(VhdxHeaders.read(store).current().hasLog());
        assertTrue(store.allDurable());
    }

    @Test
    void identifyGivesAnotherIdentityToTheFileAndItsContent() throws IOException {
        PowerCutStore store = dynamic(20 * MIB);
        DiskImage before = vhdx.inspect(store);
        UUID other = new UUID(7, 8);
        vhdx.identify(store, other);
        assertEquals(other, vhdx.inspect(store).uniqueId());
        assertNotEquals(before.contentId(), vhdx.inspect(store).contentId());
    }

    @Test
    void unknownOptionalRegionsAndItemsSurvive() throws IOException {
        PowerCutStore store = child(20 * MIB, 512);
        UUID region = new UUID(0x5555, 0x6666);
        UUID item = new UUID(0x7777, 0x8888);
        addRegion(store, new Region(region, 4 * MIB, MIB, false));
        addItem(store, new MetadataItem(item, 700 << 10, 9, true, true, false));
        store.write(4 * MIB, ByteBuffer.wrap("their region".getBytes(StandardCharsets.US_ASCII)));
        store.write(METADATA + (700 << 10), ByteBuffer.wrap("their item".getBytes(StandardCharsets.US_ASCII)));
        store.flush();
        VirtualDisk parent = vhdx.open(dynamic(20 * MIB));
        try (MappedDisk disk = (MappedDisk) vhdx.open(store, true, parent)) {
            for (int i = 0; i < 20; i++) {
                disk.write(i * MIB + 512, ByteBuffer.allocate(512));
            }
            disk.grow(200_000 * MIB, Progress.NONE).use();
            disk.unmap(0, 20 * MIB);
            disk.compact(Progress.NONE);
            disk.shrink(10 * MIB);
            disk.relink(link());
            disk.identify(new UUID(1, 1));
        }
        store = durable(store);
        vhdx.relink(store, link());
        vhdx.identify(store, new UUID(2, 2));
        assertTrue(vhdx.check(store, true, Progress.NONE).clean());
        VhdxFile file = VhdxFile.read(store);
        assertEquals(new Region(region, 4 * MIB, MIB, false), file.regions().region(region));
        assertTrue(file.metadata().items().contains(new MetadataItem(item, 700 << 10, 9, true, true, false)));
        assertEquals("their region", text(store, (int) (4 * MIB), 12, StandardCharsets.US_ASCII));
        assertEquals("their item", text(store, METADATA + (700 << 10), 10, StandardCharsets.US_ASCII));
        parent.close();
    }

    private static void addRegion(PowerCutStore store, Region added) throws IOException {
        RegionTable table = RegionTable.read(store);
        List<Region> regions = new ArrayList<>(table.regions());
        regions.add(added);
        if (store.sizeBytes() < added.offsetBytes() + added.lengthBytes()) {
            store.resize(added.offsetBytes() + added.lengthBytes());
        }
        for (long offset : RegionTable.OFFSETS) {
            store.write(offset, new RegionTable(regions).encode());
        }
    }

    private static void addItem(PowerCutStore store, MetadataItem added) throws IOException {
        MetadataTable table = VhdxFile.read(store).metadata();
        List<MetadataItem> items = new ArrayList<>(table.items());
        items.add(added);
        store.write(table.region().offsetBytes(), new MetadataTable(table.region(), items).encode());
    }

    @Test
    void whatIsNeededAndNotKnownIsRefusedByName() throws IOException {
        UUID id = UUID.fromString("12345678-1234-1234-1234-123456789abc");
        PowerCutStore region = dynamic(10 * MIB);
        addRegion(region, new Region(id, 4 * MIB, MIB, true));
        assertRefused(
                region,
                "the file needs the region 12345678-1234-1234-1234-123456789abc, which Kume does not know; open it with"
                        + " what made it");
        PowerCutStore item = dynamic(10 * MIB);
        addItem(item, new MetadataItem(id, 700 << 10, 9, false, true, true));
        assertRefused(
                item,
                "the file needs the metadata item 12345678-1234-1234-1234-123456789abc, which Kume does not know; open"
                        + " it with what made it");
    }

    /** Each field that is wrong is named with its value; nobody writes a file that is refused. */
    @Test
    void damagedHeadersAndRegionsAreNamed() throws IOException {
        refused(
                store -> put(store, 0, "vhdxfilx"),
                "the file does not begin with \"vhdxfile\", it is damaged or no VHDX");
        refused(
                store -> {
                    put(store, 64 << 10, "xxxx");
                    put(store, 128 << 10, "xxxx");
                },
                "neither header, at offset 65536 and 131072, has its signature and checksum");
        refused(
                store -> header(store, header -> new VhdxHeader(9, ID, ID, Guid.ZERO, 0, 2, MIB, MIB)),
                "!the header's version is 2; Kume knows version 1");
        refused(
                store -> header(store, header -> new VhdxHeader(9, ID, ID, ID, 1, 1, MIB, MIB)),
                "!the header's log version is 1, and the log has to be replayed; Kume knows version 0. Open the file"
                        + " once with what wrote it");
        refused(
                store -> header(store, header -> new VhdxHeader(9, ID, ID, Guid.ZERO, 0, 1, 4096, MIB)),
                "the header's log length 4096 is not a multiple of 1 MB");
        refused(
                store -> header(store, header -> new VhdxHeader(9, ID, ID, Guid.ZERO, 0, 1, 4095 * MIB, MIB)),
                "the log of 4293918720 bytes at offset 1048576 lies beyond the end of the file at 4194304");
        refused(
                store -> header(store, header -> new VhdxHeader(9, ID, ID, Guid.ZERO, 0, 1, MIB, -MIB)),
                "the header's log offset -1048576 is not a multiple of 1 MB, at least 1 MB");
        refused(
                store -> header(store, header -> new VhdxHeader(9, ID, ID, Guid.ZERO, 0, 1, MIB, 2 * MIB)),
                "the metadata region at offset 2097152 lies over the log, which ends at 3145728");
        refused(
                store -> region(store, new Region(Region.BAT, 3 * MIB, 4095 * MIB, true)),
                "the BAT region: 4293918720 bytes at offset 3145728 lie beyond the end of the file at 4194304");
        refused(
                store -> region(store, new Region(Region.BAT, 3 * MIB + 1, MIB, true)),
                "the BAT region: its offset 3145729 is not a multiple of 1 MB, at least 1 MB");
        refused(
                store -> region(store, new Region(Region.METADATA, 3 * MIB, MIB, true)),
                "the metadata region at offset 3145728 lies over the BAT region, which ends at 4194304");
    }

    @Test
    void damagedMetadataIsNamed() throws IOException {
        int parameters = METADATA + (64 << 10);
        refused(
                store -> putInt(store, parameters, 3 << 20),
                "File Parameters: the block size 3145728 is no power of two from 1 MB to 256 MB");
        refused(store -> putInt(store, parameters + 4, 4), "File Parameters: reserved bits are set, 00000004");
        refused(
                store -> putInt(store, parameters + 4, 2),
                "the metadata item Parent Locator (a8d35f2d-b30b-454d-abf7-d3d84834ab0c) is missing");
        refused(
                store -> putInt(store, parameters + 12, 1 << 30),
                "Virtual Disk Size: 4611686018437873664 bytes are not a multiple of the sector of 512 bytes, at most"
                        + " 64 TB");
        refused(
                store -> putInt(store, parameters + 12, 1 << 5),
                "the BAT region has 1048576 bytes; a disk of 137449439232 bytes in blocks of 1048576 needs 1048912");
        refused(store -> putInt(store, parameters + 32, 1024), "Logical Sector Size: 1024 is neither 512 nor 4096");
        refused(store -> putInt(store, parameters + 36, 0), "Physical Sector Size: 0 is neither 512 nor 4096");
        refused(
                store -> putInt(store, METADATA + 32 + 20, 9),
                "the metadata item Virtual Disk Size at offset 65544 of the metadata region lies over the metadata item"
                        + " File Parameters");
        refused(
                store -> putInt(store, METADATA + 32 + 24, 12),
                "the metadata item File Parameters: reserved bits are set, 0000000C 00000000");
    }

    @Test
    void damagedEntriesOfTheBatAreNamed() throws IOException {
        refusedToOpen(store -> putLong(store, BAT + 16, 5 * MIB | 4), "BAT entry 2: the state 4 is reserved");
        refusedToOpen(
                store -> putLong(store, BAT + 16, 5 * MIB | 6),
                "BAT entry 2: 1048576 bytes at offset 5242880 lie beyond the end of the file at 4194304");
        refusedToOpen(
                store -> putLong(store, BAT + 16, -MIB | 6),
                "BAT entry 2: its offset of 17592186044415 MB is not behind the header section");
        refusedToOpen(
                store -> putLong(store, BAT + 16, 2 * MIB | 6),
                "BAT entry 2: the block at offset 2097152 lies over the metadata region");
        refusedToOpen(
                store -> putLong(store, BAT + 16, 3 * MIB | 7),
                "BAT entry 2: the block is partly present (state 7), and the disk has no parent");
        refusedToOpen(
                store -> putLong(store, BAT + 16, 0x80000 | 6), "BAT entry 2: reserved bits are set, 0000000000080006");
        refusedToOpen(
                store -> {
                    store.resize(6 * MIB);
                    putLong(store, BAT, 4 * MIB | 6);
                    putLong(store, BAT + 16, 4 * MIB | 6);
                },
                null);
    }

    @Test
    void partialBlockWithoutItsBitmapIsRefused() throws IOException {
        PowerCutStore store = child(20 * MIB, 512);
        store.resize(6 * MIB);
        putLong(store, BAT + 8, 5 * MIB | 7);
        VirtualDisk parent = vhdx.open(dynamic(20 * MIB));
        DiskFormatException e = assertThrows(DiskFormatException.class, () -> vhdx.open(store, true, parent));
        assertEquals(
                "child.vhdx: BAT entry 1: the block is partly present, and the chunk has no sector bitmap block (BAT"
                        + " entry 4096)" + RESTORE,
                e.getMessage());
    }

    @Test
    void oneBrokenHeaderOrRegionTableIsNoMatterAndIsMended() throws IOException {
        for (int at : new int[] {64 << 10, 128 << 10, 192 << 10, 256 << 10}) {
            PowerCutStore store = dynamic(10 * MIB);
            put(store, at + 20, "damage");
            assertEquals(10 * MIB, vhdx.inspect(store).sizeBytes());
            assertFalse(vhdx.check(store, false, Progress.NONE).clean());
            DiskReport mended = vhdx.check(store, true, Progress.NONE);
            assertTrue(mended.clean());
            assertEquals(1, mended.findings().size(), mended.toString());
            assertEquals(List.of(), vhdx.check(store, false, Progress.NONE).findings());
        }
    }

    @Test
    void checkFindsWhatIsWrongInTheBat() throws IOException {
        PowerCutStore store = dynamic(10 * MIB);
        store.resize(8 * MIB);
        putLong(store, BAT, 4 * MIB | 6);
        putLong(store, BAT + 8, 4 * MIB | 6);
        putLong(store, BAT + 16, 99 * MIB | 6);
        DiskReport report = vhdx.check(store, true, Progress.NONE);
        assertFalse(report.clean());
        assertEquals(
                List.of("BAT entry 2", "BAT"),
                report.findings().stream().map(DiskReport.Finding::field).toList());
        assertEquals(2, report.blocks());
        assertEquals(3 * MIB, report.leakedBytes());
    }

    /** Hyper-V leaves the offset in the entry of a block that was unmapped, and may use the space again. */
    @Test
    void spaceOfAnUnmappedBlockIsNotGivenToAnother() throws IOException {
        PowerCutStore store = dynamic(10 * MIB);
        store.resize(5 * MIB);
        putLong(store, BAT + 8, 4 * MIB | BatEntry.UNMAPPED);
        store.write(4 * MIB, ByteBuffer.wrap(new byte[] {1, 2, 3}));
        store.flush();
        try (VirtualDisk disk = vhdx.open(store)) {
            ByteBuffer back = ByteBuffer.allocate(512);
            disk.read(MIB, back);
            assertArrayEquals(new byte[512], back.array());
            disk.write(0, ByteBuffer.wrap(new byte[512]));
        }
        PowerCutStore after = durable(store);
        assertEquals("0600500000000000" + "0300400000000000", hex(after, BAT, 16));
        assertEquals("010203", hex(after, (int) (4 * MIB), 3));
        assertEquals(0, vhdx.check(after, false, Progress.NONE).leakedBytes());
    }

    /** As a writer with a known bug leaves them in files that have no parent. */
    @Test
    void entriesOfBitmapBlocksWithoutAParentAreCleared() throws IOException {
        PowerCutStore store = dynamic(5000 * MIB);
        putLong(store, BAT + 4096 * 8, 77 * MIB | 6);
        vhdx.open(copy(store)).close();
        assertTrue(vhdx.check(store, true, Progress.NONE).clean());
        assertEquals("0".repeat(16), hex(store, BAT + 4096 * 8, 8));
        assertEquals(List.of(), vhdx.check(store, false, Progress.NONE).findings());
    }

    @Test
    void creationsThatCannotBeAreRefused() {
        assertNotMade(
                options(DiskType.DYNAMIC, 10 * MIB, 3 * MIB, 512, null),
                "a VHDX cannot have blocks of 3145728 bytes; give a power of two from 1 MB to 256 MB");
        assertNotMade(
                options(DiskType.DYNAMIC, 10 * MIB, 512 * MIB, 512, null),
                "a VHDX cannot have blocks of 536870912 bytes; give a power of two from 1 MB to 256 MB");
        assertNotMade(
                options(DiskType.DYNAMIC, 10 * MIB, MIB, 520, null),
                "a VHDX has sectors of 512 or 4096 bytes, not of 520");
        assertNotMade(
                options(DiskType.DYNAMIC, 10 * MIB + 512, MIB, 4096, null),
                "a disk of 10486272 bytes has no whole number of sectors of 4096 bytes");
        assertNotMade(
                options(DiskType.DYNAMIC, (64L << 40) + 512, MIB, 512, null),
                "a disk of 70368744178176 bytes does not fit the vhdx format, which ends at 70368744177664 bytes (65536"
                        + " GiB)");
        assertNotMade(options(DiskType.DIFFERENCING, 10 * MIB, MIB, 512, null), "a differencing VHDX needs a parent");
        assertNotMade(options(DiskType.DYNAMIC, 10 * MIB, MIB, 512, link()), "a dynamic VHDX has no parent");
    }

    private void assertNotMade(CreateOptions options, String reason) {
        PowerCutStore store = new PowerCutStore("a.vhdx");
        DiskFormatException e = assertThrows(DiskFormatException.class, () -> vhdx.create(store, options));
        assertEquals(reason, e.getMessage());
        assertEquals(0, store.sizeBytes());
    }

    @Test
    void creationThatIsCutShortIsNoVhdx() {
        FaultyStore store = new FaultyStore(new PowerCutStore("a.vhdx"));
        store.hook(FaultyStore.Hook.failing(FaultyStore.Call.FLUSH, "power"));
        assertThrows(IOException.class, () -> vhdx.create(store, options(DiskType.DYNAMIC, 10 * MIB, MIB, 512, null)));
        assertDoesNotBegin(store);
    }

    private void assertDoesNotBegin(FaultyStore store) {
        try {
            assertFalse(vhdx.probe(store));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void parentIsGivenWhereThereIsOneAndNowhereElse() throws IOException {
        assertEquals(
                "child.vhdx is a differencing VHDX and cannot be opened without its parent",
                assertThrows(DiskFormatException.class, () -> vhdx.open(child(20 * MIB, 512)))
                        .getMessage());
        VirtualDisk parent = vhdx.open(dynamic(20 * MIB));
        assertEquals(
                "a.vhdx is no differencing VHDX and has no parent",
                assertThrows(DiskFormatException.class, () -> vhdx.open(dynamic(20 * MIB), true, parent))
                        .getMessage());
    }

    @Test
    void probeTakesItBySignature() throws IOException {
        DiskFormats formats = new DiskFormats(List.of(vhdx, new RawFormat()));
        assertEquals("vhdx", formats.probe(dynamic(10 * MIB)).name());
        assertEquals(
                "raw",
                formats.probe(PowerCutStore.holding("a.img", new byte[512])).name());
        assertNull(vhdx.inspect(dynamic(10 * MIB)).parent());
    }

    @Test
    void largestDiskInTheSmallestBlocksOpens() throws IOException {
        PowerCutStore store = new PowerCutStore("a.vhdx");
        vhdx.create(store, options(DiskType.DYNAMIC, 64L << 40, 2 * MIB, 4096, null));
        try (VirtualDisk disk = vhdx.open(store)) {
            disk.write((64L << 40) - 4096, ByteBuffer.wrap(new byte[4096]).put(0, (byte) 9));
            disk.write(0, ByteBuffer.wrap(new byte[4096]).put(0, (byte) 8));
            disk.flush();
        }
        store = durable(store);
        assertTrue(vhdx.check(store, false, Progress.NONE).clean());
        try (VirtualDisk disk = vhdx.open(store)) {
            ByteBuffer back = ByteBuffer.allocate(4096);
            disk.read((64L << 40) - 4096, back);
            assertEquals(9, back.get(0));
        }
    }

    // ---- help -------------------------------------------------------------------------------------------------------

    @FunctionalInterface
    private interface Damage {
        void to(PowerCutStore store) throws IOException;
    }

    @FunctionalInterface
    private interface HeaderChange {
        VhdxHeader of(VhdxHeader header);
    }

    private static void header(PowerCutStore store, HeaderChange change) throws IOException {
        VhdxHeader changed = change.of(VhdxHeaders.read(store).current());
        store.write(64 << 10, changed.encode());
    }

    private static void region(PowerCutStore store, Region changed) throws IOException {
        RegionTable table = RegionTable.read(store).with(changed);
        for (long offset : RegionTable.OFFSETS) {
            store.write(offset, table.encode());
        }
    }

    /** A reason that begins with ! is a whole one. */
    private void refused(Damage damage, String reason) throws IOException {
        PowerCutStore store = dynamic(10 * MIB);
        damage.to(store);
        assertRefused(store, reason.startsWith("!") ? reason.substring(1) : reason + RESTORE);
    }

    private void assertRefused(PowerCutStore store, String reason) {
        byte[] before = store.bytes();
        DiskFormatException e = assertThrows(DiskFormatException.class, () -> vhdx.inspect(store));
        assertEquals("a.vhdx: " + reason, e.getMessage());
        DiskFormatException opened = assertThrows(DiskFormatException.class, () -> vhdx.open(store));
        assertEquals(e.getMessage(), opened.getMessage());
        assertArrayEquals(before, store.bytes());
    }

    private void refusedToOpen(Damage damage, @Nullable String reason) throws IOException {
        PowerCutStore store = dynamic(10 * MIB);
        damage.to(store);
        byte[] before = store.bytes();
        DiskFormatException e = assertThrows(DiskFormatException.class, () -> vhdx.open(store));
        if (reason != null) {
            assertEquals("a.vhdx: " + reason + RESTORE, e.getMessage());
        }
        assertArrayEquals(before, store.bytes());
        assertFalse(vhdx.check(store, false, Progress.NONE).clean());
    }

    private static PowerCutStore copy(PowerCutStore store) {
        return VhdxFiles.copy(store);
    }

    private static void put(PowerCutStore store, long at, String text) throws IOException {
        store.write(at, ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
    }

    private static void putInt(PowerCutStore store, long at, int value) throws IOException {
        store.write(at, Bytes.allocate(4).putInt(0, value));
    }

    private static void putLong(PowerCutStore store, long at, long value) throws IOException {
        store.write(at, Bytes.allocate(8).putLong(0, value));
    }

    private static String text(PowerCutStore store, int at, int length, Charset charset) throws IOException {
        return new String(VhdxFiles.read(store, at, length).array(), charset);
    }

    private static String hex(PowerCutStore store, int at, int length) throws IOException {
        return HexFormat.of().formatHex(VhdxFiles.read(store, at, length).array());
    }

    @Test
    void contentIsTheSameAfterEachOpen() throws IOException {
        PowerCutStore store = dynamic(10 * MIB);
        byte[] model = new byte[(int) (10 * MIB)];
        Random random = new Random(4);
        for (int round = 0; round < 5; round++) {
            try (VirtualDisk disk = vhdx.open(copy(store))) {
                assertArrayEquals(model, bytes(disk));
            }
            PowerCutStore next = copy(store);
            try (VirtualDisk disk = vhdx.open(next)) {
                byte[] piece = new byte[100 * 512];
                random.nextBytes(piece);
                int from = 512 * random.nextInt(model.length / 512 - 100);
                disk.write(from, ByteBuffer.wrap(piece));
                System.arraycopy(piece, 0, model, from, piece.length);
            }
            store = next;
        }
    }
}
