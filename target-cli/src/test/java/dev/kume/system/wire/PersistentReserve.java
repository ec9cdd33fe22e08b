package dev.kume.system.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** PERSISTENT RESERVE IN and OUT by hand, SPC-4 6.15 and 6.16. */
public final class PersistentReserve {
    public static final int REGISTER = 0;
    public static final int RESERVE = 1;
    public static final int RELEASE = 2;
    public static final int CLEAR = 3;
    public static final int PREEMPT = 4;
    public static final int PREEMPT_AND_ABORT = 5;
    public static final int REGISTER_AND_IGNORE = 6;
    public static final int READ_FULL_STATUS = 3;
    public static final int LIST_BYTES = 24;
    private static final int APTPL = 0x01;

    /** One registration: type 0 where the nexus does not hold the reservation. */
    public record Registered(String initiatorPort, int relativePort, long key, int type) {}

    /** An answer of READ FULL STATUS. */
    public record FullStatus(int generation, List<Registered> registered) {}

    private PersistentReserve() {}

    /** PERSISTENT RESERVE OUT for the whole unit. */
    public static byte[] out(int serviceAction, int type) {
        byte[] cdb = new byte[10];
        cdb[0] = 0x5F;
        cdb[1] = (byte) serviceAction;
        cdb[2] = (byte) type;
        cdb[8] = LIST_BYTES;
        return cdb;
    }

    public static byte[] list(long key, long actionKey, boolean throughPowerLoss) {
        ByteBuffer list = ByteBuffer.allocate(LIST_BYTES).putLong(key).putLong(actionKey);
        return list.put(20, (byte) (throughPowerLoss ? APTPL : 0)).array();
    }

    public static byte[] in(int serviceAction, int allocationBytes) {
        byte[] cdb = new byte[10];
        cdb[0] = 0x5E;
        cdb[1] = (byte) serviceAction;
        ByteBuffer.wrap(cdb).putShort(7, (short) allocationBytes);
        return cdb;
    }

    public static FullStatus fullStatus(byte[] answer) {
        ByteBuffer data = ByteBuffer.wrap(answer);
        int generation = data.getInt();
        if (data.getInt() != data.remaining()) {
            throw new AssertionError("ADDITIONAL LENGTH of an answer of " + answer.length + " bytes");
        }
        List<Registered> registered = new ArrayList<>();
        while (data.hasRemaining()) {
            int at = data.position();
            long key = data.getLong(at);
            boolean holds = (data.get(at + 12) & 1) != 0;
            int type = data.get(at + 13) & 0x0F;
            int relativePort = data.getShort(at + 18) & 0xFFFF;
            byte[] id = new byte[data.getInt(at + 20)];
            data.position(at + 24).get(id);
            String port = new String(id, 4, id.length - 4, StandardCharsets.UTF_8).replace("\0", "");
            registered.add(new Registered(port, relativePort, key, holds ? type : 0));
        }
        return new FullStatus(generation, registered);
    }
}
