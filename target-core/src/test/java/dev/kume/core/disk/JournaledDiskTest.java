package dev.kume.core.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.store.BackingStore;
import dev.kume.core.testing.FaultyStore;
import dev.kume.core.testing.FaultyStore.Call;
import dev.kume.core.testing.PowerCutFiles;
import dev.kume.core.testing.PowerCutStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Atomic writes under power cuts, kills and failures at every single call below. */
final class JournaledDiskTest {
    private static final Path IMAGE = Path.of("/vms/disk.raw");
    private static final Path JOURNAL = Path.of("/vms/disk.raw.kume-atomic");
    private static final int SECTOR_BYTES = 512;
    private static final int SECTORS = 64;

    /** The host, or the daemon, is gone: nothing after it happens. */
    private static final class Cut extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** Counts calls that change something, and cuts or fails one of them. */
    private static final class Faults implements FaultyStore.Hook {
        private int calls;
        private int cutAt = -1;
        private int failAt = -1;
        private int failures = 1;
        private boolean gone;

        @Override
        public void before(Call call, long offsetBytes, long lengthBytes) throws IOException {
            if (call == Call.READ) {
                return;
            }
            if (gone || calls == cutAt) {
                gone = true;
                throw new Cut();
            }
            int at = calls++;
            if (failAt >= 0 && at >= failAt && at < failAt + failures) {
                throw new IOException("broken at call " + at);
            }
        }
    }

    private final Faults faults = new Faults();
    private PowerCutFiles files = newFiles(faults);

    private static PowerCutFiles newFiles(FaultyStore.Hook hook) {
        PowerCutFiles made = new PowerCutFiles(hook);
        made.put(IMAGE, MemoryDisk.emptyStore(SECTORS * SECTOR_BYTES));
        return made;
    }

    private static JournaledDisk open(PowerCutFiles from) throws IOException {
        BackingStore image = from.open(IMAGE, false);
        return JournaledDisk.open(new FlatDisk(image, new DiskInfo(image.sizeBytes(), false, true)), from, JOURNAL);
    }

    private static ByteBuffer stamped(int sectors, int stamp) {
        byte[] data = new byte[sectors * SECTOR_BYTES];
        Arrays.fill(data, (byte) stamp);
        return ByteBuffer.wrap(data);
    }

    private static byte[] content(VirtualDisk disk) throws IOException {
        byte[] all = new byte[SECTORS * SECTOR_BYTES];
        disk.read(0, ByteBuffer.wrap(all));
        return all;
    }

    /** The stamp of a range that one write made; fails when it is torn. */
    private static int onlyStamp(byte[] content, int sector, int sectors, String when) {
        Set<Byte> stamps = new HashSet<>();
        for (int at = sector * SECTOR_BYTES; at < (sector + sectors) * SECTOR_BYTES; at++) {
            stamps.add(content[at]);
        }
        assertEquals(1, stamps.size(), () -> when + " left a torn write: " + stamps);
        return content[sector * SECTOR_BYTES];
    }

    @Test
    void anAtomicWriteIsDurableAndItsJournalGoesWithAnOrderlyClose() throws IOException {
        JournaledDisk disk = open(files);
        assertNull(files.find(JOURNAL), "no journal before the first");
        disk.writeAtomically(3 * SECTOR_BYTES, stamped(5, 7));
        assertNotNull(files.find(JOURNAL));
        assertTrue(Objects.requireNonNull(files.find(IMAGE)).allDurable());
        assertEquals(7, onlyStamp(content(disk), 3, 5, "the write"));
        disk.close();
        assertNull(files.find(JOURNAL));
        assertEquals(JournaledDisk.Found.NOTHING, open(files).found());
    }

    @Test
    void cutAtAnyCallTheWriteIsThereAsAWholeOrNotAtAll() throws IOException {
        int unfinished = 0;
        for (int cutAt = 0; cutAt < 40; cutAt++) {
            for (int seed = 0; seed < 30; seed++) {
                Random random = new Random(cutAt * 1000L + seed);
                Faults cutting = new Faults();
                PowerCutFiles host = newFiles(cutting);
                JournaledDisk disk = open(host);
                disk.write(0, stamped(SECTORS, 1));
                disk.writeAtomically(2 * SECTOR_BYTES, stamped(20, 2));
                cutting.cutAt = cutting.calls + cutAt;
                boolean answered = false;
                try {
                    disk.writeAtomically(8 * SECTOR_BYTES, stamped(30, 3));
                    answered = true;
                } catch (Cut gone) {
                    // The host is down.
                }
                PowerCutFiles after = seed % 2 == 0 ? host.cut(random) : host.afterKill();
                JournaledDisk reopened = open(after);
                unfinished += reopened.found() == JournaledDisk.Found.UNFINISHED ? 1 : 0;
                assertTrue(reopened.found() != JournaledDisk.Found.FOREIGN);
                byte[] content = content(reopened);
                String when = "cut at call " + cutAt + ", seed " + seed;
                assertEquals(2, onlyStamp(content, 2, 6, when), when);
                boolean isNew = content[30 * SECTOR_BYTES] == 3;
                assertTrue(isNew || !answered, when);
                if (isNew) {
                    assertEquals(3, onlyStamp(content, 8, 30, when));
                } else {
                    assertEquals(2, onlyStamp(content, 8, 14, when), when);
                    assertEquals(1, onlyStamp(content, 22, 16, when), when);
                }
            }
        }
        assertTrue(unfinished > 10, "journals that had to be finished: " + unfinished);
    }

