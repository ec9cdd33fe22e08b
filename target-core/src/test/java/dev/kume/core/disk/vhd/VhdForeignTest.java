package dev.kume.core.disk.vhd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.disk.DiskFormat.Progress;
import dev.kume.core.disk.DiskImage;
import dev.kume.core.disk.DiskReport;
import dev.kume.core.disk.DiskType;
import dev.kume.core.disk.MappedDisk;
import dev.kume.core.disk.ParentLink;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.testing.FixedClock;
import dev.kume.core.testing.PowerCutStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files as other programs lay them out, built here byte by byte. */
class VhdForeignTest {
    private static final int MIB = 1 << 20;
    private static final int BLOCK = 2 * MIB;
    private static final UUID ID = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
    private static final UUID PARENT = UUID.fromString("c0ffee00-0000-4000-8000-00000000cafe");

    private final VhdFormat vhd = new VhdFormat(new FixedClock(Instant.parse("2026-11-23T00:00:00Z")));

    /** What stands where in a file of another program. */
    private static final class Foreign {
        final ByteBuffer bytes;
        final ByteBuffer header;
        final int table;

        Foreign(int fileBytes, int headerAt, int tableAt, int blocks) {
            bytes = ByteBuffer.allocate(fileBytes);
            header = bytes.slice(headerAt, 1024);
            table = tableAt;
            header.putLong(0, 0x6378_7370_6172_7365L)
                    .putLong(8, -1)
                    .putLong(16, tableAt)
                    .putInt(24, 0x0001_0000)
                    .putInt(28, blocks)
                    .putInt(32, BLOCK);
            for (int i = 0; i < blocks; i++) {
                bytes.putInt(tableAt + 4 * i, -1);
            }
        }

        /** A block with this in each of its bytes, and its bitmap. */
        void block(int block, int at, int content, byte[] bitmap) {
            bytes.putInt(table + 4 * block, at / 512);
            bytes.put(at, bitmap);
            byte[] data = new byte[BLOCK];
            Arrays.fill(data, (byte) content);
            bytes.put(at + 512, data);
        }

        void locator(int place, String code, int space, int at, byte[] path) {
            int entry = 576 + 24 * place;
            header.put(entry, code.getBytes(StandardCharsets.US_ASCII));
            header.putInt(entry + 4, space).putInt(entry + 8, path.length).putLong(entry + 16, at);
            bytes.put(at, path);
        }

        /** Seals the header, and puts a footer of so many bytes at the end and of 512 at the beginning. */
        PowerCutStore store(String creator, int version, int type, long sizeBytes, int footerBytes) {
            header.putInt(36, complement(header, 1024));
            ByteBuffer footer = ByteBuffer.allocate(512)
                    .putLong(0, 0x636F_6E65_6374_6978L)
                    .putInt(8, 2)
                    .putInt(12, 0x0001_0000)
                    .putLong(16, 512)
                    .putInt(24, 0x1234_5678)
                    .put(28, creator.getBytes(StandardCharsets.ISO_8859_1))
                    .putInt(32, version)
                    .put(36, "Wi2k".getBytes(StandardCharsets.US_ASCII))
                    .putLong(40, sizeBytes)
                    .putLong(48, sizeBytes)
                    .putInt(56, 0x0001_0411) // a geometry of far less: not what tells the size
                    .putInt(60, type)
                    .putLong(68, ID.getMostSignificantBits())
                    .putLong(76, ID.getLeastSignificantBits());
            footer.putInt(64, complement(footer, 512));
            bytes.put(0, footer, 0, 512);
            bytes.put(bytes.capacity() - footerBytes, footer, 0, footerBytes);
            return PowerCutStore.holding("f.vhd", bytes.array());
        }

        private static int complement(ByteBuffer bytes, int count) {
            int sum = 0;
            for (int i = 0; i < count; i++) {
                sum += bytes.get(i) & 0xFF;
            }
            return ~sum;
        }
    }

    private static byte[] all(int value) {
        byte[] bitmap = new byte[512];
        Arrays.fill(bitmap, (byte) value);
        return bitmap;
    }

