package dev.kume.core.memory;

import dev.kume.core.reservation.PersistentReservations;
import dev.kume.core.reservation.ReservationEvent;
import dev.kume.core.reservation.ReservationEvent.Cause;
import dev.kume.core.scsi.DurableState;
import dev.kume.core.scsi.ModeState;
import dev.kume.core.scsi.UnitMemory;
import dev.kume.core.scsi.UnitState;
import dev.kume.core.store.BackingStore;
import java.io.Closeable;
import java.io.IOException;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Keeps a unit's state in a {@link SlotFile}, on threads that do nothing else: no busy disk delays it. */
public final class SlotMemory implements UnitMemory, Closeable {
    private final SlotFile slots;
    private final Executor threads;
    private final String bootId;
    private final DurableState found;

    /** The record that is durable, for whoever makes a copy of it. */
    private volatile byte[] latest;

    private SlotMemory(SlotFile slots, Executor threads, String bootId, DurableState found) {
        this.slots = slots;
        this.threads = threads;
        this.bootId = bootId;
        this.found = found;
        this.latest = slots.content();
    }

    /** Makes an empty store the memory of a disk that has never been used, with these saved modes. Closes it again. */
    public static void create(BackingStore store, UUID disk, ModeState modes, String bootId) throws IOException {
        SlotFile.create(store, disk, StateCodec.encode(DurableState.INITIAL.withSavedModes(modes), bootId))
                .close();
    }

    /**
     * Opens the memory of a disk. What was registered with APTPL 0 is gone when the host has been started anew since
     * (SPC-4 5.13.5); a start of the daemon alone changes nothing.
     *
     * @param threads run the saves; at most one of a unit is under way
     * @param bootId  the boot of the host; empty where that cannot be told, and then nothing is ever dropped
     * @param now     for the history
     * @throws SlotDamagedException when what is there cannot be believed
     */
    public static SlotMemory open(BackingStore store, UUID disk, Executor threads, String bootId, Instant now)
            throws IOException {
        SlotFile slots = SlotFile.open(store, disk);
        StateCodec.Decoded decoded = StateCodec.decode(slots.content());
        boolean restarted = !bootId.isEmpty()
                && !decoded.bootId().isEmpty()
                && !decoded.bootId().equals(bootId);
        DurableState state = decoded.state();
        if (restarted) {
            state = afterPowerLoss(state, now);
            slots.write(StateCodec.encode(state, bootId));
        }
        return new SlotMemory(slots, threads, bootId, state);
    }

    private static DurableState afterPowerLoss(DurableState state, Instant now) {
        PersistentReservations before = state.reservations();
        PersistentReservations after = before.afterPowerLoss();
        return after.equals(before)
                ? state
                : state.withReservations(after, ReservationEvent.of(now, Cause.POWER_LOST, before, after));
    }

    /** The state as it was found. */
    public DurableState found() {
        return found;
    }

    /** The newest durable record, as {@link SlotFile#create} takes it. Any thread, without waiting. */
    public byte[] record() {
        return latest.clone();
    }

    @Override
    public void save(UnitState state, Consumer<@Nullable IOException> saved) {
        DurableState durable = state.durable();
        try {
            threads.execute(() -> saved.accept(write(durable)));
        } catch (RejectedExecutionException e) {
            saved.accept(new IOException("the daemon is stopping", e));
        }
    }

    private @Nullable IOException write(DurableState state) {
        try {
            slots.write(StateCodec.encode(state, bootId));
            latest = slots.content();
            return null;
        } catch (IOException e) {
            return e;
        } catch (RuntimeException | Error bug) {
            return new IOException(bug);
        }
    }

    @Override
    public void close() throws IOException {
        slots.close();
    }
}
