package dev.kume.core.disk.vhdx;

import static dev.kume.core.disk.vhdx.VhdxFiles.MIB;
import static dev.kume.core.disk.vhdx.VhdxFiles.durable;
import static dev.kume.core.disk.vhdx.VhdxFiles.dynamic;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Trials;
import dev.kume.core.disk.DiskFormat.Progress;
import dev.kume.core.disk.DiskFormatException;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.store.BackingStore;
import dev.kume.core.store.FilterStore;
import dev.kume.core.testing.PowerCutStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** The log: written byte for byte, found again whatever is torn, and replayed. */
class VhdxLogTest {
    private static final UUID GUID = UUID.fromString("11111111-2222-3333-4444-555555555555");
    private static final long BAT = 3 * MIB;

    private final VhdxFormat vhdx = VhdxFiles.format(5);

    @Test
    void entryByteForByte() {
        ByteBuffer page = Bytes.allocate(4096);
        for (int i = 0; i < 4096; i++) {
            page.put(i, (byte) i);
        }
        ByteBuffer entry = LogEntry.encode(
                GUID, 0x3000, 0x1_0000_0007L, 4 * MIB, 5 * MIB, new TreeMap<>(Map.of(0x30_0000L, page)));
        assertEquals(8192, entry.limit());
        byte[] bytes = entry.array();
        String header = HexFormat.of().formatHex(bytes, 0, 96);
        assertEquals("6c6f6765", header.substring(0, 8), "loge");
        assertEquals(
                "00200000" // entry length
                        + "00300000" // tail
                        + "0700000001000000" // sequence number
                        + "0100000000000000" // one descriptor
                        + "11111111222233334444555555555555" // LogGuid
                        + "0000400000000000" // flushed
                        + "0000500000000000" // last
                        + "64657363" // desc
                        + "fcfdfeff" // trailing bytes
                        + "0001020304050607" // leading bytes
                        + "0000300000000000" // file offset
                        + "0700000001000000",
                header.substring(16));
        assertEquals("6461746101000000" + "08090a0b", HexFormat.of().formatHex(bytes, 4096, 4108));
        assertEquals("fafb" + "07000000", HexFormat.of().formatHex(bytes, 8186, 8192));
        assertTrue(Checksum.isRight(entry));
    }

    /** Of a file that loses power at once with its entry, any byte of the entry may be missing. */
    @Test
    void anEntryTornAnywhereIsNoEntry() {
        Trials.forSeed(1, 300, random -> {
            PowerCutStore store = dynamic(2000 * MIB);
            VhdxLog log = started(store);
            append(log, store, BAT, 6);
            byte[] before = store.bytes();
            append(log, store, BAT + 4096, 7);
            byte[] after = store.bytes();
            // The second entry as far as it was written, with or without the pages of the first.
            byte[] torn = after.clone();
            int from = (int) (MIB + 4096 + 8192 + random.nextInt(8192));
            int to = (int) (MIB + 4096 + 16384);
            System.arraycopy(before, from, torn, from, to - from);
            System.arraycopy(new byte[8192], 0, torn, (int) BAT, 8192);
            PowerCutStore reopened = PowerCutStore.holding("a.vhdx", torn);
            VhdxFile.recover(reopened, () -> GUID);
            assertEquals(6, Bytes.read(reopened, BAT, 8).getLong(0));
            boolean whole = Arrays.equals(torn, from, to, after, from, to);
            assertEquals(whole ? 7 : 0, Bytes.read(reopened, BAT + 4096, 8).getLong(0));
        });
    }

    /** Entries of many sizes go round and round; after each the newest state is what a replay gives. */
    @Test
    void wrapsAroundAndAlwaysEndsWithTheNewest() {
        Trials.forSeed(10, 20, random -> {
            PowerCutStore store = dynamic(2000 * MIB);
            KeepPages keep = new KeepPages(store);
            VhdxLog log = started(keep);
            for (int i = 1; i <= 40; i++) {
                // The pages of the last entry never reach their place, as a power cut may have it.
                keep.applied();
                PageSet pages = new PageSet(keep);
                int count = random.nextInt(1, log.pagesMax() + 1);
                for (int page = 0; page < count; page++) {
                    pages.putLong(BAT + page * 4096L, i * 1000L + page);
                }
                log.append(pages);
                PowerCutStore cut = PowerCutStore.holding("a.vhdx", store.bytes());
                List<LogEntry> sequence =
                        new LogReader(cut, VhdxHeaders.read(cut).current()).activeSequence();
                assertEquals(i + 1, sequence.getLast().sequenceNumber());
                assertEquals(2, sequence.size());
                VhdxFile.recover(cut, () -> GUID);
                for (int page = 0; page < count; page++) {
                    assertEquals(
                            i * 1000L + page,
                            Bytes.read(cut, BAT + page * 4096L, 8).getLong(0));
                }
            }
        });
    }

