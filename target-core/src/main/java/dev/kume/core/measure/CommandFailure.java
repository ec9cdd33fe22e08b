package dev.kume.core.measure;

/**
 * How commands ended that did not end well.
 *
 * @param status the SCSI status; the sense is 0 for all but CHECK CONDITION
 */
public record CommandFailure(int status, int senseKey, int asc, int ascq) {
    private static final int CHECK_CONDITION = 0x02;
    private static final int NOT_READY = 0x2;
    private static final int MEDIUM_ERROR = 0x3;
    private static final int HARDWARE_ERROR = 0x4;
    private static final int ABORTED_COMMAND = 0xB;

    /** A status that comes without sense data. */
    public static CommandFailure of(int status) {
        return new CommandFailure(status, 0, 0, 0);
    }

    public boolean isCheckCondition() {
        return status == CHECK_CONDITION;
    }

    /** True when something is wrong with the disk or the daemon; false for what the initiator asked, or had to hear. */
    public boolean isOfTheServer() {
        return isCheckCondition()
                && (senseKey == NOT_READY
                        || senseKey == MEDIUM_ERROR
                        || senseKey == HARDWARE_ERROR
                        || senseKey == ABORTED_COMMAND);
    }
}
