package dev.kume.core.scsi;

import dev.kume.core.measure.OperationClass;
import java.util.HexFormat;

/**
 * What a command is, as data. From here alone come INVALID FIELD IN CDB with its field pointer, the reservation rule,
 * unit attention reporting, WRITE PROTECTED and REPORT SUPPORTED OPERATION CODES.
 *
 * <pre>{@code
 * CommandDescriptor.of(0x2A, "WRITE(10)").usage("2A 18 FF FF FF FF 1F FF FF 00").reservation(WRITE).writes().build();
 * }</pre>
 */
public final class CommandDescriptor {
    private static final int UNMAP_OPCODE = 0x42;

    /** No service action. */
    public static final int NONE = -1;

    /** How a command fares under somebody else's reservation, SPC-4 table 66 and SBC-3 table 13. */
    public enum ReservationClass {
        /** Allowed whoever holds the reservation. */
        ALWAYS,
        /** Refused under the exclusive access types. */
        READ,
        /** Refused under every type. */
        WRITE,
        /** The command looks for itself (PERSISTENT RESERVE OUT, START STOP UNIT ...). */
        BY_COMMAND
    }

    private final int opcode;
    private final int serviceAction;
    private final String name;
    private final byte[] usage;
    private final ReservationClass reservation;
    private final boolean reads;
    private final boolean writes;
    private final boolean flushes;
    private final boolean medium;
    private final boolean passesAttention;
    private final boolean anyLun;
    private final boolean duringSanitize;
    private final boolean afterSanitizeFailure;
    private final int toleratedByte1;
    private final int nominalSeconds;
    private final int recommendedSeconds;
    private final OperationClass operation;

    private CommandDescriptor(Builder builder) {
        opcode = builder.opcode;
        serviceAction = builder.serviceAction;
        name = builder.name;
        usage = builder.usage;
        reservation = builder.reservation;
        reads = builder.reads;
        writes = builder.writes;
        flushes = builder.flushes;
        medium = builder.medium;
        passesAttention = builder.passesAttention;
        anyLun = builder.anyLun;
        duringSanitize = builder.duringSanitize;
        afterSanitizeFailure = builder.afterSanitizeFailure;
        toleratedByte1 = builder.toleratedByte1;
        nominalSeconds = builder.nominalSeconds;
        recommendedSeconds = builder.recommendedSeconds;
        operation = operation(builder);
    }

    private static OperationClass operation(Builder builder) {
        if (builder.flushes) {
            return OperationClass.FLUSH;
        } else if (builder.opcode == UNMAP_OPCODE) {
            return OperationClass.UNMAP;
        } else if (builder.writes) {
            return OperationClass.WRITE;
        } else {
            return builder.reads ? OperationClass.READ : OperationClass.OTHER;
        }
    }

    public static Builder of(int opcode, String name) {
        return new Builder(opcode, NONE, name);
    }

    public static Builder of(int opcode, int serviceAction, String name) {
        return new Builder(opcode, serviceAction, name);
    }

    public int opcode() {
        return opcode;
    }

    /** The service action, or {@link #NONE}. */
    public int serviceAction() {
        return serviceAction;
    }

    public boolean hasServiceAction() {
        return serviceAction != NONE;
    }

    public String name() {
        return name;
    }

    /** CDB length in bytes. */
    public int cdbBytes() {
        return usage.length;
    }

    /** CDB USAGE DATA, SPC-4 6.29.3: one bits are what this target looks at; byte 0 is the opcode. */
    public byte[] usage() {
        return usage.clone();
    }

    public ReservationClass reservation() {
        return reservation;
    }

    /** True when the command takes data off the medium for the initiator, or compares it. */
    public boolean reads() {
        return reads;
    }

    /** True when the command changes the medium, so that write protection refuses it. */
    public boolean writes() {
        return writes;
    }

    /** What it is counted as. */
    public OperationClass operation() {
        return operation;
    }

    /** True when a disk that fails below the command has lost data that was written: a write error, not a read one. */
    public boolean failsAsWrite() {
        return writes || flushes;
    }

    /** True when the command needs the disk to be there. */
    public boolean needsMedium() {
        return medium;
    }

    /**
     * True for INQUIRY, REPORT LUNS and REQUEST SENSE, which run before a unit attention is reported (SAM-5 5.14.4).
     */
    public boolean passesAttention() {
        return passesAttention;
    }

