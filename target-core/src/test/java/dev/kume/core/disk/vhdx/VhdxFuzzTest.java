package dev.kume.core.disk.vhdx;

import static dev.kume.core.disk.vhdx.VhdxFiles.MIB;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Trials;
import dev.kume.core.disk.DiskFormat.Progress;
import dev.kume.core.disk.DiskFormatException;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.disk.raw.RawFormat;
import dev.kume.core.store.BackingStore;
import dev.kume.core.store.Extent;
import dev.kume.core.store.FilterStore;
import dev.kume.core.testing.Allocations;
import dev.kume.core.testing.PowerCutStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Damaged files: refused with one line that names the file, or opened and read; never another exception, an endless
 * loop, or memory by the gigabyte. Checksums are made right again, so that what stands behind them is reached.
 */
class VhdxFuzzTest {
    private static final int SEEDS = 10_000;
    private static final long SIZE = 40 * MIB;
    private static final long BYTES_MAX = 64 << 20;
    private static final int[] INTERESTING = {0, 1, 7, 0x7FFF_FFFF, 0x8000_0000, -1, 0xFFF0_0000, 1 << 20, 1 << 30};

    private final VhdxFormat vhdx = VhdxFiles.format(6);
    private final VirtualDisk parent = parent();

    private static VirtualDisk parent() {
        try {
            PowerCutStore store = new PowerCutStore("parent.img");
            store.resize(SIZE);
            return new RawFormat().open(store, true);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void headersRegionsAndMetadata() throws IOException {
        byte[] whole = child();
        int[] places = {
            0, 64 << 10, 128 << 10, 192 << 10, 256 << 10, 2 << 20, (2 << 20) + (64 << 10), (2 << 20) + (128 << 10)
        };
        Trials.forSeed(1, SEEDS, random -> {
            Damaged store = new Damaged(whole);
            int count = random.nextInt(1, 4);
            for (int i = 0; i < count; i++) {
                store.damage(
                        random,
                        places[random.nextInt(places.length)] + random.nextInt(random.nextBoolean() ? 100 : 600));
            }
            store.makeChecksumsRight();
            tried(store);
        });
    }

    @Test
    void blockAllocationTable() throws IOException {
        byte[] whole = child();
        Trials.forSeed(100_000, SEEDS, random -> {
            Damaged store = new Damaged(whole);
            int count = random.nextInt(1, 4);
            for (int i = 0; i < count; i++) {
                int index = random.nextInt(8) == 0 ? 4096 : random.nextInt(41);
                store.put((3 << 20) + index * 8, random.nextLong() >>> random.nextInt(64) << random.nextInt(40));
            }
            tried(store);
        });
    }

    @Test
    void log() throws IOException {
        byte[] whole = dirty();
        Trials.forSeed(200_000, SEEDS, random -> {
            Damaged store = new Damaged(whole);
            int count = random.nextInt(1, 4);
            for (int i = 0; i < count; i++) {
                int at = (1 << 20) + 4096 * random.nextInt(24);
                store.damage(random, at + random.nextInt(random.nextBoolean() ? 200 : 4096));
                if (random.nextInt(4) > 0) {
                    store.makeEntryRight(at);
                }
            }
            tried(store);
        });
    }

    /** Entries that each reach over the whole log, all broken, cost some seconds at most, not hours. */
    @Test
    void aLogFullOfBrokenEntries() throws IOException {
        byte[] whole = dirty();
        Damaged store = new Damaged(whole);
        for (int at = 1 << 20; at < 2 << 20; at += 4096) {
            ByteBuffer header = Bytes.allocate(64);
            header.putInt(0, LogEntry.ENTRY_SIGNATURE);
            header.putInt(LogEntry.ENTRY_LENGTH, 1 << 20);
            header.putLong(LogEntry.SEQUENCE_NUMBER, at);
            Guid.put(
                    header, LogEntry.LOG_GUID, VhdxHeaders.read(store).current().logGuid());
            store.overlay(at, header.array());
        }
        assertEquals("child.vhdx: the log holds too many entries that are broken" + VhdxFiles.RESTORE, refusal(store));
    }

    private void tried(Damaged store) {
        long before = Allocations.bytesOfThisThread();
        String inspected = refusal(store);
        String opened = null;
        try (VirtualDisk disk = vhdx.open(store, true, parent)) {
            ByteBuffer piece = ByteBuffer.allocate(4096);
            for (long at = 0; at < Math.min(disk.info().sizeBytes(), SIZE) - 4096; at += MIB - 512) {
                disk.read(at, piece.clear());
            }
        } catch (DiskFormatException e) {
            opened = named(e);
        } catch (IOException e) {
            throw new AssertionError("read", e);
        }
        assertTrue(inspected == null || inspected.equals(opened), () -> inspected + ", then opened");
        try {
            assertNotNull(vhdx.check(store, false, Progress.NONE));
        } catch (IOException e) {
            throw new AssertionError("check", e);
        }
        long taken = Allocations.bytesOfThisThread() - before;
        assertTrue(taken < BYTES_MAX, () -> taken + " bytes");
    }

    private @Nullable String refusal(Damaged store) {
        try {
            vhdx.inspect(store);
            return null;
        } catch (DiskFormatException e) {
            return named(e);
        } catch (IOException e) {
            throw new AssertionError("inspect", e);
        }
    }

    private static String named(DiskFormatException e) {
        String message = String.valueOf(e.getMessage());
        assertTrue(message.startsWith("child.vhdx"), message);
        assertEquals(1, message.lines().count(), message);
        return message;
    }

    private byte[] child() throws IOException {
        PowerCutStore store = VhdxFiles.child(SIZE, 512);
        try (VirtualDisk disk = vhdx.open(store, true, parent)) {
            fill(disk);
        }
        return VhdxFiles.durable(store).bytes();
    }

    private byte[] dirty() throws IOException {
        PowerCutStore store = VhdxFiles.child(SIZE, 512);
        VirtualDisk disk = vhdx.open(store, true, parent);
        fill(disk);
        return store.bytes();
    }

    private static void fill(VirtualDisk disk) throws IOException {
        Random random = new Random(1);
        for (int i = 0; i < 8; i++) {
            disk.write(random.nextInt(40) * MIB + 512 * random.nextInt(2048), ByteBuffer.allocate(512));
            disk.flush();
        }
    }

    /** A file that is never written, with bytes laid over it. */
    private static final class Damaged extends FilterStore {
        private static final BackingStore NOTHING = new PowerCutStore("child.vhdx");

        private final byte[] whole;
        private final TreeMap<Integer, byte[]> pages = new TreeMap<>();

        Damaged(byte[] whole) {
            super(NOTHING);
            this.whole = whole;
        }

        void damage(RandomGenerator random, int at) {
            if (random.nextBoolean()) {
                int value = random.nextInt(3) == 0 ? random.nextInt() : INTERESTING[random.nextInt(INTERESTING.length)];
                overlay(at & -4, Bytes.allocate(4).putInt(0, value).array());
            } else {
                overlay(at, new byte[] {(byte) random.nextInt()});
            }
        }

        void put(int at, long value) {
            overlay(at, Bytes.allocate(8).putLong(0, value).array());
        }

        void overlay(int at, byte[] content) {
            for (int i = 0; i < content.length; i++) {
                page((at + i) / 4096)[(at + i) % 4096] = content[i];
            }
        }

        private byte[] page(int number) {
            return pages.computeIfAbsent(
                    number, none -> Arrays.copyOfRange(whole, number * 4096, number * 4096 + 4096));
        }

        void makeChecksumsRight() {
            for (int at : new int[] {64 << 10, 128 << 10}) {
                makeRight(at, 4096);
            }
            for (int at : new int[] {192 << 10, 256 << 10}) {
                makeRight(at, 64 << 10);
            }
        }

        void makeEntryRight(int at) {
            int length = ByteBuffer.wrap(page(at / 4096))
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .getInt(LogEntry.ENTRY_LENGTH);
            if (length >= 4096 && at + (long) length <= 2 << 20) {
                makeRight(at, length);
            }
        }

        private void makeRight(int at, int length) {
            ByteBuffer bytes = Bytes.allocate(length);
            read(at, bytes);
            bytes.flip();
            overlay(
                    at + Checksum.AT,
                    Bytes.allocate(4).putInt(0, Checksum.of(bytes)).array());
        }

        @Override
        public boolean readOnly() {
            return true;
        }

        @Override
        public long sizeBytes() {
            return whole.length;
        }

        @Override
        public int tryRead(long offsetBytes, ByteBuffer target) {
            return 0;
        }

        @Override
        public void read(long offsetBytes, ByteBuffer target) {
            int bytes = target.remaining();
            if (offsetBytes < 0 || offsetBytes > whole.length - bytes) {
                throw new AssertionError("%d bytes at %d are read, behind the end".formatted(bytes, offsetBytes));
            }
            int begin = target.position();
            target.put(whole, (int) offsetBytes, bytes);
            int first = (int) (offsetBytes / 4096);
            int last = (int) ((offsetBytes + bytes - 1) / 4096);
            for (var page : pages.subMap(first, last + 1).entrySet()) {
                long from = Math.max(offsetBytes, page.getKey() * 4096L);
                int length = (int) (Math.min(offsetBytes + bytes, page.getKey() * 4096L + 4096) - from);
                target.put(begin + (int) (from - offsetBytes), page.getValue(), (int) (from % 4096), length);
            }
        }

        @Override
        public Extent extentAt(long offsetBytes, long lengthBytes) {
            return new Extent(true, lengthBytes);
        }

        @Override
        public long allocatedBytes() {
            return whole.length;
        }

        @Override
        public void close() {}
    }

    /** The same for the one unknown left: a file of nothing but random bytes behind its signature. */
    @Test
    void noise() {
        Trials.forSeed(300_000, 200, random -> {
            byte[] noise = new byte[(int) (2 * MIB)];
            random.nextBytes(noise);
            System.arraycopy(FileTypeIdentifier.encode("x").array(), 0, noise, 0, 8);
            assertNotNull(refusal(new Damaged(noise)));
        });
    }
}
