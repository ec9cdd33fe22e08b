package dev.kume.core.scsi;

/**
 * Sense data as a value, SPC-4 4.5. Every condition this target reports has a name here; no other file spells a sense
 * key, an ASC or an ASCQ.
 *
 * @param key         sense key
 * @param asc         additional sense code
 * @param ascq        additional sense code qualifier
 * @param fieldPointer sense-key specific bytes 15-17 as an int with SKSV in bit 23, or 0 when there are none
 * @param information INFORMATION field, or -1 when it is not valid
 * @param commandSpecific COMMAND-SPECIFIC INFORMATION field, or -1 when there is none
 */
public record Sense(int key, int asc, int ascq, int fieldPointer, long information, long commandSpecific) {
    private static final int NO_SENSE_KEY = 0x0;
    private static final int NOT_READY = 0x2;
    private static final int MEDIUM_ERROR = 0x3;
    private static final int HARDWARE_ERROR = 0x4;
    private static final int ILLEGAL_REQUEST = 0x5;
    private static final int UNIT_ATTENTION = 0x6;
    private static final int DATA_PROTECT = 0x7;
    private static final int COPY_ABORTED_KEY = 0xA;
    private static final int ABORTED_COMMAND = 0xB;
    private static final int MISCOMPARE = 0xE;

    /** Sense-key specific bytes are valid. */
    private static final int SKSV = 0x80;

    /** What REQUEST SENSE answers when there is nothing to tell; never sent with CHECK CONDITION. */
    public static final Sense NO_SENSE = of(NO_SENSE_KEY, 0x00, 0x00);

