package dev.kume.core.reservation;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** PERSISTENT RESERVE IN and OUT by hand, SPC-4 6.15, 6.16 and 7.6.4.6: bytes that no production code has touched. */
public final class ReservationWire {
    public static final int READ_KEYS = 0;
    public static final int READ_RESERVATION = 1;
    public static final int REPORT_CAPABILITIES = 2;
    public static final int READ_FULL_STATUS = 3;
    public static final int SPEC_I_PT = 0x08;
    public static final int ALL_TG_PT = 0x04;
    public static final int APTPL = 0x01;
    public static final int UNREG = 0x02;
    private static final int BASIC_LIST_BYTES = 24;

    /** What READ RESERVATION tells; type 0 where it tells that there is none. */
    public record Held(int generation, long key, int type) {}

    /** One registration as READ FULL STATUS tells it; type 0 where the nexus does not hold the reservation. */
    public record Registered(String initiatorPort, int relativePort, long key, boolean allPorts, int type) {}

    /** An answer of READ FULL STATUS. */
    public record FullStatus(int generation, List<Registered> registered) {}

    private ReservationWire() {}

    /** PERSISTENT RESERVE OUT with the scope of the unit. */
    public static byte[] out(int serviceAction, int type, int listBytes) {
        byte[] cdb = new byte[10];
        ByteBuffer.wrap(cdb)
                .put((byte) 0x5F)
                .put((byte) serviceAction)
                .put((byte) type)
                .putInt(5, listBytes);
        return cdb;
    }

    public static byte[] in(int serviceAction, int allocationBytes) {
        byte[] cdb = new byte[10];
        ByteBuffer.wrap(cdb).put((byte) 0x5E).put((byte) serviceAction).putShort(7, (short) allocationBytes);
        return cdb;
    }

    /** The 24 bytes of the basic parameter list, and behind them what SPEC_I_PT brings when {@code ids} are given. */
    public static byte[] list(long key, long actionKey, int flags, byte[]... ids) {
        byte[] all = concatenated(ids);
        boolean specifies = (flags & SPEC_I_PT) != 0;
        ByteBuffer list = ByteBuffer.allocate(BASIC_LIST_BYTES + (specifies ? 4 + all.length : 0));
        list.putLong(key).putLong(actionKey).putInt(0).put((byte) flags).position(BASIC_LIST_BYTES);
        if (specifies) {
            list.putInt(all.length).put(all);
        }
        return list.array();
    }

    /** The parameter list of REGISTER AND MOVE. */
    public static byte[] move(long key, long actionKey, int flags, int relativePort, byte[] id) {
        return ByteBuffer.allocate(BASIC_LIST_BYTES + id.length)
                .putLong(key)
                .putLong(actionKey)
                .put((byte) 0)
                .put((byte) flags)
                .putShort((short) relativePort)
                .putInt(id.length)
                .put(id)
                .array();
    }

    /** TransportID of format 01b: {@code text} is an initiator port's name. */
    public static byte[] portId(String text) {
        return id(0x45, text);
    }

    /** TransportID of format 00b: {@code text} is the name of all ports of an initiator. */
    public static byte[] deviceId(String text) {
        return id(0x05, text);
    }

    private static byte[] id(int first, String text) {
        byte[] name = text.getBytes(StandardCharsets.UTF_8);
        int length = Math.max(20, (name.length + 1 + 3) / 4 * 4);
        return ByteBuffer.allocate(4 + length)
                .put((byte) first)
                .put((byte) 0)
                .putShort((short) length)
                .put(name)
                .array();
    }

    public static byte[] concatenated(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        Arrays.stream(parts).forEach(all::writeBytes);
        return all.toByteArray();
    }

    /** The keys that READ KEYS lists; the answer must be whole. */
    public static List<Long> keys(byte[] answer) {
        ByteBuffer data = whole(answer, 8);
        data.position(8);
        List<Long> keys = new ArrayList<>();
        while (data.hasRemaining()) {
            keys.add(data.getLong());
        }
        return keys;
    }

    public static int generation(byte[] answer) {
        return ByteBuffer.wrap(answer).getInt(0);
    }

    public static Held reservation(byte[] answer) {
        ByteBuffer data = whole(answer, 8);
        int generation = data.getInt(0);
        if (answer.length == 8) {
            return new Held(generation, 0, 0);
        }
        check(answer.length == 24, "READ RESERVATION of " + answer.length + " bytes");
        for (int reserved : new int[] {16, 17, 18, 19, 20, 22, 23}) {
            check(data.get(reserved) == 0, "byte " + reserved + " is reserved");
        }
        check((data.get(21) & 0xF0) == 0, "scope");
        check((data.get(21) & 0x0F) != 0, "type");
        return new Held(generation, data.getLong(8), data.get(21) & 0x0F);
    }

    public static FullStatus fullStatus(byte[] answer) {
        ByteBuffer data = whole(answer, 8);
        int generation = data.getInt(0);
        data.position(8);
        List<Registered> all = new ArrayList<>();
        while (data.hasRemaining()) {
            long key = data.getLong();
            check(data.getInt() == 0, "reserved bytes 8 to 11");
            int flags = data.get();
            int scopeType = data.get() & 0xFF;
            check((flags & 0xFC) == 0, "reserved bits of byte 12");
            check(scopeType >> 4 == 0, "scope");
            check(((flags & 1) != 0) == (scopeType != 0), "R_HOLDER goes with the type");
            check(data.getInt() == 0, "reserved bytes 14 to 17");
            int relativePort = data.getShort() & 0xFFFF;
            byte[] id = new byte[data.getInt()];
            data.get(id);
            all.add(new Registered(portOf(id), relativePort, key, (flags & 2) != 0, scopeType & 0x0F));
        }
        return new FullStatus(generation, all);
    }

    private static String portOf(byte[] id) {
        check((id[0] & 0xFF) == 0x45 && id[1] == 0, "an iSCSI TransportID of format 01b");
        int length = ByteBuffer.wrap(id).getShort(2);
        check(length == id.length - 4 && length % 4 == 0 && length >= 20, "its length " + length);
        int end = 4;
        while (id[end] != 0) {
            end++;
        }
        for (int i = end; i < id.length; i++) {
            check(id[i] == 0, "padded with zeroes");
        }
        return new String(id, 4, end - 4, StandardCharsets.UTF_8);
    }

    private static ByteBuffer whole(byte[] answer, int headerBytes) {
        ByteBuffer data = ByteBuffer.wrap(answer);
        check(answer.length >= headerBytes, "an answer of " + answer.length + " bytes");
        check(data.getInt(4) == answer.length - headerBytes, "ADDITIONAL LENGTH " + data.getInt(4));
        return data;
    }

    private static void check(boolean right, String what) {
        if (!right) {
            throw new AssertionError(what);
        }
    }
}