    /** Holds writes outside of the log back until it is told that they have been made. */
    private static final class KeepPages extends FilterStore {
        private final Map<Long, ByteBuffer> pages = new TreeMap<>();

        KeepPages(BackingStore store) {
            super(store);
        }

        void applied() throws IOException {
            for (var page : pages.entrySet()) {
                store.write(page.getKey(), page.getValue());
            }
            pages.clear();
        }

        @Override
        public void write(long offsetBytes, ByteBuffer source) throws IOException {
            if (offsetBytes >= BAT) {
                ByteBuffer copy = ByteBuffer.allocate(source.remaining()).put(source);
                pages.put(offsetBytes, copy.flip());
            } else {
                store.write(offsetBytes, source);
            }
        }
    }

    @Test
    void entriesOfAnEarlierLogAreNotReplayed() throws IOException {
        PowerCutStore store = dynamic(2000 * MIB);
        VhdxLog old = started(store);
        for (int i = 0; i < 10; i++) {
            append(old, store, BAT, 100 + i);
        }
        VhdxHeaders headers = VhdxHeaders.read(store);
        VhdxLog log = VhdxLog.start(store, headers.current(), new UUID(9, 9));
        headers.update(headers.current().withLogGuid(log.guid()));
        store.write(BAT, ByteBuffer.allocate(8));
        VhdxFile.recover(store, () -> GUID);
        assertEquals(0, Bytes.read(store, BAT, 8).getLong(0));
    }

    @Test
    void whatWasLoggedBeforeABarrierIsNotReplayed() throws IOException {
        PowerCutStore store = dynamic(2000 * MIB);
        VhdxLog log = started(store);
        append(log, store, BAT, 6);
        log.barrier(store.sizeBytes());
        store.write(BAT, ByteBuffer.allocate(8));
        VhdxFile.recover(store, () -> GUID);
        assertEquals(0, Bytes.read(store, BAT, 8).getLong(0));
    }

    @Test
    void aFileThatWasCutOffSinceIsRefused() throws IOException {
        PowerCutStore store = dynamic(2000 * MIB);
        store.resize(9 * MIB);
        VhdxLog log = started(store);
        append(log, store, BAT, 6);
        store.resize(8 * MIB);
        DiskFormatException e = assertThrows(DiskFormatException.class, () -> vhdx.inspect(store));
        assertEquals(
                "a.vhdx: the file ends at 8388608, and was 9437184 bytes long when the log was written: it has been cut"
                        + " off" + VhdxFiles.RESTORE,
                e.getMessage());
    }

    @Test
    void theFileIsMadeAsLongAsItWas() throws IOException {
        PowerCutStore store = dynamic(2000 * MIB);
        VhdxLog log = started(store);
        store.resize(9 * MIB);
        append(log, store, BAT, 6);
        store.resize(4 * MIB);
        assertEquals(4 * MIB, vhdx.inspect(store).fileBytes());
        VhdxFile.recover(store, () -> GUID);
        assertEquals(9 * MIB, store.sizeBytes());
    }

    @Test
    void aLogIdWithoutEntriesIsRefused() throws IOException {
        PowerCutStore store = dynamic(2000 * MIB);
        VhdxHeaders headers = VhdxHeaders.read(store);
        headers.update(headers.current().withLogGuid(GUID));
        DiskFormatException e = assertThrows(DiskFormatException.class, () -> vhdx.inspect(store));
        assertTrue(String.valueOf(e.getMessage()).contains("it has no whole sequence of entries"), e.getMessage());
    }

