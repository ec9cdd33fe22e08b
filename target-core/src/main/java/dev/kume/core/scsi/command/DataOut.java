package dev.kume.core.scsi.command;

import dev.kume.core.scsi.Task;

/** Whether the initiator sends what a command means to take as a whole. */
final class DataOut {
    private DataOut() {}

    /**
     * True when so many bytes come, no more and no less. Commands that change the medium by one decision on all of
     * their data ask first: half of what was meant, or a length that the initiator takes for another one, must not be
     * written. A transport that cannot tell beforehand is believed.
     */
    static boolean isOf(Task task, long bytes) {
        long announced = task.announcedDataOutBytes();
        return announced < 0 || announced == bytes;
    }
}
