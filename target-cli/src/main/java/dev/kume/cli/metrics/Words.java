package dev.kume.cli.metrics;

import dev.kume.core.measure.CommandFailure;
import dev.kume.core.scsi.ScsiStatus;
import dev.kume.protocol.pdu.LoginStatus;
import java.util.Objects;

/** What is counted, in the words of the standards. */
final class Words {
    private Words() {}

    /** {@code 3/11/00}: key, code and qualifier. */
    static String sense(CommandFailure how) {
        return "%X/%02X/%02X".formatted(how.senseKey(), how.asc(), how.ascq());
    }

    /** {@code 2/03}: class and detail. */
    static String status(LoginStatus status) {
        return "%d/%02x".formatted(status.statusClass(), status.statusDetail());
    }

    /** The name of a SCSI status. */
    static String status(int status) {
        return Objects.requireNonNullElse(ScsiStatus.name(status), "%02Xh".formatted(status));
    }
}
