package dev.kume.protocol.cluster;

import dev.kume.core.scsi.ScsiStatus;
import dev.kume.protocol.initiator.ScsiResult;
import java.util.Map;

/** Status and sense data in the words of SAM-5 and SPC-4, for reports that people read. */
public final class SenseWords {
    private static final String[] KEYS = {
        "NO SENSE",
        "RECOVERED ERROR",
        "NOT READY",
        "MEDIUM ERROR",
        "HARDWARE ERROR",
        "ILLEGAL REQUEST",
        "UNIT ATTENTION",
        "DATA PROTECT",
        "BLANK CHECK",
        "VENDOR SPECIFIC",
        "COPY ABORTED",
        "ABORTED COMMAND",
        "RESERVED",
        "VOLUME OVERFLOW",
        "MISCOMPARE",
        "COMPLETED"
    };

    /** Those that targets answer to what clusters do. */
    private static final Map<Integer, String> CODES = Map.ofEntries(
            Map.entry(0x0000, "NO ADDITIONAL SENSE INFORMATION"),
            Map.entry(0x0400, "LOGICAL UNIT NOT READY, CAUSE NOT REPORTABLE"),
            Map.entry(0x0401, "LOGICAL UNIT IS IN PROCESS OF BECOMING READY"),
            Map.entry(0x0403, "LOGICAL UNIT NOT READY, MANUAL INTERVENTION REQUIRED"),
            Map.entry(0x040A, "LOGICAL UNIT NOT ACCESSIBLE, ASYMMETRIC ACCESS STATE TRANSITION"),
            Map.entry(0x040B, "LOGICAL UNIT NOT ACCESSIBLE, TARGET PORT IN STANDBY STATE"),
            Map.entry(0x040C, "LOGICAL UNIT NOT ACCESSIBLE, TARGET PORT IN UNAVAILABLE STATE"),
            Map.entry(0x0C00, "WRITE ERROR"),
            Map.entry(0x1100, "UNRECOVERED READ ERROR"),
            Map.entry(0x1A00, "PARAMETER LIST LENGTH ERROR"),
            Map.entry(0x1D00, "MISCOMPARE DURING VERIFY OPERATION"),
            Map.entry(0x2000, "INVALID COMMAND OPERATION CODE"),
            Map.entry(0x2100, "LOGICAL BLOCK ADDRESS OUT OF RANGE"),
            Map.entry(0x2400, "INVALID FIELD IN CDB"),
            Map.entry(0x2500, "LOGICAL UNIT NOT SUPPORTED"),
            Map.entry(0x2600, "INVALID FIELD IN PARAMETER LIST"),
            Map.entry(0x2604, "INVALID RELEASE OF PERSISTENT RESERVATION"),
            Map.entry(0x2700, "WRITE PROTECTED"),
            Map.entry(0x2707, "SPACE ALLOCATION FAILED WRITE PROTECT"),
            Map.entry(0x2900, "POWER ON, RESET, OR BUS DEVICE RESET OCCURRED"),
            Map.entry(0x2901, "POWER ON OCCURRED"),
            Map.entry(0x2903, "BUS DEVICE RESET FUNCTION OCCURRED"),
            Map.entry(0x2907, "I_T NEXUS LOSS OCCURRED"),
            Map.entry(0x2A01, "MODE PARAMETERS CHANGED"),
            Map.entry(0x2A03, "RESERVATIONS PREEMPTED"),
            Map.entry(0x2A04, "RESERVATIONS RELEASED"),
            Map.entry(0x2A05, "REGISTRATIONS PREEMPTED"),
            Map.entry(0x2A06, "ASYMMETRIC ACCESS STATE CHANGED"),
            Map.entry(0x2A09, "CAPACITY DATA HAS CHANGED"),
            Map.entry(0x2C00, "COMMAND SEQUENCE ERROR"),
            Map.entry(0x2F00, "COMMANDS CLEARED BY ANOTHER INITIATOR"),
            Map.entry(0x3900, "SAVING PARAMETERS NOT SUPPORTED"),
            Map.entry(0x3F03, "INQUIRY DATA HAS CHANGED"),
            Map.entry(0x3F0E, "REPORTED LUNS DATA HAS CHANGED"),
            Map.entry(0x4400, "INTERNAL TARGET FAILURE"),
            Map.entry(0x5302, "MEDIUM REMOVAL PREVENTED"),
            Map.entry(0x5504, "INSUFFICIENT REGISTRATION RESOURCES"));

    private SenseWords() {}

    /** {@code RESERVATION CONFLICT}. */
    public static String status(int status) {
        String name = ScsiStatus.name(status);
        return name == null ? "status %02Xh".formatted(status) : name;
    }

    /** {@code ILLEGAL REQUEST, INVALID FIELD IN CDB (5/24h/00h)}, or empty without sense data. */
    public static String sense(ScsiResult result) {
        int key = result.senseKey();
        int code = result.additionalSense();
        if (key < 0) {
            return "";
        }
        String numbers = code < 0 ? "(%X)".formatted(key) : "(%X/%02Xh/%02Xh)".formatted(key, code >> 8, code & 0xFF);
        String words = CODES.getOrDefault(code, "");
        return KEYS[key] + (words.isEmpty() ? " " : ", " + words + " ") + numbers;
    }

    /** Status and sense data in one. */
    public static String of(ScsiResult result) {
        String sense = sense(result);
        return status(result.status()) + (sense.isEmpty() ? "" : ", " + sense);
    }
}
