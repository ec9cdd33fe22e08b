package dev.kume.core.disk.vhd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Trials;
import dev.kume.core.disk.DiskFormat;
import dev.kume.core.disk.DiskFormat.CreateOptions;
import dev.kume.core.disk.DiskFormat.Progress;
import dev.kume.core.disk.DiskFormatException;
import dev.kume.core.disk.DiskFormats;
import dev.kume.core.disk.DiskImage;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.disk.raw.RawFormat;
import dev.kume.core.store.BackingStore;
import dev.kume.core.testing.FaultyStore;
import dev.kume.core.testing.FixedClock;
import dev.kume.core.testing.PowerCutStore;
import dev.kume.core.testing.RecordingStore;
import dev.kume.core.testing.RecordingStore.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VhdFormatTest {
    private static final long MIB = 1L << 20;
    private static final UUID ID = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
    private static final Instant NOW = Instant.parse("2026-11-23T00:00:00Z");
    private static final String RESTORE = "restore the file from a copy";

    private final VhdFormat vhd = new VhdFormat(new FixedClock(NOW));
    private final DiskFormats formats = new DiskFormats(List.of(vhd, new RawFormat()));

    /** Every field at its offset, written out by hand from the specification. */
    @Test
    void footerOfNewDiskByteForByte() throws IOException {
        PowerCutStore store = created(2048 * MIB, true);
        byte[] expected = new byte[512];
        byte[] head = HexFormat.of()
                .parseHex(
                        "636f6e6563746978" // conectix
                                + "00000002" // features: reserved bit
                                + "00010000" // version 1.0
                                + "ffffffffffffffff" // no data offset
                                + "32963e80" // seconds from 2000 to 2026-11-23
                                + "77696e20" // "win "
                                + "000a0000" // 10.0
                                + "5769326b" // Wi2k
                                + "0000000080000000" // original size
                                + "0000000080000000" // current size
                                + "1041103f" // 4161 cylinders, 16 heads, 63 sectors
                                + "00000002" // fixed
                                + "00000000" // checksum, below
                                + "00112233445566778899aabbccddeeff"
                                + "00");
        System.arraycopy(head, 0, expected, 0, head.length);
        int sum = 0;
        for (byte b : expected) {
            sum += b & 0xFF;
        }
        ByteBuffer.wrap(expected).putInt(64, ~sum);
        assertArrayEquals(expected, read(store, 2048 * MIB, 512));
        assertEquals(2048 * MIB + 512, store.sizeBytes());
        assertTrue(store.allDurable());
    }

    @Test
    void newDiskOpensWithSizeIdentityAndZeroes() throws IOException {
        PowerCutStore store = created(30 * MIB, false);
        assertEquals(new DiskImage("vhd", 30 * MIB, 30 * MIB + 512, 512, ID), vhd.inspect(store));
        try (VirtualDisk disk = vhd.open(store)) {
            assertEquals(30 * MIB, disk.info().sizeBytes());
            assertFalse(disk.info().readOnly());
            assertFalse(disk.info().thin());
            ByteBuffer sector = ByteBuffer.allocate(512);
            disk.read(30 * MIB - 512, sector);
            assertArrayEquals(new byte[512], sector.array());
        }
        assertTrue(store.closed());
        assertTrue(vhd.open(store(store.asReadOnly().bytes()).asReadOnly(), true)
                .info()
                .readOnly());
    }

    @Test
    void spaceIsReservedUnlessSparseAndFilledWhereItCannotBe() throws IOException {
        RecordingStore fixed = new RecordingStore(new PowerCutStore("a.vhd"));
        vhd.create(fixed, options(64 * MIB, false));
        assertEquals(List.of(Kind.RESIZE, Kind.RESERVE, Kind.WRITE, Kind.FLUSH), fixed.kinds());
        assertEquals(64 * MIB + 512, fixed.events().get(1).lengthBytes());

        RecordingStore sparse = new RecordingStore(new PowerCutStore("a.vhd"));
        vhd.create(sparse, options(64 * MIB, true));
        assertEquals(List.of(Kind.RESIZE, Kind.WRITE, Kind.FLUSH), sparse.kinds());

        RecordingStore filled = new RecordingStore(new PowerCutStore("a.vhd"));
        vhd.create(new FaultyStore(filled).withoutReserve(), options(64 * MIB, false));
        long zeroed = filled.events().stream()
                .filter(event -> event.kind() == Kind.ZERO)
                .mapToLong(RecordingStore.Event::lengthBytes)
                .sum();
        assertEquals(64 * MIB + 512, zeroed);
    }

    @Test
    void progressRisesToTheWhole() throws IOException {
        long[] last = {-1};
        int[] steps = {0};
        Progress progress = (doneBytes, totalBytes) -> {
            assertEquals(64 * MIB + 512, totalBytes);
            assertTrue(doneBytes >= last[0]);
            last[0] = doneBytes;
            steps[0]++;
        };
        FaultyStore store = new FaultyStore(new PowerCutStore("a.vhd")).withoutReserve();
        vhd.create(store, new CreateOptions(64 * MIB, ID, false, progress));
        assertEquals(64 * MIB + 512, last[0]);
        assertTrue(steps[0] > 5);
    }

    @Test
    void sizesThatDoNotFitAreRefusedBeforeAnythingIsWritten() {
        RecordingStore store = new RecordingStore(new PowerCutStore("a.vhd"));
        assertEquals(
                "a VHD holds at most 2040 GiB (2190433320960 bytes), not 2190433321472 bytes; make it smaller or use the"
                        + " vhdx or raw format",
                refusedCreate(store, (2040L << 30) + 512));
        assertEquals(
                "a disk of 1000 bytes cannot be made; give a multiple of 512 bytes, such as 30GB",
                refusedCreate(store, 1000));
        assertEquals(
                "a disk of 0 bytes cannot be made; give a multiple of 512 bytes, such as 30GB",
                refusedCreate(store, 0));
        refusedCreate(store, -512);
        assertEquals(List.of(), store.events());
    }

    @Test
    void largestDiskIsMade() throws IOException {
        PowerCutStore store = created(2040L << 30, true);
        assertEquals(2040L << 30, vhd.open(store).info().sizeBytes());
    }

    @Test
    void theFooterIsOutOfReachOfEveryCall() throws IOException {
        PowerCutStore store = created(MIB, false);
        byte[] footer = read(store, MIB, 512);
        VirtualDisk disk = vhd.open(store, true);
        assertThrows(IndexOutOfBoundsException.class, () -> disk.write(MIB - 511, ByteBuffer.allocate(512)));
        assertThrows(IndexOutOfBoundsException.class, () -> disk.write(MIB, ByteBuffer.allocate(1)));
        assertThrows(IndexOutOfBoundsException.class, () -> disk.zero(MIB - 1, 2));
        assertThrows(IndexOutOfBoundsException.class, () -> disk.unmap(0, MIB + 1));
        assertThrows(IndexOutOfBoundsException.class, () -> disk.read(MIB, ByteBuffer.allocate(1)));
        assertThrows(IndexOutOfBoundsException.class, () -> disk.tryRead(MIB - 1, ByteBuffer.allocate(2)));
        assertThrows(IndexOutOfBoundsException.class, () -> disk.write(-1, ByteBuffer.allocate(1)));
        assertThrows(IndexOutOfBoundsException.class, () -> disk.zero(Long.MAX_VALUE, Long.MAX_VALUE));
        disk.write(0, ByteBuffer.allocate((int) MIB));
        disk.unmap(0, MIB);
        disk.zero(0, MIB);
        assertArrayEquals(footer, read(store, MIB, 512));
    }

    @Test
    void unmapKeepsTheSpaceOfAFixedDiskAndGivesBackThatOfAThinOne() throws IOException {
        RecordingStore store = new RecordingStore(created(MIB, false));
        vhd.open(store, false).unmap(0, 4096);
        vhd.open(store, true).unmap(0, 4096);
        assertEquals(List.of(Kind.ZERO, Kind.PUNCH), store.kinds());
    }

    @Test
    void whatIsWrittenIsReadAsByAModel() {
        Trials.forSeed(21, 20, random -> {
            PowerCutStore store = created(MIB, random.nextBoolean());
            byte[] footer = read(store, MIB, 512);
            byte[] model = new byte[(int) MIB];
            VirtualDisk disk = vhd.open(store, random.nextBoolean());
            for (int step = 0; step < 100; step++) {
                int from = random.nextInt((int) MIB);
                int bytes = random.nextInt((int) MIB - from + 1) >>> random.nextInt(12);
                switch (random.nextInt(5)) {
                    case 0 -> {
                        disk.zero(from, bytes);
                        Arrays.fill(model, from, from + bytes, (byte) 0);
                    }
                    case 1 -> {
                        disk.unmap(from, bytes);
                        Arrays.fill(model, from, from + bytes, (byte) 0);
                    }
                    case 2 -> disk.flush();
                    default -> {
                        byte[] content = new byte[bytes];
                        random.nextBytes(content);
                        disk.write(from, ByteBuffer.wrap(content));
                        System.arraycopy(content, 0, model, from, bytes);
                    }
                }
            }
            ByteBuffer back = ByteBuffer.allocate((int) MIB);
            disk.read(0, back);
            assertArrayEquals(model, back.array());
            assertArrayEquals(footer, read(store, MIB, 512));
        });
    }

    @Test
    void flushedBytesSurviveAPowerCutAndTheDiskStillOpens() {
        Trials.forSeed(31, 60, random -> {
            PowerCutStore store = created(MIB, false);
            VirtualDisk disk = vhd.open(store);
            byte[] flushed = new byte[64 << 10];
            random.nextBytes(flushed);
            disk.write(0, ByteBuffer.wrap(flushed));
            disk.flush();
            byte[] later = new byte[64 << 10];
            random.nextBytes(later);
            disk.write(128 << 10, ByteBuffer.wrap(later));
            ByteBuffer back = ByteBuffer.allocate(flushed.length);
            vhd.open(store.cut(random)).read(0, back);
            assertArrayEquals(flushed, back.array());
        });
    }

    @Test
    void aCreationThatLosesPowerIsNeverTakenForADisk() {
        Trials.forSeed(41, 60, random -> {
            PowerCutStore store = new PowerCutStore("a.vhd");
            FaultyStore noFlush =
                    new FaultyStore(store).hook(FaultyStore.Hook.failing(FaultyStore.Call.FLUSH, "power"));
            assertThrows(IOException.class, () -> vhd.create(noFlush, options(MIB, false)));
            PowerCutStore after = store.cut(random);
            try {
                assertEquals(MIB, vhd.open(after).info().sizeBytes());
            } catch (DiskFormatException e) {
                assertTrue(e.getMessage().startsWith("a.vhd "), e.getMessage());
            }
        });
    }

    @Test
    void damagedChecksumNamesPlaceAndBothValues() throws IOException {
        byte[] bytes = created(MIB, false).bytes();
        bytes[(int) MIB + 68] ^= 1;
        String message = refusedOpen(bytes);
        assertTrue(
                message.matches("a\\.vhd: the VHD footer at offset 1048576 has the checksum [0-9A-F]{8}, its bytes add"
                        + " up to [0-9A-F]{8}; it is damaged: " + RESTORE),
                message);
    }

    @Test
    void everyFlippedBitOfTheUsedFooterIsNoticed() {
        Trials.forSeed(51, 200, random -> {
            byte[] bytes = created(64 << 10, false).bytes();
            bytes[(64 << 10) + random.nextInt(512)] ^= (byte) (1 << random.nextInt(8));
            assertThrows(DiskFormatException.class, () -> vhd.open(store(bytes)));
        });
    }

    @Test
    void randomTailsAreRefusedAndNeverBreakTheReader() {
        Trials.forSeed(61, 2000, random -> {
            byte[] bytes = new byte[random.nextInt(2000)];
            random.nextBytes(bytes);
            if (bytes.length >= 512 && random.nextBoolean()) {
                ByteBuffer.wrap(bytes).putLong(bytes.length - random.nextInt(511, 513), 0x636F_6E65_6374_6978L);
            }
            assertThrows(DiskFormatException.class, () -> vhd.open(store(bytes)));
        });
    }

    @Test
    void missingFooterIsCalledCutOff() throws IOException {
        byte[] bytes = created(MIB, false).bytes();
        String expected =
                "a.vhd has no VHD footer (\"conectix\") in its last 512 bytes; it is cut off or no VHD: restore it from a"
                        + " copy";
        assertEquals(expected, refusedOpen(Arrays.copyOf(bytes, (int) MIB)));
        assertEquals(expected, refusedOpen(Arrays.copyOf(bytes, (int) MIB + 100)));
        assertEquals(expected, refusedOpen(new byte[0]));
        assertEquals(expected, refusedOpen(new byte[300]));
    }

    @Test
    void wrongCookieIsAMissingFooter() throws IOException {
        byte[] bytes = created(MIB, false).bytes();
        bytes[(int) MIB] = 'C';
        assertTrue(refusedOpen(bytes).startsWith("a.vhd has no VHD footer"));
    }

    @Test
    void fileOfAnotherLengthThanTheFooterSays() throws IOException {
        byte[] whole = created(MIB, false).bytes();
        byte[] cut = Arrays.copyOfRange(whole, 4096, whole.length);
        assertEquals(
                "a.vhd: the VHD footer gives the disk 1048576 bytes, the file holds 1044480 before the footer; it was cut"
                        + " off or joined wrongly: restore it from a copy",
                refusedOpen(cut));
    }

    @Test
    void sizeThatIsNoMultipleOfTheBlock() throws IOException {
        assertEquals(
                "a.vhd: the VHD footer gives the disk 1048577 bytes, which is not a multiple of the block of 512 bytes;"
                        + " restore the file from a copy",
                refusedOpen(
                        changed(VhdFooter.CURRENT_SIZE, ByteBuffer.allocate(8).putLong(0, MIB + 1))));
        assertTrue(refusedOpen(
                        changed(VhdFooter.CURRENT_SIZE, ByteBuffer.allocate(8).putLong(0, -512)))
                .contains("gives the disk 18446744073709551104 bytes"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5, 6})
    void otherKindsOfVhdAreRefusedByName(int type) throws IOException {
        assertEquals(
                "a.vhd is a VHD of type " + type
                        + " in the footer's disk type field; Kume serves fixed (2), dynamic (3)"
                        + " and differencing (4) VHDs: convert it with the program that made it",
                refusedOpen(changed(VhdFooter.DISK_TYPE, ByteBuffer.allocate(4).putInt(0, type))));
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4})
    void mappedDiskWithoutAHeaderIsRefused(int type) throws IOException {
        assertEquals(
                "a.vhd: the VHD footer's data offset field says FFFFFFFFFFFFFFFF, but there is room for a dynamic disk"
                        + " header from 512 to 1048064: restore the file from a copy",
                refusedOpen(changed(VhdFooter.DISK_TYPE, ByteBuffer.allocate(4).putInt(0, type))));
    }

    @Test
    void unknownVersionIsRefused() throws IOException {
        assertEquals(
                "a.vhd is a VHD of version 2.1; Kume knows version 1.0",
                refusedOpen(
                        changed(VhdFooter.FORMAT_VERSION, ByteBuffer.allocate(4).putInt(0, 0x0002_0001))));
    }

    /** Before Virtual PC 2004 the footer was 511 bytes long. */
    @Test
    void oldShortFooterOpensAndStays() throws IOException {
        byte[] whole = created(MIB, false).bytes();
        byte[] old = Arrays.copyOf(whole, whole.length - 1);
        PowerCutStore store = store(old);
        assertSame(vhd, formats.probe(store));
        VirtualDisk disk = vhd.open(store);
        assertEquals(MIB, disk.info().sizeBytes());
        disk.write(MIB - 512, ByteBuffer.allocate(512));
        assertArrayEquals(Arrays.copyOfRange(old, (int) MIB, old.length), read(store, MIB, 511));
    }

    @Test
    void probeTellsVhdFromRawAndRefusesWhatIsNotServed() throws IOException {
        byte[] whole = created(MIB, false).bytes();
        assertSame(vhd, formats.probe(store("disk.img", whole)));
        assertEquals("raw", formats.probe(store("disk.img", new byte[4096])).name());
        assertSame(vhd, formats.probe(store("Disk.VHD", new byte[4096])), "the name says VHD: a cut-off one");
        byte[] cutDynamic = new byte[4096];
        ByteBuffer.wrap(cutDynamic).putLong(0, 0x636F_6E65_6374_6978L);
        assertSame(vhd, formats.probe(store("disk.img", cutDynamic)));
        assertEquals(
                "a.vhd begins like a dynamic VHD, but neither the footer at its end (none there) nor its copy at offset 0 (the"
                        + " checksum 00000000, its bytes add up to FFFFFCA2) holds: restore the file from a copy",
                refusedOpen(cutDynamic));
        assertEquals(
                "disk.img is a VHDX; Kume serves VHD and raw files: convert it to one of them first",
                refusedProbe("disk.img", "vhdxfile"));
        assertTrue(refusedProbe("disk.img", "QFI\u00fb").contains("is a qcow2 image;"));
        assertTrue(refusedProbe("disk.img", "KDMV").contains("is a VMDK;"));
        assertTrue(refusedProbe("disk.img", "<<< Oracle VM VirtualBox").contains("is a VirtualBox disk;"));
        assertTrue(refusedProbe("disk.vhdx", "").contains("does not begin like one"));
    }

    /** A guest may write what it likes: a VHDX header in the first sector of a fixed VHD does not change its kind. */
    @Test
    void theFooterOutweighsWhatTheGuestWrote() throws IOException {
        PowerCutStore store = created(MIB, false);
        vhd.open(store).write(0, ByteBuffer.wrap("vhdxfile".getBytes(StandardCharsets.US_ASCII)));
        assertSame(vhd, formats.probe(store));
    }

    @Test
    void formatsAreFoundByTheirNames() {
        assertSame(vhd, formats.byName("vhd").orElseThrow());
        assertTrue(formats.byName("qcow2").isEmpty());
        assertEquals(
                List.of("vhd", "raw"),
                formats.list().stream().map(DiskFormat::name).toList());
    }

    private String refusedProbe(String location, String begin) throws IOException {
        byte[] bytes = Arrays.copyOf(begin.getBytes(StandardCharsets.ISO_8859_1), 4096);
        return assertThrows(DiskFormatException.class, () -> formats.probe(store(location, bytes)))
                .getMessage();
    }

    private String refusedOpen(byte[] bytes) {
        String opened = assertThrows(DiskFormatException.class, () -> vhd.open(store(bytes)))
                .getMessage();
        String inspected = assertThrows(DiskFormatException.class, () -> vhd.inspect(store(bytes)))
                .getMessage();
        assertEquals(opened, inspected);
        return opened;
    }

    private String refusedCreate(BackingStore store, long sizeBytes) {
        return assertThrows(DiskFormatException.class, () -> vhd.create(store, options(sizeBytes, false)))
                .getMessage();
    }

    /** A disk of 1 MiB with one field of the footer changed and the checksum made right again. */
    private byte[] changed(int field, ByteBuffer value) throws IOException {
        byte[] bytes = created(MIB, false).bytes();
        ByteBuffer footer = ByteBuffer.wrap(bytes, (int) MIB, 512).slice();
        footer.put(field, value, 0, value.capacity());
        footer.putInt(VhdFooter.CHECKSUM, VhdFooter.checksum(footer));
        return bytes;
    }

    private PowerCutStore created(long sizeBytes, boolean sparse) throws IOException {
        PowerCutStore store = new PowerCutStore("a.vhd");
        vhd.create(store, options(sizeBytes, sparse));
        return store;
    }

    private static CreateOptions options(long sizeBytes, boolean sparse) {
        return new CreateOptions(sizeBytes, ID, sparse, Progress.NONE);
    }

    private static PowerCutStore store(byte[] bytes) {
        return store("a.vhd", bytes);
    }

    private static PowerCutStore store(String location, byte[] bytes) {
        return PowerCutStore.holding(location, bytes);
    }

    private static byte[] read(BackingStore store, long offsetBytes, int bytes) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(bytes);
        store.read(offsetBytes, target);
        return target.array();
    }
}