    /** True when the command also answers at a LUN that has no unit. */
    public boolean anyLun() {
        return anyLun;
    }

    /** True when the command runs while the unit is being sanitized (SBC-3 4.11.2). */
    public boolean duringSanitize() {
        return duringSanitize;
    }

    /** True when the command runs after a sanitize operation has failed, too (SBC-3 4.11.4). */
    public boolean afterSanitizeFailure() {
        return afterSanitizeFailure;
    }

    /** NOMINAL COMMAND PROCESSING TIMEOUT, SPC-4 6.35.4. */
    public int nominalSeconds() {
        return nominalSeconds;
    }

    /** RECOMMENDED COMMAND TIMEOUT, SPC-4 6.35.4. */
    public int recommendedSeconds() {
        return recommendedSeconds;
    }

    /** The bits of byte 1 that are ignored though this target has no use for them. */
    public int toleratedByte1() {
        return toleratedByte1;
    }

    /**
     * The first bit of the CDB that this target does not understand.
     *
     * @return {@code byteIndex << 3 | bit}, or -1 when all is understood
     */
    int firstUnknownBit(byte[] cdb) {
        for (int i = 1; i < usage.length; i++) {
            int known = usage[i] & 0xFF;
            if (i == 1) {
                known |= toleratedByte1 | (hasServiceAction() ? 0x1F : 0);
            }
            int unknown = cdb[i] & 0xFF & ~known;
            if (unknown != 0) {
                return i << 3 | (31 - Integer.numberOfLeadingZeros(unknown));
            }
        }
        return -1;
    }

    @Override
    public String toString() {
        return name;
    }

    /** Collects the rules of one command. */
    public static final class Builder {
        private final int opcode;
        private final int serviceAction;
        private final String name;
        private byte[] usage = {};
        private ReservationClass reservation = ReservationClass.WRITE;
        private boolean reads;
        private boolean writes;
        private boolean flushes;
        private boolean medium;
        private boolean passesAttention;
        private boolean anyLun;
        private boolean duringSanitize;
        private boolean afterSanitizeFailure;
        private int toleratedByte1;
        private int nominalSeconds = 1;
        private int recommendedSeconds = 60;

        private Builder(int opcode, int serviceAction, String name) {
            this.opcode = opcode;
            this.serviceAction = serviceAction;
            this.name = name;
        }

        /** The CDB usage map as hex bytes; its length is the CDB's. */
        public Builder usage(String hex) {
            usage = HexFormat.ofDelimiter(" ").parseHex(hex);
            return this;
        }

        public Builder reservation(ReservationClass rule) {
            reservation = rule;
            return this;
        }

        /** The command reads the medium; it needs it, too. */
        public Builder reads() {
            reads = true;
            medium = true;
            return this;
        }

        /** The command changes the medium; it needs it, too. */
        public Builder writes() {
            writes = true;
            medium = true;
            return this;
        }

        /** The command makes earlier writes durable; it needs the medium, too. */
        public Builder flushes() {
            flushes = true;
            medium = true;
            return this;
        }

        public Builder needsMedium() {
            medium = true;
            return this;
        }

        /** What tells of the unit itself also runs while it is being sanitized. */
        public Builder passesAttention() {
            passesAttention = true;
            return duringSanitize();
        }

        /** The command neither reads nor writes the medium, and runs while that is being sanitized. */
        public Builder duringSanitize() {
            duringSanitize = true;
            return afterSanitizeFailure();
        }

        public Builder afterSanitizeFailure() {
            afterSanitizeFailure = true;
            return this;
        }

        public Builder anyLun() {
            anyLun = true;
            return this;
        }

        /** Old initiators put the LUN in bits 7-5 of byte 1 (SCSI-2); where they are reserved they are ignored. */
        public Builder toleratesScsi2Lun() {
            toleratedByte1 = 0xE0;
            return this;
        }

        /** How long it takes on a disk that is busy, and when an initiator should give it up. */
        public Builder seconds(int nominal, int recommended) {
            nominalSeconds = nominal;
            recommendedSeconds = recommended;
            return this;
        }

        public CommandDescriptor build() {
            if (usage.length < 6 || (usage[0] & 0xFF) != opcode) {
                throw new IllegalStateException(name + ": the usage map must start with the opcode");
            }
            return new CommandDescriptor(this);
        }
    }
}
