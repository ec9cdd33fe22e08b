package dev.kume.core.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.nexus.ITNexus;
import dev.kume.core.reservation.PersistentReservations;
import dev.kume.core.reservation.Registration;
import dev.kume.core.reservation.Reservation;
import dev.kume.core.reservation.ReservationEvent;
import dev.kume.core.reservation.ReservationEvent.Cause;
import dev.kume.core.reservation.ReservationHistory;
import dev.kume.core.reservation.ReservationType;
import dev.kume.core.scsi.BlockGeometry;
import dev.kume.core.scsi.DurableState;
import dev.kume.core.scsi.ModeState;
import dev.kume.core.scsi.SanitizeState;
import dev.kume.core.scsi.TestDisk;
import dev.kume.core.scsi.UnitState;
import dev.kume.core.testing.FaultyStore;
import dev.kume.core.testing.FaultyStore.Call;
import dev.kume.core.testing.PowerCutStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A unit's state as bytes, and what a restart of the daemon and of the host leaves of it. */
final class SlotMemoryTest {
    private static final UUID DISK = new UUID(1, 2);
    private static final Instant NOW = Instant.ofEpochSecond(1_000, 5);

    private final PowerCutStore store = new PowerCutStore("/units/a.slots");
    private final List<@Nullable IOException> told = new ArrayList<>();

    private static ITNexus nexus(int number, int nameBytes) {
        String name = "iqn.2026-11.example:" + number + ".";
        return new ITNexus(
                name + "i".repeat(nameBytes - name.length()),
                0xFFFF_0000_0000L + number,
                name + "t".repeat(nameBytes - name.length()),
                0xFFFF - number);
    }