    /** The size is what the current size field says, whoever wrote the file; bits that are not set read as zeroes. */
    @ParameterizedTest
    @CsvSource({
        "'vbox',0x00040003,512",
        "'vpc ',0x00050003,512",
        "'vpc ',0x00050000,511",
        "'win ',0x000A0000,512",
        "'d2v ',0x00020000,512",
        "'qem2',0x00050003,512",
        "'qemu',0x00050003,512",
        "'wa\0\0',0x00070000,512",
        "'tap\0',0x00010003,512",
        "'else',0x00010000,512",
    })
    void dynamicDisksOfEachCreator(String creator, String version, int footerBytes) throws IOException {
        int sizeBytes = 3 * BLOCK - MIB;
        Foreign file = new Foreign(2048 + 2 * (BLOCK + 512) + footerBytes, 512, 1536, 3);
        byte[] everyOther = all(0xAA); // sectors 0, 2, 4...
        file.block(2, 2048, 7, all(0xFF));
        file.block(0, 2048 + BLOCK + 512, 9, everyOther);
        PowerCutStore store = file.store(creator, Integer.decode(version), 3, sizeBytes, footerBytes);
        byte[] model = new byte[sizeBytes];
        for (int i = 0; i < BLOCK; i += 1024) {
            Arrays.fill(model, i, i + 512, (byte) 9);
        }
        Arrays.fill(model, 2 * BLOCK, sizeBytes, (byte) 7);

        DiskImage image = vhd.inspect(store);
        assertEquals(DiskType.DYNAMIC, image.type());
        assertEquals(sizeBytes, image.sizeBytes());
        assertEquals(ID, image.uniqueId());
        try (VirtualDisk disk = vhd.open(VhdDynamicTest.copyOf(store).asReadOnly())) {
            assertArrayEquals(model, VhdDynamicTest.read(disk, 0, sizeBytes));
        }
        MappedDisk disk = (MappedDisk) vhd.open(store);
        byte[] content = all(0x55);
        for (int at : new int[] {512, BLOCK + 1024, sizeBytes - 512}) {
            disk.write(at, ByteBuffer.wrap(content));
            System.arraycopy(content, 0, model, at, 512);
        }
        disk.flush();
        DiskReport report = disk.check(Progress.NONE);
        assertTrue(report.clean(), report.toString());
        try (VirtualDisk again = vhd.open(VhdDynamicTest.copyOf(store))) {
            assertArrayEquals(model, VhdDynamicTest.read(again, 0, sizeBytes));
        }
        PowerCutStore closed = VhdDynamicTest.copyOf(store);
        vhd.identify(closed, PARENT);
        assertEquals(PARENT, vhd.inspect(closed).uniqueId());
        try (MappedDisk again = (MappedDisk) vhd.open(closed)) {
            again.grow(5L * BLOCK, Progress.NONE).use();
            again.compact(Progress.NONE);
            assertArrayEquals(Arrays.copyOf(model, 5 * BLOCK), VhdDynamicTest.read(again, 0, 5 * BLOCK));
        }
    }

    /** Xen believes a second map of full blocks in its own files, which Kume does not keep: it stops being one. */
    @Test
    void xenFileBecomesOneOfKumeBeforeItsFirstChange() throws IOException {
        Foreign file = new Foreign(4096 + 512, 512, 1536, 1);
        PowerCutStore store = file.store("tap\0", 0x0001_0003, 3, BLOCK, 512);
        byte[] before = VhdDynamicTest.read(store, 0, 512);
        VirtualDisk disk = vhd.open(store);
        VhdDynamicTest.read(disk, 0, 512);
        assertArrayEquals(before, VhdDynamicTest.read(store, 0, 512));
        disk.write(0, ByteBuffer.allocate(512));
        byte[] after = VhdDynamicTest.read(store, 0, 512);
        assertNotEquals(before[28], after[28]);
        assertEquals("win ", new String(after, 28, 4, StandardCharsets.US_ASCII));
    }

