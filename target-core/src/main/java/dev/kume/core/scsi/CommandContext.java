package dev.kume.core.scsi;

import dev.kume.core.io.IoJob;
import dev.kume.core.io.LoopPort;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a task is about, apart from where it is in its life: the command, who sent it to which unit, its data phase and
 * its result. Written by {@link Task} alone, on its home loop; read anywhere until the task is free again.
 */
public abstract sealed class CommandContext extends IoJob permits TaskPlace {
    final byte[] cdb = new byte[16];

    @Nullable
    LogicalUnit unit;

    @Nullable
    ITLNexus nexus;

    LunMap luns = LunMap.EMPTY;
    boolean readOnlyMapping;
    int attribute;

    @Nullable
    Command command;

    @Nullable
    UnitState unitState;

    long offsetBytes;
    long lengthBytes;
    boolean gathering;

    /** The disk may hold a part of what the command writes. Handed to disk threads and back with each job. */
    boolean partDone;

    int status;

    @Nullable
    Sense sense;

    @Nullable
    ByteBuffer response;

    /** Who else works for the task. Loop only. */
    @Nullable
    Hold held;

    CommandContext() {}

    /** True while this very hold is on the task: it has not ended, and is no other command yet. On the loop. */
    public final boolean isHeldBy(Hold by) {
        return held == by;
    }

    /** Work outside of the task's own goes on for it, until {@code letGo}; a doom asks whether it may end the task. */
    public final void hold(Hold by) {
        held = by;
    }

    /** The command ends: where it was carried out, its nexus has read or written the medium. On the loop. */
    final void noteAccess(LoopPort loop) {
        if (status != ScsiStatus.GOOD || nexus == null || unit == null || command == null) {
            return;
        }
        CommandDescriptor descriptor = command.descriptor();
        if (descriptor.writes() || descriptor.reads()) {
            AccessTimes times = descriptor.writes() ? nexus.writes() : nexus.reads();
            times.note(
                    loop.turnNanos(unit.lane().clock()),
                    unit.state().reservations().reservation());
        }
    }

    /** The task is free: nothing of its command is kept. */
    final void forget() {
        unit = null;
        nexus = null;
        luns = LunMap.EMPTY;
        command = null;
        unitState = null;
        sense = null;
        response = null;
        lengthBytes = 0;
        offsetBytes = 0;
        partDone = false;
    }

    public final byte[] cdb() {
        return cdb;
    }

    public final LogicalUnit unit() {
        return Objects.requireNonNull(unit);
    }

    /** The unit, or null at a LUN that has none. */
    public final @Nullable LogicalUnit unitOrNull() {
        return unit;
    }

    public final ITLNexus nexus() {
        return Objects.requireNonNull(nexus);
    }

    /** The LUNs that this nexus sees. */
    public final LunMap luns() {
        return luns;
    }

    /** True when the target through which the command came maps the unit read-only; as it was when the task began. */
    public final boolean readOnlyMapping() {
        return readOnlyMapping;
    }

    /** True when a write of this task ends in WRITE PROTECTED: by the disk, by SWP, or by the mapping. */
    public final boolean refusesWrites() {
        return readOnlyMapping || unitState().refusesWrites();
    }

    public final int attribute() {
        return attribute;
    }

    public final Command command() {
        return Objects.requireNonNull(command);
    }

    /** The state of the unit that this task runs under, read once when it began. */
    public final UnitState unitState() {
        return Objects.requireNonNull(unitState);
    }

    public final BlockGeometry geometry() {
        return unitState().geometry();
    }

    /** Where the data phase starts on the disk. */
    public final long offsetBytes() {
        return offsetBytes;
    }

    /** Bytes of the data phase, as the CDB says. */
    public final long lengthBytes() {
        return lengthBytes;
    }

    /** True when the data phase is a parameter list that is wanted as a whole. */
    public final boolean gathering() {
        return gathering;
    }

    public final int status() {
        return status;
    }

    public final @Nullable Sense sense() {
        return sense;
    }

    /** Parameter data to send, already cut to the allocation length; null when there is none. */
    public final @Nullable ByteBuffer response() {
        return response;
    }
}