    private static PersistentReservations reservations(int count, int nameBytes, boolean throughPowerLoss) {
        List<Registration> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(new Registration(nexus(i, nameBytes), -1L - i, i % 2 == 0, NOW.plusSeconds(i)));
        }
        Reservation held = new Reservation(
                ReservationType.EXCLUSIVE_ACCESS_ALL_REGISTRANTS, all.getLast().nexus(), NOW);
        return new PersistentReservations(-7, throughPowerLoss, all, held);
    }

    private static DurableState full(int count, int nameBytes) {
        PersistentReservations all = reservations(count, nameBytes, true);
        ReservationHistory history = ReservationHistory.EMPTY;
        for (int i = 0; i < 70; i++) {
            ReservationEvent event = new ReservationEvent(
                    NOW,
                    i % 2 == 0 ? null : nexus(i, nameBytes),
                    Cause.values()[i % Cause.values().length],
                    i,
                    -i,
                    i % 3 == 0 ? null : ReservationType.WRITE_EXCLUSIVE,
                    i,
                    all.registrations().subList(0, ReservationEvent.REMOVED_MAX),
                    count);
            history = history.with(event);
        }
        byte[] pattern = new byte[4096];
        Arrays.fill(pattern, (byte) 0xA5);
        return new DurableState(all, new ModeState(false, true, true), history)
                .withSanitize(SanitizeState.overwrite(pattern, 31, true, true).doneUpTo(1L << 40, 1L << 45));
    }

    private static UnitState unit(DurableState state) {
        return UnitState.of(new TestDisk(1 << 20), BlockGeometry.emulated512(1 << 20))
                .withDurable(state);
    }

    private SlotMemory open(String bootId) throws IOException {
        return SlotMemory.open(store, DISK, Runnable::run, bootId, NOW);
    }

    @Test
    void freshMemoryIsInitial() throws IOException {
        SlotMemory.create(store, DISK, ModeState.DEFAULT, "boot 1");
        assertTrue(store.closed());
        PowerCutStore copy = PowerCutStore.holding("copy", store.bytes());
        SlotMemory memory = SlotMemory.open(copy, DISK, Runnable::run, "boot 1", NOW);
        assertEquals(DurableState.INITIAL, memory.found());
    }

    @Test
    void everythingIsFoundAgain() throws IOException {
        SlotFile.create(store, DISK, StateCodec.encode(DurableState.INITIAL, "boot 1"));
        DurableState state = full(20, 60);
        open("boot 1").save(unit(state), told::add);
        assertEquals(1, told.size());
        assertNull(told.getFirst());
        assertEquals(state, open("boot 1").found());
    }

    @Test
    void largestStateFitsItsSlot() {
        byte[] record = StateCodec.encode(full(1_024, 223), "x".repeat(36));
        assertTrue(record.length < SlotFile.RECORD_BYTES_MAX - (64 << 10), record.length + " bytes");
    }

    @Test
    void daemonRestartKeepsWhatWasRegisteredWithoutAptpl() throws IOException {
        PersistentReservations volatileOnes = reservations(3, 40, false);
        DurableState state = DurableState.INITIAL.withReservations(volatileOnes);
        SlotFile.create(store, DISK, StateCodec.encode(state, "boot 1"));
        assertEquals(volatileOnes, open("boot 1").found().reservations());
        assertEquals(volatileOnes, open("").found().reservations(), "a host that cannot tell its boots");
    }

    @Test
    void hostRestartDropsWhatWasRegisteredWithoutAptpl() throws IOException {
        DurableState state = DurableState.INITIAL
                .withReservations(reservations(3, 40, false))
                .withSavedModes(new ModeState(false, false, false));
        SlotFile.create(store, DISK, StateCodec.encode(state, "boot 1"));
        DurableState found = open("boot 2").found();
        assertEquals(PersistentReservations.EMPTY, found.reservations());
        assertEquals(state.savedModes(), found.savedModes());
        ReservationEvent event = found.history().events().getLast();
        assertEquals(Cause.POWER_LOST, event.cause());
        assertEquals(3, event.removedCount());
        assertEquals(found, open("boot 2").found(), "written down at once");
    }

    @Test
    void hostRestartKeepsWhatWasRegisteredWithAptpl() throws IOException {
        DurableState state = DurableState.INITIAL.withReservations(reservations(3, 40, true));
        SlotFile.create(store, DISK, StateCodec.encode(state, "boot 1"));
        PersistentReservations found = open("boot 2").found().reservations();
        assertEquals(state.reservations().registrations(), found.registrations());
        assertEquals(state.reservations().reservation(), found.reservation());
        assertTrue(found.throughPowerLoss());
        assertEquals(0, found.generation(), "SPC-4 6.15.2");
    }

    @Test
    void failureIsToldOnceAndStays() throws IOException {
        SlotFile.create(store, DISK, StateCodec.encode(DurableState.INITIAL, "boot 1"));
        FaultyStore faulty = new FaultyStore(store);
        SlotMemory memory = SlotMemory.open(faulty, DISK, Runnable::run, "boot 1", NOW);
        faulty.hook(FaultyStore.Hook.failing(Call.FLUSH, "no medium"));
        memory.save(unit(full(20, 40)), told::add);
        faulty.hook(FaultyStore.Hook.NONE);
        memory.save(unit(full(21, 40)), told::add);
        assertEquals(2, told.size());
        told.forEach(failure -> assertNotNull(failure));
    }

    @Test
    void unknownSectionIsRefused() {
        byte[] known = StateCodec.encode(DurableState.INITIAL, "");
        byte[] newer = ByteBuffer.allocate(known.length + 9)
                .put(known)
                .putInt(0x4E45_5758)
                .putInt(1)
                .put((byte) 0)
                .array();
        SlotDamagedException told = assertThrows(SlotDamagedException.class, () -> StateCodec.decode(newer));
        assertEquals("section 4e455758 is not known to this version; use the one that wrote it", told.getMessage());
        assertThrows(SlotDamagedException.class, () -> StateCodec.decode(new byte[0]));
    }

    @Test
    void everyCutAndDamageOfARecordIsRefusedOrUnderstood() throws IOException {
        byte[] record = StateCodec.encode(full(10, 40), "boot");
        for (int length = 0; length < record.length; length++) {
            byte[] cut = java.util.Arrays.copyOf(record, length);
            try {
                StateCodec.decode(cut);
            } catch (SlotDamagedException expected) {
                continue;
            }
        }
        SplittableRandom random = new SplittableRandom(1);
        int refused = 0;
        for (int i = 0; i < 2_000; i++) {
            byte[] damaged = record.clone();
            damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            try {
                StateCodec.decode(damaged);
            } catch (SlotDamagedException expected) {
                refused++;
            }
        }
        assertTrue(refused > 0);
        assertEquals(full(10, 40), StateCodec.decode(record).state());
    }
}