    public static final Sense NOT_READY_MANUAL_INTERVENTION_REQUIRED = of(NOT_READY, 0x04, 0x03);
    public static final Sense SANITIZE_IN_PROGRESS = of(NOT_READY, 0x04, 0x1B);
    public static final Sense SANITIZE_COMMAND_FAILED = of(MEDIUM_ERROR, 0x31, 0x03);
    public static final Sense UNRECOVERED_READ_ERROR = of(MEDIUM_ERROR, 0x11, 0x00);
    public static final Sense WRITE_ERROR = of(MEDIUM_ERROR, 0x0C, 0x00);
    public static final Sense INTERNAL_TARGET_FAILURE = of(HARDWARE_ERROR, 0x44, 0x00);
    public static final Sense INVALID_FIELD_IN_COMMAND_INFORMATION_UNIT = of(ILLEGAL_REQUEST, 0x0E, 0x03);
    public static final Sense INVALID_COMMAND_OPERATION_CODE = of(ILLEGAL_REQUEST, 0x20, 0x00);
    public static final Sense ACCESS_DENIED_NO_ACCESS_RIGHTS = of(ILLEGAL_REQUEST, 0x20, 0x02);
    public static final Sense LBA_OUT_OF_RANGE = of(ILLEGAL_REQUEST, 0x21, 0x00);
    public static final Sense INVALID_FIELD_IN_CDB = of(ILLEGAL_REQUEST, 0x24, 0x00);
    public static final Sense LOGICAL_UNIT_NOT_SUPPORTED = of(ILLEGAL_REQUEST, 0x25, 0x00);
    public static final Sense INVALID_FIELD_IN_PARAMETER_LIST = of(ILLEGAL_REQUEST, 0x26, 0x00);
    public static final Sense INVALID_RELEASE_OF_PERSISTENT_RESERVATION = of(ILLEGAL_REQUEST, 0x26, 0x04);
    public static final Sense INSUFFICIENT_REGISTRATION_RESOURCES = of(ILLEGAL_REQUEST, 0x55, 0x04);
    public static final Sense TOO_MANY_CSCD_DESCRIPTORS = of(ILLEGAL_REQUEST, 0x26, 0x06);
    public static final Sense UNSUPPORTED_CSCD_DESCRIPTOR_TYPE_CODE = of(ILLEGAL_REQUEST, 0x26, 0x07);
    public static final Sense TOO_MANY_SEGMENT_DESCRIPTORS = of(ILLEGAL_REQUEST, 0x26, 0x08);
    public static final Sense UNSUPPORTED_SEGMENT_DESCRIPTOR_TYPE_CODE = of(ILLEGAL_REQUEST, 0x26, 0x09);
    public static final Sense INLINE_DATA_LENGTH_EXCEEDED = of(ILLEGAL_REQUEST, 0x26, 0x0B);
    public static final Sense INVALID_OPERATION_FOR_COPY_SOURCE_OR_DESTINATION = of(ILLEGAL_REQUEST, 0x26, 0x0C);
    public static final Sense COPY_SEGMENT_GRANULARITY_VIOLATION = of(ILLEGAL_REQUEST, 0x26, 0x0D);
    public static final Sense OPERATION_IN_PROGRESS = of(ILLEGAL_REQUEST, 0x00, 0x16);
    public static final Sense COPY_ABORTED = of(COPY_ABORTED_KEY, 0x00, 0x00);
    public static final Sense UNREACHABLE_COPY_TARGET = of(COPY_ABORTED_KEY, 0x08, 0x04);
    public static final Sense THIRD_PARTY_DEVICE_FAILURE = of(COPY_ABORTED_KEY, 0x0D, 0x01);
    public static final Sense COPY_TARGET_DEVICE_NOT_REACHABLE = of(COPY_ABORTED_KEY, 0x0D, 0x02);
    public static final Sense PARAMETER_LIST_LENGTH_ERROR = of(ILLEGAL_REQUEST, 0x1A, 0x00);
    public static final Sense SAVING_PARAMETERS_NOT_SUPPORTED = of(ILLEGAL_REQUEST, 0x39, 0x00);
    public static final Sense INVALID_MESSAGE_ERROR = of(ILLEGAL_REQUEST, 0x49, 0x00);
    public static final Sense NOT_READY_TO_READY_CHANGE = of(UNIT_ATTENTION, 0x28, 0x00);
    public static final Sense POWER_ON_RESET_OR_BUS_DEVICE_RESET_OCCURRED = of(UNIT_ATTENTION, 0x29, 0x00);
    public static final Sense BUS_DEVICE_RESET_FUNCTION_OCCURRED = of(UNIT_ATTENTION, 0x29, 0x03);
    public static final Sense I_T_NEXUS_LOSS_OCCURRED = of(UNIT_ATTENTION, 0x29, 0x07);
    public static final Sense MODE_PARAMETERS_CHANGED = of(UNIT_ATTENTION, 0x2A, 0x01);
    public static final Sense ASYMMETRIC_ACCESS_STATE_CHANGED = of(UNIT_ATTENTION, 0x2A, 0x06);
    public static final Sense RESERVATIONS_PREEMPTED = of(UNIT_ATTENTION, 0x2A, 0x03);
    public static final Sense RESERVATIONS_RELEASED = of(UNIT_ATTENTION, 0x2A, 0x04);
    public static final Sense REGISTRATIONS_PREEMPTED = of(UNIT_ATTENTION, 0x2A, 0x05);
    public static final Sense CAPACITY_DATA_HAS_CHANGED = of(UNIT_ATTENTION, 0x2A, 0x09);
    public static final Sense COMMANDS_CLEARED_BY_ANOTHER_INITIATOR = of(UNIT_ATTENTION, 0x2F, 0x00);
    public static final Sense INQUIRY_DATA_HAS_CHANGED = of(UNIT_ATTENTION, 0x3F, 0x03);
    public static final Sense REPORTED_LUNS_DATA_HAS_CHANGED = of(UNIT_ATTENTION, 0x3F, 0x0E);
    public static final Sense THIN_PROVISIONING_SOFT_THRESHOLD_REACHED = of(UNIT_ATTENTION, 0x38, 0x07);
    public static final Sense WRITE_PROTECTED = of(DATA_PROTECT, 0x27, 0x00);
    public static final Sense SPACE_ALLOCATION_FAILED_WRITE_PROTECT = of(DATA_PROTECT, 0x27, 0x07);
    public static final Sense DATA_PHASE_ERROR = of(ABORTED_COMMAND, 0x4B, 0x00);
    public static final Sense TOO_MUCH_WRITE_DATA = of(ABORTED_COMMAND, 0x4B, 0x02);
    public static final Sense NOT_ENOUGH_WRITE_DATA = of(ABORTED_COMMAND, 0x0C, 0x0D);
    public static final Sense UNEXPECTED_UNSOLICITED_DATA = of(ABORTED_COMMAND, 0x0C, 0x0C);
    public static final Sense DATA_PHASE_CRC_ERROR = of(ABORTED_COMMAND, 0x47, 0x05);
    public static final Sense DATA_OFFSET_ERROR = of(ABORTED_COMMAND, 0x4B, 0x05);
    public static final Sense COMMANDS_CLEARED_BY_DEVICE_SERVER = of(ABORTED_COMMAND, 0x2F, 0x02);
    public static final Sense MISCOMPARE_DURING_VERIFY = of(MISCOMPARE, 0x1D, 0x00);