    @Test
    void aLaterWriteThatWasFlushedIsNeverUndone() throws IOException {
        for (int seed = 0; seed < 300; seed++) {
            PowerCutFiles host = newFiles(FaultyStore.Hook.NONE);
            JournaledDisk disk = open(host);
            disk.writeAtomically(0, stamped(8, 2));
            disk.write(4 * SECTOR_BYTES, stamped(8, 3));
            disk.flush();
            disk.write(5 * SECTOR_BYTES, stamped(1, 4));
            byte[] content = content(open(host.cut(new Random(seed))));
            assertEquals(2, onlyStamp(content, 0, 4, "seed " + seed));
            assertEquals(3, onlyStamp(content, 6, 6, "seed " + seed));
            assertEquals(3, onlyStamp(content, 4, 1, "seed " + seed));
            byte[] killed = content(open(host.afterKill()));
            assertEquals(4, onlyStamp(killed, 5, 1, "a kill loses nothing"));
        }
    }

    @Test
    void aFailureAtAnyCallLeavesTheOldOrAStuckDisk() throws IOException {
        for (int failures = 1; failures <= 6; failures++) {
            for (int failAt = 0; failAt < 12; failAt++) {
                Faults failing = new Faults();
                failing.failures = failures;
                PowerCutFiles host = newFiles(failing);
                JournaledDisk disk = open(host);
                disk.write(0, stamped(SECTORS, 1));
                disk.writeAtomically(0, stamped(1, 1));
                failing.failAt = failing.calls + failAt;
                boolean failed = false;
                try {
                    disk.writeAtomically(4 * SECTOR_BYTES, stamped(8, 2));
                } catch (IOException e) {
                    failed = true;
                }
                failing.failAt = -1;
                String when = failures + " failures from call " + failAt;
                boolean later = false;
                try {
                    disk.write(8 * SECTOR_BYTES, stamped(1, 3));
                    disk.flush();
                    later = true;
                } catch (IOException e) {
                    assertTrue(failed, when);
                    assertTrue(String.valueOf(e.getMessage()).contains("neither finished nor undone"), e.getMessage());
                }
                byte[] content = content(open(host.afterKill()));
                if (later) {
                    assertEquals(3, onlyStamp(content, 8, 1, when), when);
                    assertEquals(failed ? 1 : 2, onlyStamp(content, 4, 4, when), when);
                    assertEquals(failed ? 1 : 2, onlyStamp(content, 9, 3, when), when);
                } else {
                    onlyStamp(content, 4, 8, when);
                }
            }
        }
    }

    @Test
    void theJournalOfAnotherDiskIsLeftOut() throws IOException {
        JournaledDisk disk = open(files);
        disk.writeAtomically(0, stamped(1, 1));
        faults.cutAt = faults.calls + 4;
        assertThrows(Cut.class, () -> disk.writeAtomically(4 * SECTOR_BYTES, stamped(8, 2)));
        PowerCutFiles after = files.afterKill();
        byte[] other = new byte[SECTORS * SECTOR_BYTES];
        Arrays.fill(other, (byte) 9);
        after.put(IMAGE, PowerCutStore.holding("disk.raw", other));
        JournaledDisk reopened = open(after);
        assertEquals(JournaledDisk.Found.FOREIGN, reopened.found());
        assertArrayEquals(other, content(reopened));
        PowerCutFiles later = after.afterKill();
        later.put(IMAGE, PowerCutStore.holding("disk.raw", new byte[4 * SECTOR_BYTES]));
        assertEquals(JournaledDisk.Found.NOTHING, open(later).found(), "it was emptied");
    }

    @Test
    void aFileThatIsNoJournalIsMadeOne() throws IOException {
        for (int bytes : new int[] {0, 1, 511, 4096, 3 << 20}) {
            PowerCutFiles host = newFiles(FaultyStore.Hook.NONE);
            byte[] noise = new byte[bytes];
            new Random(bytes).nextBytes(noise);
            host.put(JOURNAL, PowerCutStore.holding("journal", noise));
            JournaledDisk disk = open(host);
            assertEquals(JournaledDisk.Found.NOTHING, disk.found());
            disk.writeAtomically(0, stamped(2, 5));
            assertEquals(5, onlyStamp(content(disk), 0, 2, "the write"));
        }
    }

    @Test
    void aReadOnlyDiskHasNoAtomicWrites() throws IOException {
        files.put(IMAGE, Objects.requireNonNull(files.find(IMAGE)).asReadOnly());
        BackingStore image = files.open(IMAGE, true);
        JournaledDisk disk =
                JournaledDisk.open(new FlatDisk(image, new DiskInfo(image.sizeBytes(), true, true)), files, JOURNAL);
        assertEquals(0, disk.atomicBytesMax());
    }

    @Test
    void aJournalMovesWithTheFileOfTheDisk() throws IOException {
        Path next = Path.of("/vms/next.raw.kume-atomic");
        JournaledDisk disk = open(files);
        disk.retire(JOURNAL);
        disk.writeAtomically(3 * SECTOR_BYTES, stamped(5, 7));
        disk.retire(next);
        assertNull(files.find(JOURNAL), "it held nothing");
        assertNull(files.find(next), "no journal before the first write");
        files.put(next, PowerCutStore.holding("left", new byte[3]));
        disk.writeAtomically(3 * SECTOR_BYTES, stamped(5, 8));
        assertNull(files.find(JOURNAL));
        assertEquals(8, onlyStamp(content(disk), 3, 5, "the write"));
        disk.close();
        assertNull(files.find(next));
        assertEquals(JournaledDisk.Found.NOTHING, open(files).found());
    }
}
