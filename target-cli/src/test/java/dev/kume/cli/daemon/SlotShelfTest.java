package dev.kume.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.daemon.UnitMemories.Recalled;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.reservation.PersistentReservations;
import dev.kume.core.scsi.BlockGeometry;
import dev.kume.core.scsi.DurableState;
import dev.kume.core.scsi.ModeState;
import dev.kume.core.scsi.UnitState;
import dev.kume.core.store.LocalFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What disks remember through starts of the daemon, and what becomes of a disk whose memory is lost. */
final class SlotShelfTest {
    private static final Inventory INVENTORY = Samples.cluster();
    private static final DiskRecord QUORUM = INVENTORY.disk("quorum");
    private static final DiskRecord VMS = INVENTORY.disk("vms");

    @TempDir
    Path folder;

    private SlotShelf shelf(String bootId) {
        return new SlotShelf(
                folder, LocalFiles.ofThisHost(), Executors.newSingleThreadExecutor(), bootId, new TestClock());
    }

    private static final class TestClock implements dev.kume.core.Clock {
        @Override
        public long nanoTime() {
            return 0;
        }

        @Override
        public java.time.Instant now() {
            return Samples.THEN;
        }
    }

    private Path slots(DiskRecord disk) {
        return folder.resolve("units/" + disk.identity().uuid() + ".slots");
    }

    private static UnitState offline(DurableState durable) {
        return new UnitState(null, "no disk", new BlockGeometry(8, 9, 0), false, ModeState.DEFAULT, null, durable);
    }

    @Test
    void savedStateIsThereAfterARestart() throws Exception {
        PersistentReservations registered = new PersistentReservations(7, false, List.of(), null);
        DurableState state = DurableState.INITIAL.withReservations(registered);
        try (SlotShelf shelf = shelf("boot 1")) {
            shelf.create(QUORUM);
            Recalled fresh = shelf.open(QUORUM);
            assertEquals(DurableState.INITIAL, fresh.state());
            assertNull(fresh.lostReason());
            CompletableFuture<IOException> saved = new CompletableFuture<>();
            fresh.memory().save(offline(state), saved::complete);
            assertNull(saved.get());
        }
        try (SlotShelf again = shelf("boot 1")) {
            assertEquals(state, again.open(QUORUM).state());
        }
        try (SlotShelf rebooted = shelf("boot 2")) {
            assertEquals(
                    PersistentReservations.EMPTY, rebooted.open(QUORUM).state().reservations());
        }
    }

    @Test
    void saveAfterTheEndFailsAndIsTold() throws Exception {
        SlotShelf shelf = shelf("boot 1");
        shelf.create(QUORUM);
        Recalled open = shelf.open(QUORUM);
        shelf.close();
        CompletableFuture<IOException> saved = new CompletableFuture<>();
        open.memory().save(offline(DurableState.INITIAL), saved::complete);
        assertNotNull(saved.get());
    }

    @Test
    void missingOrDamagedMemoryIsLostAndNeverEmpty() throws Exception {
        try (SlotShelf shelf = shelf("boot 1")) {
            shelf.create(QUORUM);
            shelf.create(VMS);
        }
        Files.delete(slots(QUORUM));
        damage(slots(VMS));
        try (SlotShelf shelf = shelf("boot 1")) {
            Recalled missing = shelf.open(QUORUM);
            assertTrue(missing.state().isLost());
            assertEquals(
                    ("its reservations are not known: the file %s is missing; bring the file back and restart the daemon,"
                                    + " or, when no host uses the disk, give them up with 'kume reservation clear quorum'"
                                    + " and restart the daemon")
                            .formatted(slots(QUORUM)),
                    missing.lostReason());
            Recalled damaged = shelf.open(VMS);
            assertTrue(damaged.state().isLost());
            assertTrue(String.valueOf(damaged.lostReason()).contains(slots(VMS) + " is damaged"), damaged::toString);
        }
    }

