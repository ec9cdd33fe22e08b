package dev.kume.core.scsi;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.FileSystemException;
import org.jspecify.annotations.Nullable;

/** Sense data for failures of disks. */
final class IoFailures {
    private IoFailures() {}

    static Sense toSense(IOException failure, boolean write) {
        if (write && saysNoSpace(failure)) {
            return Sense.SPACE_ALLOCATION_FAILED_WRITE_PROTECT;
        }
        if (failure instanceof ClosedChannelException) {
            return Sense.NOT_READY_MANUAL_INTERVENTION_REQUIRED;
        }
        return write ? Sense.WRITE_ERROR : Sense.UNRECOVERED_READ_ERROR;
    }

    private static boolean saysNoSpace(IOException failure) {
        if (contains(failure.getMessage(), "No space left") || contains(failure.getMessage(), "quota exceeded")) {
            return true;
        }
        return failure instanceof FileSystemException system && contains(system.getReason(), "No space left");
    }

    private static boolean contains(@Nullable String text, String part) {
        return text != null && text.contains(part);
    }
}
