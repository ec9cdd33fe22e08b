package dev.kume.protocol.cluster;

import dev.kume.core.scsi.TaskAttribute;
import dev.kume.protocol.initiator.ScsiCommand;
import dev.kume.protocol.initiator.ScsiResult;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * PERSISTENT RESERVE IN and OUT, SPC-4 6.15 and 6.16, in the form that Windows' class driver gives them: task attribute
 * HEAD OF QUEUE, a parameter list of 24 bytes, and its length in the last byte of the field only.
 */
public final class PersistentReserve {
    public static final int IN = 0x5E;
    public static final int OUT = 0x5F;

    public static final int WRITE_EXCLUSIVE = 1;
    public static final int EXCLUSIVE_ACCESS = 3;
    public static final int WRITE_EXCLUSIVE_REGISTRANTS_ONLY = 5;

    /** Bytes that MSDSM keeps for the keys. */
    private static final int KEYS_BYTES = 4_096;

    private static final int RESERVATION_BYTES = 8 + 16;
    private static final int FULL_STATUS_BYTES = 65_535;
    private static final int LIST_BYTES = 24;
    private static final int APTPL = 0x01;

    /** Service actions of PERSISTENT RESERVE OUT. */
    public enum Action {
        REGISTER,
        RESERVE,
        RELEASE,
        CLEAR,
        PREEMPT,
        PREEMPT_AND_ABORT,
        REGISTER_AND_IGNORE_EXISTING_KEY;

        public boolean registers() {
            return this == REGISTER || this == REGISTER_AND_IGNORE_EXISTING_KEY;
        }
    }

    /** Service actions of PERSISTENT RESERVE IN. */
    public enum Question {
        READ_KEYS(KEYS_BYTES),
        READ_RESERVATION(RESERVATION_BYTES),
        REPORT_CAPABILITIES(8),
        READ_FULL_STATUS(FULL_STATUS_BYTES);

        private final int allocationLength;

        Question(int allocationLength) {
            this.allocationLength = allocationLength;
        }

        public ScsiCommand command() {
            return command(allocationLength);
        }

        public ScsiCommand command(int allocation) {
            byte[] cdb = new byte[10];
            ByteBuffer.wrap(cdb).put((byte) IN).put((byte) ordinal()).putShort(7, (short) allocation);
            return ScsiCommand.read(0, cdb, allocation).withAttribute(TaskAttribute.HEAD_OF_QUEUE);
        }
    }

    /**
     * A PERSISTENT RESERVE OUT.
     *
     * @param key            RESERVATION KEY
     * @param serviceKey     SERVICE ACTION RESERVATION KEY
     * @param throughPowerLoss APTPL
     */
    public record Request(Action action, int type, long key, long serviceKey, boolean throughPowerLoss) {
        public Request(Action action, long key, long serviceKey) {
            this(action, action.registers() ? 0 : WRITE_EXCLUSIVE_REGISTRANTS_ONLY, key, serviceKey, false);
        }

        public Request withKey(long other) {
            return new Request(action, type, other, serviceKey, throughPowerLoss);
        }

        public ScsiCommand command() {
            byte[] cdb = new byte[10];
            cdb[0] = (byte) OUT;
            cdb[1] = (byte) action.ordinal();
            cdb[2] = (byte) type;
            cdb[8] = LIST_BYTES;
            ByteBuffer list = ByteBuffer.allocate(LIST_BYTES)
                    .putLong(0, key)
                    .putLong(8, serviceKey)
                    .put(20, (byte) (throughPowerLoss ? APTPL : 0));
            return ScsiCommand.write(0, cdb, list).withAttribute(TaskAttribute.HEAD_OF_QUEUE);
        }

        @Override
        public String toString() {
            return "%s key %x, service action key %x".formatted(action, key, serviceKey);
        }
    }

    /** What READ KEYS says: one key for each registration. */
    public record Keys(int generation, List<Long> keys) {
        public static Keys of(ScsiResult result) {
            ByteBuffer data = result.dataIn();
            int bytes = additionalLength(data);
            List<Long> keys = new ArrayList<>();
            for (int at = 8; at + 8 <= Math.min(8 + bytes, data.limit()); at += 8) {
                keys.add(data.getLong(at));
            }
            return new Keys(data.getInt(0), List.copyOf(keys));
        }

        public long count(long key) {
            return keys.stream().filter(each -> each == key).count();
        }
    }

    /** What READ RESERVATION says; without a reservation {@code type} is 0. */
    public record Held(int generation, long key, int scope, int type) {
        public static Held of(ScsiResult result) {
            ByteBuffer data = result.dataIn();
            int bytes = additionalLength(data);
            if (bytes == 0) {
                return new Held(data.getInt(0), 0, 0, 0);
            }
            if (bytes != 16) {
                throw new StepFailure("READ RESERVATION with a length of %d bytes".formatted(bytes));
            }
            int scopeAndType = data.get(8 + 13);
            return new Held(data.getInt(0), data.getLong(8), scopeAndType >> 4 & 0xF, scopeAndType & 0xF);
        }

        public boolean isHeld() {
            return type != 0;
        }

        public boolean isHeldBy(long other) {
            return isHeld() && key == other;
        }
    }

    /** One registration as READ FULL STATUS shows it. */
    public record Registered(long key, boolean isHolder, int type, int relativePort, String initiatorPort) {
        public static List<Registered> of(ScsiResult result) {
            ByteBuffer data = result.dataIn();
            int end = Math.min(8 + additionalLength(data), data.limit());
            List<Registered> all = new ArrayList<>();
            int at = 8;
            while (at + 24 <= end) {
                int idBytes = data.getInt(at + 20);
                byte[] name = new byte[data.getShort(at + 24 + 2) & 0xFFFF];
                data.get(at + 24 + 4, name);
                all.add(new Registered(
                        data.getLong(at),
                        (data.get(at + 12) & 1) != 0,
                        data.get(at + 13) & 0xF,
                        data.getShort(at + 18) & 0xFFFF,
                        new String(name, StandardCharsets.UTF_8).split("\0", 2)[0]));
                at += 24 + idBytes;
            }
            return List.copyOf(all);
        }
    }

    private PersistentReserve() {}

    private static int additionalLength(ByteBuffer data) {
        if (data.limit() < 8) {
            throw new StepFailure("PERSISTENT RESERVE IN answered %d bytes".formatted(data.limit()));
        }
        return data.getInt(4);
    }
}
