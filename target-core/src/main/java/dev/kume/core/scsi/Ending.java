package dev.kume.core.scsi;

import org.jspecify.annotations.Nullable;

/**
 * How a fence ends the tasks that it covers.
 *
 * @param status the status that the initiator hears, or {@link #NO_ANSWER}
 * @param sense  sense data of a CHECK CONDITION, else null
 */
public record Ending(int status, @Nullable Sense sense) {
    /** Stands where no status is sent. */
    static final int NO_ANSWER = -1;

    /** The initiator hears nothing: it asked for the abort itself, or TAS is 0 (SAM-5 5.6). */
    public static final Ending SILENT = new Ending(NO_ANSWER, null);

    /** RESERVATION CONFLICT: what a command would hear that comes after the fence. */
    public static final Ending CONFLICT = new Ending(ScsiStatus.RESERVATION_CONFLICT, null);

    /** ABORTED COMMAND: what a write hears of which a part has reached the disk. No status may say that nothing has. */
    static final Ending CUT_SHORT = check(Sense.COMMANDS_CLEARED_BY_DEVICE_SERVER);

    /** CHECK CONDITION with this sense data. */
    public static Ending check(Sense sense) {
        return new Ending(ScsiStatus.CHECK_CONDITION, sense);
    }

    boolean answers() {
        return status != NO_ANSWER;
    }
}