    /** As Hyper-V makes it: header, absolute path, table, relative path with much room, blocks; space in bytes. */
    @Test
    void differencingDiskOfHyperV() throws IOException {
        int first = 0x1CE00;
        Foreign file = new Foreign(first + BLOCK + 512 + 512, 512, 0x2000, 4);
        file.header.putLong(40, PARENT.getMostSignificantBits());
        file.header.putLong(48, PARENT.getLeastSignificantBits());
        file.header.putInt(56, 525_527_478);
        file.header.put(64, "base.vhd".getBytes(StandardCharsets.UTF_16BE));
        file.locator(0, "W2ku", 4096, 0x1000, "C:\\VMs\\base.vhd".getBytes(StandardCharsets.UTF_16LE));
        file.locator(1, "W2ru", 65536, 0xC000, ".\\base.vhd".getBytes(StandardCharsets.UTF_16LE));
        byte[] bitmap = new byte[512];
        bitmap[0] = (byte) 0x81; // sectors 0 and 7
        file.block(1, first, 5, bitmap);
        PowerCutStore store = file.store("win ", 0x0006_0001, 4, 4L * BLOCK, 512);

        ParentLink link = vhd.inspect(store).parent();
        assertEquals(
                new ParentLink(PARENT, "base.vhd", "", 946_684_800L + 525_527_478L, List.of("C:\\VMs\\base.vhd")),
                link);
        PowerCutStore parentStore = PowerCutStore.holding("base.img", filled(4 * BLOCK, 1));
        VirtualDisk parent = new dev.kume.core.disk.raw.RawFormat().open(parentStore);
        byte[] model = filled(4 * BLOCK, 1);
        Arrays.fill(model, BLOCK, BLOCK + 512, (byte) 5);
        Arrays.fill(model, BLOCK + 7 * 512, BLOCK + 8 * 512, (byte) 5);
        MappedDisk disk = (MappedDisk) vhd.open(store, true, parent);
        assertArrayEquals(model, VhdDynamicTest.read(disk, 0, model.length));
        disk.write(BLOCK + 512, ByteBuffer.wrap(filled(512, 6)));
        disk.write(3 * BLOCK, ByteBuffer.wrap(filled(1024, 6)));
        Arrays.fill(model, BLOCK + 512, BLOCK + 1024, (byte) 6);
        Arrays.fill(model, 3 * BLOCK, 3 * BLOCK + 1024, (byte) 6);
        disk.relink(new ParentLink(ID, "../b/new.vhd", "/srv/b/new.vhd", 1_800_000_000L));
        disk.flush();
        assertEquals((byte) 0xC1, VhdDynamicTest.read(store, first, 1)[0]);
        PowerCutStore again = VhdDynamicTest.copyOf(store);
        assertEquals(
                new ParentLink(ID, "../b/new.vhd", "/srv/b/new.vhd", 1_800_000_000L),
                vhd.inspect(again).parent());
        assertArrayEquals(model, VhdDynamicTest.read(vhd.open(again, true, parent), 0, model.length));
    }

    @ParameterizedTest
    @CsvSource({
        // code, what stands there, relative, absolute, others
        "W2ru,.\\a\\b.vhd,a/b.vhd,'',''",
        "W2ru,..\\b.vhd,../b.vhd,'',''",
        "W2ru,b.vhd,b.vhd,'',''",
        "W2ru,D:\\b.vhd,'','',D:\\b.vhd",
        "W2ku,\\srv\\b.vhd,'',/srv/b.vhd,''",
        "W2ku,/srv/b.vhd,'',/srv/b.vhd,''",
        "W2ku,\\\\nas\\share\\b.vhd,'','',\\\\nas\\share\\b.vhd",
        "W2ku,C:\\b.vhd,'','',C:\\b.vhd",
        "MacX,file:///srv/b%20c.vhd,'',/srv/b c.vhd,''",
        "MacX,file://localhost/srv/b.vhd,'',/srv/b.vhd,''",
        "MacX,file://./b.vhd,b.vhd,'',''",
        "MacX,afp://b.vhd,'','',afp://b.vhd",
        "Wi2r,.\\b.vhd,'','',.\\b.vhd",
        "Wi2k,C:\\b.vhd,'','',C:\\b.vhd",
    })
    void pathsOfParents(String code, String path, String relative, String absolute, String other) throws IOException {
        Foreign file = new Foreign(4096 + 512, 512, 2048, 1);
        boolean bytes = code.equals("MacX") || code.startsWith("Wi");
        file.locator(5, code, 1, 2560, path.getBytes(bytes ? StandardCharsets.UTF_8 : StandardCharsets.UTF_16LE));
        PowerCutStore store = file.store("win ", 0x0006_0001, 4, BLOCK, 512);
        ParentLink link = ParentName.read(
                store, MappedVhd.read(store, Footers.read(store)).header(), '/');
        assertEquals(relative, link.relativePath());
        assertEquals(absolute, link.absolutePath());
        assertEquals(other.isEmpty() ? List.of() : List.of(other), link.otherPaths());
        assertEquals(ParentLink.NO_TIME, link.modifiedEpochSecond());
    }

    private static byte[] filled(int bytes, int value) {
        byte[] filled = new byte[bytes];
        Arrays.fill(filled, (byte) value);
        return filled;
    }
}
