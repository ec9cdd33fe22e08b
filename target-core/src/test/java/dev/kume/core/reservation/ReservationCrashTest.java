package dev.kume.core.reservation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Trials;
import dev.kume.core.memory.SlotDamagedException;
import dev.kume.core.memory.SlotFile;
import dev.kume.core.memory.SlotMemory;
import dev.kume.core.reservation.ReferenceReservations.Request;
import dev.kume.core.scsi.BlockGeometry;
import dev.kume.core.scsi.ModeState;
import dev.kume.core.scsi.TestDisk;
import dev.kume.core.scsi.UnitState;
import dev.kume.core.testing.FaultyStore;
import dev.kume.core.testing.FaultyStore.Call;
import dev.kume.core.testing.PowerCutStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The daemon dies, and the host loses its power, between and in the middle of random commands: what was answered is
 * there afterwards; the command that was not has happened wholly or not at all; and what was once seen after a start
 * stays. {@code -Dkume.model.minutes=60} goes on for so long with ever new seeds.
 */
final class ReservationCrashTest {
    private static final UUID DISK = new UUID(3, 4);
    private static final int REGISTRATIONS_MAX = 5;
    private static final int SEQUENCES = 60;
    private static final int STEPS = 400;
    private static final int DISK_BYTES = 1 << 20;

    /** Bytes at the beginning of a slot of which none may change unnoticed; the smallest record reaches beyond. */
    private static final int CHECKED_BYTES = 44;

    private final ReferenceBridge bridge = new ReferenceBridge();
    private final Map<String, Integer> met = new HashMap<>();
    private long steps;

    /** Where a save is cut off. */
    private enum Cut {
        BEFORE_WRITE(Call.WRITE),
        BEFORE_FLUSH(Call.FLUSH),
        BEFORE_ANSWER(null);

        final @Nullable Call call;

        Cut(@Nullable Call call) {
            this.call = call;
        }
    }

    @Test
    void whatWasAnsweredOutlivesEveryCrash() {
        long begin = System.nanoTime();
        Trials.forSeed(1, SEQUENCES, random -> new Sequence(random).run());
        if (Long.getLong("kume.seed") == null) {
            assertEquals(2 * Cut.values().length + 3, met.size(), met::toString);
        }
        long end = begin + TimeUnit.MINUTES.toNanos(Long.getLong("kume.model.minutes", 0));
        for (long seed = SEQUENCES + 1; System.nanoTime() < end; seed++) {
            Trials.forSeed(seed, 1, random -> new Sequence(random).run());
        }
        System.out.printf(
                "reservations through crashes: %d commands, %.0f each second; %s%n",
                steps, steps * 1e9 / (System.nanoTime() - begin), met);
    }

    private void meet(String what) {
        met.merge(what, 1, Integer::sum);
    }

    /** One disk's life. */
    private final class Sequence {
        final RandomGenerator random;
        final RandomRequests requests;
        PowerCutStore store = new PowerCutStore("slots");
        FaultyStore faulty = new FaultyStore(store);
        ReferenceReservations model = new ReferenceReservations(REGISTRATIONS_MAX);
        UnitState state = UnitState.of(new TestDisk(DISK_BYTES), BlockGeometry.emulated512(DISK_BYTES));

        @Nullable
        SlotMemory memory;

        int boot;
        int step;

        Sequence(RandomGenerator random) {
            this.random = random;
            requests = new RandomRequests(random, ReferenceBridge.INITIATORS, ReferenceBridge.TARGETS);
        }

        String where() {
            return "step %d, boot %d".formatted(step, boot);
        }

        void run() throws IOException {
            SlotMemory.create(store, DISK, ModeState.DEFAULT, boot());
            store = store.cut(random); // The same bytes, and not closed.
            reopenSame();
            for (step = 0; step < STEPS; step++) {
                steps++;
                if (random.nextInt(20) == 0) {
                    crash(List.of(model));
                } else {
                    command(random.nextInt(8) == 0 ? Cut.values()[random.nextInt(3)] : null);
                }
            }
            damage();
        }

        private String boot() {
            return "boot-" + boot;
        }

