package dev.kume.core.scsi.copy;

import dev.kume.core.io.LoopPort;
import dev.kume.core.scsi.LunMap;
import dev.kume.core.scsi.Task;
import dev.kume.core.scsi.TaskAttribute;
import java.nio.ByteBuffer;

/**
 * The copy as one of its units sees it: a READ(16) or WRITE(16) of the nexus that asked for the copy, in that unit's
 * task set from the copy's beginning to its end. So whatever keeps this nexus from reading or writing the unit refuses
 * the copy when it begins, and ends it later: reservations, write protection, an offline disk, aborts, resets,
 * unmapping.
 *
 * <p>It is not the transport that moves data here: the copy holds the permit while a disk thread works under it. HEAD
 * OF QUEUE keeps it out of the waits for ORDERED tasks, which wait for it: two copies in opposite directions could wait
 * for each other else.
 */
final class Permit extends Task {
    private static final byte READ_16 = (byte) 0x88;
    private static final byte WRITE_16 = (byte) 0x8A;
    private static final int LBA_AT = 2;
    private static final int LENGTH_AT = 10;

    private final Copy copy;
    private final CopyEnd end;
    private final boolean writes;

    /** @param atBytes where the copy begins there */
    Permit(Copy copy, LoopPort home, CopyEnd end, boolean writes, long atBytes) {
        super(home);
        this.copy = copy;
        this.end = end;
        this.writes = writes;
        long lba = atBytes >> end.unit().state().geometry().blockShift();
        ByteBuffer.wrap(cdb())
                .put(0, writes ? WRITE_16 : READ_16)
                .putLong(LBA_AT, lba)
                .putInt(LENGTH_AT, 1);
    }

    /** Asks the unit; {@link Copy#permitted} or {@link Copy#lost} follows, maybe within this call. */
    void ask(LunMap luns) {
        prepare(end.unit(), end.nexus(), luns, TaskAttribute.HEAD_OF_QUEUE);
        end.unit().begin(this);
    }

    boolean isFor(CopyEnd other, boolean toWrite) {
        return writes == toWrite && end.unit() == other.unit();
    }

    CopyEnd end() {
        return end;
    }

    /** The copy needs it no more. */
    void giveBack() {
        if (state() != State.COMPLETE && state() != State.FREE) {
            doom();
        }
    }

    @Override
    protected boolean hearsAttentions() {
        return false;
    }

    @Override
    protected void onRead() {
        copy.permitted();
    }

    @Override
    protected void onDataWanted() {
        copy.permitted();
    }

    @Override
    protected void onReadDone() {
        throw new IllegalStateException("a permit reads nothing");
    }

    @Override
    protected void onConsumed() {
        throw new IllegalStateException("a permit takes nothing");
    }

    @Override
    protected void onComplete() {
        copy.lost();
    }

    @Override
    protected void onDoomed() {
        copy.lost();
    }

    @Override
    protected void onBug(Throwable bug) {
        terminate(end.unit().bug(bug));
    }
}