    private static void damage(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {1}), 40);
            channel.write(ByteBuffer.wrap(new byte[] {1}), (1 << 20) + 40);
        }
    }

    @Test
    void leftoversOfCrashesGo() throws Exception {
        try (SlotShelf shelf = shelf("boot 1")) {
            shelf.create(QUORUM);
            Files.writeString(slots(VMS).resolveSibling("x.slots"), "of no disk");
            Files.writeString(slots(VMS).resolveSibling(VMS.identity().uuid() + ".slots.unfinished"), "half made");
            shelf.settle(INVENTORY);
            try (Stream<Path> left = Files.list(folder.resolve("units"))) {
                assertEquals(List.of(slots(QUORUM)), left.toList());
            }
            shelf.remove(QUORUM);
            assertFalse(Files.exists(slots(QUORUM)));
            shelf.remove(QUORUM);
        }
    }

    @Test
    void unknownBootIsToldByNothing() throws IOException {
        assertEquals(BootId.UNKNOWN, BootId.read(folder.resolve("none")));
        Path file = Files.writeString(folder.resolve("boot_id"), "b8f2\n");
        assertEquals("b8f2", BootId.read(file));
    }

    // ---- with the rest of the daemon --------------------------------------------------------------------------------

    @Test
    void diskWithDamagedSlotsIsOfflineAndOthersServe() throws Exception {
        Path units = folder.resolve("state/units");
        String bad;
        try (RunningManagement kume = RunningManagement.in(folder)) {
            kume.create("{\"name\":\"bad\",\"size\":\"1MB\"}");
            kume.create("{\"name\":\"good\",\"size\":\"1MB\"}");
            bad = uuid(kume, "bad");
            assertTrue(Files.exists(units.resolve(bad + ".slots")));
        }
        damage(units.resolve(bad + ".slots"));
        try (RunningManagement kume = RunningManagement.in(folder)) {
            JsonNode disk = kume.get(ApiPaths.disk("bad")).body();
            assertEquals("offline", disk.path("status").asText());
            assertTrue(disk.path("statusReason").asText().startsWith("its reservations are not known: "));
            assertEquals(
                    "idle",
                    kume.get(ApiPaths.disk("good")).body().path("status").asText());
            kume.delete(ApiPaths.diskRemoval("bad", true));
            assertFalse(Files.exists(units.resolve(bad + ".slots")));
        }
    }

    @Test
    void disksOfAnOlderVersionGetMemoriesOnce() throws Exception {
        Path inventory = folder.resolve("state/inventory.yaml");
        Path slots;
        try (RunningManagement kume = RunningManagement.in(folder)) {
            kume.create("{\"name\":\"old\",\"size\":\"1MB\"}");
            slots = folder.resolve("state/units/" + uuid(kume, "old") + ".slots");
        }
        String now = Files.readString(inventory);
        assertTrue(now.contains("units: true\n"));
        Files.writeString(inventory, now.replace("units: true\n", ""));
        Files.delete(slots);
        try (RunningManagement kume = RunningManagement.in(folder)) {
            assertEquals(
                    "idle", kume.get(ApiPaths.disk("old")).body().path("status").asText());
            assertTrue(Files.exists(slots));
            assertEquals(now, Files.readString(inventory));
        }
        Files.delete(slots);
        try (RunningManagement kume = RunningManagement.in(folder)) {
            assertEquals(
                    "offline",
                    kume.get(ApiPaths.disk("old")).body().path("status").asText());
            assertFalse(Files.exists(slots), "none is made where one is lost");
        }
    }

    @Test
    void importedDiskRemembersAndForgetsWhenItIsRemoved() throws Exception {
        try (RunningManagement kume = RunningManagement.in(folder)) {
            Path file = folder.resolve("imported.img");
            Files.write(file, new byte[1 << 20]);
            kume.post(ApiPaths.DISK_IMPORT, "{\"name\":\"i\",\"file\":\"%s\"}".formatted(file));
            Path slots = folder.resolve("state/units/" + uuid(kume, "i") + ".slots");
            assertTrue(Files.exists(slots));
            kume.delete(ApiPaths.diskRemoval("i", false));
            assertFalse(Files.exists(slots));
        }
    }

    private static String uuid(RunningManagement kume, String disk) throws IOException {
        return kume.get(ApiPaths.disk(disk))
                .body()
                .path("identity")
                .path("uuid")
                .asText();
    }
}
