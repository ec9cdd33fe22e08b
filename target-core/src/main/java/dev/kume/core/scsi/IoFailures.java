package dev.kume.core.scsi;

import dev.kume.core.store.NoSpaceException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;

/** Sense data for failures of disks. */
final class IoFailures {
    private IoFailures() {}

    /**
     * The sense data.
     *
     * @param write true when what was to be written, or made durable, is not. Only a write that found no space says so:
     *              a flush that found none has lost what was written before, and an initiator must hear of a loss.
     */
    static Sense toSense(IOException failure, boolean write) {
        if (write && failure instanceof NoSpaceException) {
            return Sense.SPACE_ALLOCATION_FAILED_WRITE_PROTECT;
        }
        if (failure instanceof ClosedChannelException) {
            return Sense.NOT_READY_MANUAL_INTERVENTION_REQUIRED;
        }
        return write ? Sense.WRITE_ERROR : Sense.UNRECOVERED_READ_ERROR;
    }
}