    /** Zero descriptors (2.3.1.2) are not written by Kume, and replayed when others have. */
    @Test
    void zeroDescriptorsAreReplayedInOrder() throws IOException {
        PowerCutStore store = dynamic(2000 * MIB);
        store.write(BAT + 4096, ByteBuffer.wrap(new byte[] {1, 2, 3}));
        ByteBuffer entry = Bytes.allocate(4096);
        entry.putInt(0, LogEntry.ENTRY_SIGNATURE);
        entry.putInt(LogEntry.ENTRY_LENGTH, 4096);
        entry.putLong(LogEntry.SEQUENCE_NUMBER, 1);
        entry.putInt(LogEntry.DESCRIPTOR_COUNT, 1);
        Guid.put(entry, LogEntry.LOG_GUID, GUID);
        entry.putLong(LogEntry.FLUSHED_FILE_OFFSET, 4 * MIB);
        entry.putLong(LogEntry.LAST_FILE_OFFSET, 4 * MIB);
        entry.putInt(64, LogEntry.ZERO_SIGNATURE);
        entry.putLong(64 + LogEntry.ZERO_LENGTH, 8192);
        entry.putLong(64 + LogEntry.FILE_OFFSET, BAT);
        entry.putLong(64 + LogEntry.DESCRIPTOR_SEQUENCE, 1);
        Checksum.put(entry);
        store.write(MIB, entry);
        VhdxHeaders headers = VhdxHeaders.read(store);
        headers.update(headers.current().withLogGuid(GUID));
        BackingStore inMemory = VhdxFile.read(store).store();
        assertEquals(0, Bytes.read(inMemory, BAT + 4096, 8).getLong(0));
        assertEquals(0x030201, Bytes.read(store, BAT + 4096, 8).getLong(0));
        VhdxFile.recover(store, () -> GUID);
        assertEquals(0, Bytes.read(store, BAT + 4096, 8).getLong(0));
    }

    @Test
    void anEntryThatChangesTheHeadersIsRefused() throws IOException {
        PowerCutStore store = dynamic(2000 * MIB);
        VhdxLog log = started(store);
        append(log, store, 128 << 10, 6);
        // The page is written over the header that holds no more; the other one names the log.
        DiskFormatException e = assertThrows(DiskFormatException.class, () -> vhdx.inspect(store));
        assertTrue(String.valueOf(e.getMessage()).contains("where it must not"), e.getMessage());
    }

    /** What an entry changes lies within the file as it knows it; of a log that is refused nothing is written. */
    @Test
    void anEntryThatChangesWhatLiesBehindTheFileIsRefused() throws IOException {
        PowerCutStore store = dynamic(2000 * MIB);
        ByteBuffer entry = Bytes.allocate(4096);
        entry.putInt(0, LogEntry.ENTRY_SIGNATURE);
        entry.putInt(LogEntry.ENTRY_LENGTH, 4096);
        entry.putLong(LogEntry.SEQUENCE_NUMBER, 1);
        entry.putInt(LogEntry.DESCRIPTOR_COUNT, 2);
        Guid.put(entry, LogEntry.LOG_GUID, GUID);
        entry.putLong(LogEntry.FLUSHED_FILE_OFFSET, 4 * MIB);
        entry.putLong(LogEntry.LAST_FILE_OFFSET, 4 * MIB);
        for (int i = 0; i < 2; i++) {
            int at = 64 + i * LogEntry.DESCRIPTOR_BYTES;
            entry.putInt(at, LogEntry.ZERO_SIGNATURE);
            entry.putLong(at + LogEntry.ZERO_LENGTH, 4096);
            entry.putLong(at + LogEntry.FILE_OFFSET, i == 0 ? BAT : 64L << 30);
            entry.putLong(at + LogEntry.DESCRIPTOR_SEQUENCE, 1);
        }
        Checksum.put(entry);
        store.write(MIB, entry);
        store.write(BAT, ByteBuffer.wrap(new byte[] {0, 0, 0, 0, 0, 0, 0, 1}));
        VhdxHeaders headers = VhdxHeaders.read(store);
        headers.update(headers.current().withLogGuid(GUID));
        byte[] before = store.bytes();
        DiskFormatException e = assertThrows(DiskFormatException.class, () -> vhdx.open(store));
        assertTrue(String.valueOf(e.getMessage()).contains("where it must not"), e.getMessage());
        assertArrayEquals(before, store.bytes());
    }