    /** Bytes of fixed-format sense data this target sends. */
    public static final int FIXED_BYTES = 18;

    private static Sense of(int key, int asc, int ascq) {
        return new Sense(key, asc, ascq, 0, -1, -1);
    }

    /** The same condition, pointing at a byte (and bit, or -1) of the CDB; SPC-4 4.5.2.4.2. */
    public Sense inCdb(int byteIndex, int bit) {
        return new Sense(key, asc, ascq, pointer(true, byteIndex, bit), information, commandSpecific);
    }

    /** The same condition, pointing at a byte (and bit, or -1) of the parameter list. */
    public Sense inParameters(int byteIndex, int bit) {
        return new Sense(key, asc, ascq, pointer(false, byteIndex, bit), information, commandSpecific);
    }

    /** The same condition with the INFORMATION field valid. */
    public Sense withInformation(long value) {
        return new Sense(key, asc, ascq, fieldPointer, value, commandSpecific);
    }

    /** The same condition with how far the operation has come; SPC-4 4.5.2.4.4. */
    public Sense withProgress(int of65536) {
        return new Sense(key, asc, ascq, SKSV << 16 | of65536, information, commandSpecific);
    }

    /** The same condition, found at this segment descriptor of an EXTENDED COPY; SPC-4 6.4.3.2. */
    public Sense atSegment(int number) {
        return new Sense(key, asc, ascq, fieldPointer, information, number);
    }

    public boolean isUnitAttention() {
        return key == UNIT_ATTENTION;
    }

    /** True for power on, reset and nexus loss, which go before a reservation conflict (SAM-5 5.3.3). */
    public boolean isResetCondition() {
        return key == UNIT_ATTENTION && asc == 0x29;
    }

    private static int pointer(boolean cdb, int byteIndex, int bit) {
        int first = SKSV | (cdb ? 0x40 : 0) | (bit >= 0 ? 0x08 | bit : 0);
        return first << 16 | byteIndex;
    }

    /** Fixed format, current error, SPC-4 4.5.3: {@value #FIXED_BYTES} bytes. */
    public byte[] toFixed() {
        byte[] data = new byte[FIXED_BYTES];
        data[0] = 0x70;
        data[2] = (byte) key;
        data[7] = FIXED_BYTES - 8;
        if (information >= 0 && information <= 0xFFFF_FFFFL) {
            data[0] = (byte) 0xF0;
            putInt(data, 3, (int) information);
        }
        if (commandSpecific >= 0) {
            putInt(data, 8, (int) commandSpecific);
        }
        data[12] = (byte) asc;
        data[13] = (byte) ascq;
        data[15] = (byte) (fieldPointer >> 16);
        data[16] = (byte) (fieldPointer >> 8);
        data[17] = (byte) fieldPointer;
        return data;
    }

    /** Descriptor format, current error, SPC-4 4.5.2, with the descriptors that have something to say. */
    public byte[] toDescriptor() {
        int informationBytes = information >= 0 ? 12 : 0;
        int commandBytes = commandSpecific >= 0 ? 12 : 0;
        int pointerBytes = fieldPointer != 0 ? 8 : 0;
        byte[] data = new byte[8 + informationBytes + commandBytes + pointerBytes];
        data[0] = 0x72;
        data[1] = (byte) key;
        data[2] = (byte) asc;
        data[3] = (byte) ascq;
        data[7] = (byte) (informationBytes + commandBytes + pointerBytes);
        if (informationBytes > 0) {
            data[9] = 0x0A;
            data[10] = (byte) 0x80;
            putInt(data, 12, (int) (information >>> 32));
            putInt(data, 16, (int) information);
        }
        if (commandBytes > 0) {
            int at = 8 + informationBytes;
            data[at] = 0x01;
            data[at + 1] = 0x0A;
            putInt(data, at + 8, (int) commandSpecific);
        }
        if (pointerBytes > 0) {
            int at = 8 + informationBytes + commandBytes;
            data[at] = 0x02;
            data[at + 1] = 0x06;
            data[at + 4] = (byte) (fieldPointer >> 16);
            data[at + 5] = (byte) (fieldPointer >> 8);
            data[at + 6] = (byte) fieldPointer;
        }
        return data;
    }

    private static void putInt(byte[] data, int at, int value) {
        data[at] = (byte) (value >>> 24);
        data[at + 1] = (byte) (value >>> 16);
        data[at + 2] = (byte) (value >>> 8);
        data[at + 3] = (byte) value;
    }
}
