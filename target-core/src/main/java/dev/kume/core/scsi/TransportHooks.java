package dev.kume.core.scsi;

/** What a task asks of its transport, and tells it. All on the task's home loop. */
public abstract sealed class TransportHooks extends TaskPlace permits MeasuredTask {
    /** Where a task is. */
    public enum State {
        FREE,
        /** Waits at the closed gate of a unit that is quiescing. */
        GATED,
        STARTED,
        /** The transport sends the medium's bytes. */
        READING,
        /** The transport collects bytes from the initiator. */
        TAKING_DATA,
        COMPLETE
    }

    TransportHooks() {}

    /** Bytes that the initiator says it sends with the command, before any has come; -1 when nobody can tell. */
    public long announcedDataOutBytes() {
        return -1;
    }

    /** The command wants {@link #lengthBytes()} bytes of the medium sent, from {@link #offsetBytes()} on. */
    protected abstract void onRead();

    /** The command wants {@link #lengthBytes()} bytes from the initiator, streamed or gathered. */
    protected abstract void onDataWanted();

    /**
     * A {@link Task#startRead} has ended well, or {@link Task#state()} is COMPLETE because it failed and the hook ran.
     */
    protected abstract void onReadDone();

    /** A {@link Task#startConsume} that was not the last has ended well. The buffer is the transport's again. */
    protected abstract void onConsumed();

    /** False for a command that no initiator sent: a unit attention waits for one of the initiator's. */
    protected boolean hearsAttentions() {
        return true;
    }

    /** Status, sense and response are there. The task has left its task set. */
    protected abstract void onComplete();

    /** The task was aborted and nothing of it runs any more; no answer may be sent. */
    protected abstract void onDoomed();

    /** A hook or a command threw what it should not have: an error of our own, of which only this task is to suffer. */
    protected abstract void onBug(Throwable bug);
}
