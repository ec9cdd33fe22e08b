package dev.kume.core.scsi.copy;

import dev.kume.core.scsi.ScsiStatus;
import dev.kume.core.scsi.Sense;
import org.jspecify.annotations.Nullable;

/** How far a copy has come and how it ended, for RECEIVE COPY RESULTS. Any thread may ask. */
public final class CopyResult {
    /** COPY MANAGER STATUS, SPC-4 table 190. */
    public enum Status {
        IN_PROGRESS(0x00),
        DONE(0x01),
        FAILED(0x02);

        private final int code;

        Status(int code) {
            this.code = code;
        }

        public int code() {
            return code;
        }
    }

    private Status status = Status.IN_PROGRESS;
    private int segmentsDone;
    private long movedBytes;
    private @Nullable Sense failure;

    synchronized void moved(long bytes) {
        movedBytes += bytes;
    }

    synchronized void segmentDone() {
        segmentsDone++;
    }

    synchronized void done() {
        status = Status.DONE;
    }

    synchronized void failed(@Nullable Sense because) {
        status = Status.FAILED;
        failure = because;
    }

    public synchronized Status status() {
        return status;
    }

    public synchronized int segmentsDone() {
        return segmentsDone;
    }

    public synchronized long movedBytes() {
        return movedBytes;
    }

    /** The sense data that the copy's command ended with; null when it did not fail, or nobody was told. */
    public synchronized @Nullable Sense failure() {
        return failure;
    }

    /** The status that the copy's command ended with. */
    public synchronized int commandStatus() {
        if (status == Status.FAILED) {
            return failure == null ? ScsiStatus.TASK_ABORTED : ScsiStatus.CHECK_CONDITION;
        }
        return ScsiStatus.GOOD;
    }
}
