package dev.kume.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Clock;
import dev.kume.core.disk.Chain;
import dev.kume.core.disk.DiskFiles;
import dev.kume.core.disk.DiskFormat;
import dev.kume.core.disk.DiskFormats;
import dev.kume.core.disk.IsolatedDisk;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.disk.raw.RawFormat;
import dev.kume.core.inventory.DiskLayers;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.SectorFormat;
import dev.kume.core.inventory.Sharing;
import dev.kume.core.inventory.SnapshotRecord;
import dev.kume.core.store.LocalFiles;
import dev.kume.core.store.StoreProvider;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Open disks: what they are made of, and how the file below one is exchanged. */
final class DiskShelfTest {
    private static final long SIZE = 1 << 20;

    @TempDir
    Path folder;

    private final StoreProvider stores = LocalFiles.ofThisHost();
    private final RawFormat raw = new RawFormat();
    private final DiskShelf shelf = new DiskShelf(stores, new DiskFormats(List.of(raw)));

    private DiskRecord record(String name, String type, Sharing sharing) {
        return new DiskRecord(
                name,
                folder.resolve(name + ".img").toString(),
                "raw",
                type,
                SIZE,
                true,
                sharing,
                SectorFormat.EMULATED_512,
                "",
                Inventory.EMPTY.newIdentity(new SplittableRandom(name.hashCode())),
                Samples.THEN);
    }

    private void make(String file) throws IOException {
        DiskFormat.CreateOptions options =
                new DiskFormat.CreateOptions(SIZE, new UUID(0, 0), false, DiskFormat.Progress.NONE);
        new DiskFiles(stores).make(folder.resolve(file), raw, options);
    }

    private static VirtualDisk opened(OpenDisk disk) {
        assertNull(disk.offlineReason(), disk.offlineReason());
        return Objects.requireNonNull(disk.disk());
    }

    private static int first(VirtualDisk disk) throws IOException {
        ByteBuffer data = ByteBuffer.allocate(512);
        disk.read(0, data);
        return data.get(0);
    }

    private static ByteBuffer stamped(int stamp) {
        return ByteBuffer.allocate(512).put(0, (byte) stamp);
    }

    @Test
    void theFileBelowADiskIsExchangedWhileItIsOpen() throws Exception {
        make("a.img");
        make("b.img");
        DiskRecord before = record("a", "fixed", Sharing.EXCLUSIVE);
        OpenDisk open = shelf.open(before);
        VirtualDisk disk = opened(open);
        assertSame(open.isolated(), IsolatedDisk.of(disk), "the unit has the same view");
        disk.writeAtomically(0, stamped(1));
        Path journal = folder.resolve("a.img.kume-atomic");
        assertTrue(Files.exists(journal));
        DiskRecord after = before.withFile(folder.resolve("b.img").toString(), "raw", "fixed", true, DiskLayers.NONE);
        Chain next = shelf.chains().open(folder.resolve("b.img"), raw, true);
        AtomicReference<Chain> old = new AtomicReference<>();
        assertTrue(Objects.requireNonNull(open.isolated())
                .tryAlone(
                        Duration.ofMinutes(1),
                        new StandingClock(),
                        alone -> old.set(shelf.exchange(before, after, next))));
        assertFalse(Files.exists(journal));
        assertEquals(0, first(disk));
        disk.writeAtomically(0, stamped(2));
        assertTrue(Files.exists(folder.resolve("b.img.kume-atomic")));
        assertEquals(1, first(old.get().disk()), "the old file is open, and is not written any more");
        old.get().close();
        OpenDisk now = Objects.requireNonNull(shelf.find(after));
        assertEquals(after, now.record());
        assertSame(next, now.chain());
        assertSame(disk, now.disk());
        assertSame(open.live(), now.live());
        shelf.close(after);
        assertNull(shelf.chains().find(folder.resolve("b.img")));
        assertFalse(Files.exists(folder.resolve("b.img.kume-atomic")));
        assertEquals(2, Files.readAllBytes(folder.resolve("b.img"))[0]);
    }

    @Test
    void aDiskThatIsOfflineIsMadeOfNothing() {
        DiskRecord gone = record("gone", "fixed", Sharing.EXCLUSIVE);
        OpenDisk offline = shelf.open(gone);
        assertNotNull(offline.offlineReason());
        assertNull(offline.chain());
        assertNull(offline.isolated());
        assertNull(offline.live());
        ApiException refused = assertThrows(ApiException.class, () -> shelf.stack(gone));
        assertTrue(refused.getMessage().startsWith("disk 'gone' is offline: the file "), refused.getMessage());
    }

    @Test
    void aFileOfAnotherTypeIsNotServed() throws Exception {
        make("a.img");
        OpenDisk offline = shelf.open(record("a", "dynamic", Sharing.EXCLUSIVE));
        assertEquals(
                "%s is a fixed disk, not the dynamic one it was; bring the right file back and run 'kume disk online a'"
                        .formatted(folder.resolve("a.img")),
                offline.offlineReason());
        stores.open(folder.resolve("a.img"), false).close();
    }

    @Test
    void theFilesOfSnapshotsCountAsTakenSpace() throws Exception {
        make("a.img");
        make("monday.img");
        SnapshotRecord monday = new SnapshotRecord(
                "monday", new UUID(1, 1), folder.resolve("monday.img").toString(), null, SIZE, Samples.THEN, "", false);
        DiskRecord plain = record("a", "fixed", Sharing.EXCLUSIVE);
        DiskRecord disk =
                plain.withFile(plain.file(), "raw", "fixed", true, new DiskLayers(List.of(monday), null, null, null));
        opened(shelf.open(disk));
        assertEquals(2 * SIZE, shelf.allocatedBytes(disk));
        assertEquals(SIZE, shelf.allocatedBytes(plain));
        try (Chain mounted = shelf.chains().open(folder.resolve("monday.img"), raw, true)) {
            assertNotNull(mounted.disk());
            assertEquals(2 * SIZE, shelf.allocatedBytes(disk));
        }
        shelf.close(disk);
    }

    @Test
    void aShownSnapshotIsNotWritten() throws Exception {
        make("a.img");
        DiskRecord plain = record("a", "fixed", Sharing.READ_ONLY);
        DiskRecord shown = plain.withFile(
                plain.file(), "raw", "fixed", true, new DiskLayers(List.of(), null, new UUID(1, 0), new UUID(1, 1)));
        VirtualDisk disk = opened(shelf.open(shown));
        assertTrue(disk.info().readOnly());
        assertThrows(IOException.class, () -> disk.write(0, stamped(1)));
        shelf.writable(shown);
        disk.write(0, stamped(1));
        assertEquals(1, first(disk));
        assertFalse(disk.info().readOnly());
        shelf.close(shown);
        assertNull(shelf.chains().find(folder.resolve("a.img")));
    }

    private static final class StandingClock implements Clock {
        @Override
        public long nanoTime() {
            return 0;
        }

        @Override
        public Instant now() {
            return Samples.THEN;
        }
    }
}