    /** An open that may not write reads what a replay would give, and nothing is written by it. */
    @Test
    void readOnlyFilesAreReplayedInMemory() throws IOException {
        PowerCutStore store = dynamic(20 * MIB);
        VirtualDisk disk = vhdx.open(store);
        disk.write(5 * MIB, ByteBuffer.wrap(new byte[512]).put(0, (byte) 77));
        disk.flush();
        PowerCutStore cut = PowerCutStore.holding("a.vhdx", store.bytes());
        cut.write(BAT, ByteBuffer.allocate(8192));
        cut.flush();
        PowerCutStore readOnly = cut.asReadOnly();
        byte[] before = readOnly.bytes();
        try (VirtualDisk replayed = vhdx.open(readOnly)) {
            ByteBuffer back = ByteBuffer.allocate(512);
            replayed.read(5 * MIB, back);
            assertEquals(77, back.get(0));
        }
        assertArrayEquals(before, readOnly.bytes());
        assertFalse(vhdx.check(cut, false, Progress.NONE).clean());
        assertTrue(vhdx.check(cut, true, Progress.NONE).clean());
        assertFalse(VhdxHeaders.read(cut).current().hasLog());
    }

    /** What a flush has made durable is there after every power cut, and what was not is as before or as after. */
    @Test
    void powerCuts() {
        Trials.forSeed(100, 300, random -> {
            PowerCutStore store = dynamic(12 * MIB);
            Map<Integer, Integer> flushed = new TreeMap<>();
            Map<Integer, List<Integer>> since = new TreeMap<>();
            VirtualDisk disk = vhdx.open(store);
            for (int i = 1; i <= 30; i++) {
                step(random, i, disk, flushed, since);
                if (random.nextInt(12) == 0) {
                    store = store.cut(random);
                    if (random.nextBoolean()) {
                        // Power goes again while the log is replayed.
                        vhdx.open(store);
                        store = store.cut(random);
                    }
                    assertTrue(vhdx.check(durable(store), true, Progress.NONE).clean());
                    disk = vhdx.open(store);
                    since.forEach((sector, values) -> flushed.merge(sector, 0, (a, b) -> a));
                    for (int sector : flushed.keySet()) {
                        int there = value(disk, sector);
                        List<Integer> may = new ArrayList<>(since.getOrDefault(sector, List.of()));
                        may.add(flushed.get(sector));
                        assertTrue(may.contains(there), "sector " + sector + " is " + there + ", not of " + may);
                        flushed.put(sector, there);
                    }
                    since.clear();
                }
            }
        });
    }

    private static void step(
            RandomGenerator random,
            int value,
            VirtualDisk disk,
            Map<Integer, Integer> flushed,
            Map<Integer, List<Integer>> since)
            throws IOException {
        int sector = random.nextInt(12) * 2048 + random.nextInt(3);
        switch (random.nextInt(6)) {
            case 0 -> {
                disk.flush();
                since.forEach((at, values) -> flushed.put(at, values.getLast()));
                since.clear();
            }
            case 1 -> {
                int block = sector / 2048;
                disk.unmap(block * MIB, MIB);
                for (int at = block * 2048; at < block * 2048 + 3; at++) {
                    since.computeIfAbsent(at, none -> new ArrayList<>()).add(0);
                }
            }
            default -> {
                ByteBuffer content = ByteBuffer.allocate(512).order(ByteOrder.LITTLE_ENDIAN);
                for (int i = 0; i < 512; i += 4) {
                    content.putInt(i, value);
                }
                disk.write(sector * 512L, content);
                since.computeIfAbsent(sector, none -> new ArrayList<>()).add(value);
            }
        }
    }

    private static int value(VirtualDisk disk, int sector) throws IOException {
        ByteBuffer content = ByteBuffer.allocate(512).order(ByteOrder.LITTLE_ENDIAN);
        disk.read(sector * 512L, content);
        for (int i = 0; i < 512; i += 4) {
            assertEquals(content.getInt(0), content.getInt(i));
        }
        return content.getInt(0);
    }

    private static VhdxLog started(BackingStore store) throws IOException {
        VhdxHeaders headers = VhdxHeaders.read(store);
        VhdxLog log = VhdxLog.start(store, headers.current(), GUID);
        headers.update(headers.current().withLogGuid(GUID));
        return log;
    }

    private static void append(VhdxLog log, BackingStore store, long offsetBytes, long value) throws IOException {
        PageSet pages = new PageSet(store);
        pages.putLong(offsetBytes, value);
        log.append(pages);
    }
}
