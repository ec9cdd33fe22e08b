package dev.kume.protocol.connection;

import dev.kume.core.scsi.LogicalUnit;
import dev.kume.core.scsi.ScsiStatus;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.UnitState;
import org.jspecify.annotations.Nullable;

/** What an initiator is told of how a task ended. */
final class Outcome {
    private Outcome() {}

    /**
     * Residual count, RFC 7143 11.4.5: what the command would move against what the initiator expects. Positive is
     * overflow, negative underflow, in bytes.
     *
     * @param dataInBytes length of the parameter data, 0 when there is none
     */
    static long residual(IscsiTask task, long dataInBytes) {
        long moves;
        if (task.status() == ScsiStatus.GOOD || isTooShort(task)) {
            moves = dataInBytes > 0 ? dataInBytes : task.lengthBytes();
        } else {
            // What was written before it failed is not told by the residual; the sense data is.
            moves = task.writeFlag() ? task.expectedDataTransferLength() : task.sentBytes();
        }
        return moves - task.expectedDataTransferLength();
    }

    /** True when the length that the initiator expects is what was wrong: then the residual says by how much. */
    private static boolean isTooShort(IscsiTask task) {
        return Sense.INVALID_FIELD_IN_COMMAND_INFORMATION_UNIT.equals(task.sense());
    }

    /** Sense data in the format that the unit's control mode page asks for; null when there is none. */
    static byte @Nullable [] senseBytes(IscsiTask task) {
        Sense sense = task.sense();
        if (sense == null) {
            return null;
        }
        LogicalUnit unit = task.unitOrNull();
        UnitState state = unit == null ? null : unit.state();
        return state != null && state.modes().descriptorSense() ? sense.toDescriptor() : sense.toFixed();
    }
}