        /** Runs a command; one that is cut off is not answered. */
        void command(@Nullable Cut cut) throws IOException {
            Request request = requests.next(model);
            ReferenceReservations after = model.copy();
            after.run(request);
            PersistentReservations before = state.reservations();
            ReservationRequest real = bridge.production(request, step);
            PersistentReservations next = before.apply(real, REGISTRATIONS_MAX).state();
            bridge.assertState(this::where, after, next);
            if (next == before) {
                model = after;
                return;
            }
            ReservationEvent event = ReservationEvent.of(real, before, next);
            UnitState changed = state.withDurable(state.durable().withReservations(next, event));
            if (cut != null && cut.call != null) {
                faulty.hook(FaultyStore.Hook.failing(cut.call, "the host is gone"));
            }
            List<@Nullable IOException> told = new ArrayList<>();
            Objects.requireNonNull(memory).save(changed, told::add);
            faulty.hook(FaultyStore.Hook.NONE);
            assertEquals(1, told.size(), this::where);
            if (cut == null) {
                assertNull(told.getFirst(), this::where);
                assertTrue(store.allDurable(), () -> where() + ": answered before it is durable");
                state = changed;
                model = after;
                return;
            }
            switch (cut) {
                case BEFORE_WRITE -> crash(List.of(model), cut.name());
                case BEFORE_FLUSH -> crash(List.of(model, after), cut.name());
                case BEFORE_ANSWER -> crash(List.of(after), cut.name());
            }
        }

        void crash(List<ReferenceReservations> possible) throws IOException {
            crash(possible, "");
        }

        void crash(List<ReferenceReservations> possible, String cut) throws IOException {
            boolean powerLoss = random.nextBoolean();
            if (!cut.isEmpty()) {
                meet((powerLoss ? "power lost " : "killed ") + cut);
            }
            if (!powerLoss) {
                reopen(possible);
                return;
            }
            List<ReferenceReservations> dark = new ArrayList<>(possible);
            do {
                boot++;
                store = store.cut(random);
                dark.forEach(ReferenceReservations::losePower);
            } while (random.nextInt(3) == 0 && cutWhileOpening());
            reopen(dark);
        }

        /** Power is lost again while the daemon starts; it may have written that the host was started anew. */
        boolean cutWhileOpening() {
            Call call = random.nextBoolean() ? Call.WRITE : Call.FLUSH;
            FaultyStore failing = new FaultyStore(store).hook(FaultyStore.Hook.failing(call, "gone again"));
            assertThrows(IOException.class, () -> SlotMemory.open(failing, DISK, Runnable::run, boot(), Instant.EPOCH));
            meet("power lost while starting");
            return true;
        }

        /** What is found must be one of these; the model goes on from it. */
        void reopen(List<ReferenceReservations> possible) throws IOException {
            reopenSame();
            PersistentReservations found = state.reservations();
            model = possible.stream()
                    .filter(each -> bridge.same(each, found))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("%s: found %s, may be %s"
                            .formatted(
                                    where(),
                                    bridge.describe(found),
                                    possible.stream()
                                            .map(ReferenceReservations::describe)
                                            .toList())))
                    .copy();
        }

        private void reopenSame() throws IOException {
            faulty = new FaultyStore(store);
            SlotMemory opened = SlotMemory.open(faulty, DISK, Runnable::run, boot(), Instant.EPOCH);
            memory = opened;
            state = state.withDurable(opened.found());
            assertTrue(store.allDurable(), () -> where() + ": seen before it is durable");
        }

        // ---- damage -------------------------------------------------------------------------------------------------

        /** Bytes of one slot change: the last state or the one before. Of both: no state at all. */
        void damage() throws IOException {
            PersistentReservations last = state.reservations();
            ReferenceReservations previous = model.copy();
            while (state.reservations() == last) {
                previous = model.copy();
                command(null);
            }
            int slot = random.nextInt(2);
            flip(slot);
            reopen(List.of(model, previous));
            meet("one slot damaged");
            flip(1 - slot);
            assertThrows(
                    SlotDamagedException.class,
                    () -> SlotMemory.open(store, DISK, Runnable::run, boot(), Instant.EPOCH));
            meet("both slots damaged");
        }

        /** Changes some bytes of what a slot holds. */
        private void flip(int slot) throws IOException {
            int first = random.nextInt(CHECKED_BYTES);
            ByteBuffer bytes = ByteBuffer.allocate(1 + random.nextInt(CHECKED_BYTES - first));
            long at = (long) slot * SlotFile.SLOT_BYTES + first;
            store.read(at, bytes);
            for (int i = 0; i < bytes.limit(); i++) {
                bytes.put(i, (byte) (bytes.get(i) ^ 1 + random.nextInt(255)));
            }
            store.write(at, bytes.flip());
            store.flush();
        }
    }
}
