package dev.kume.protocol.cluster;

import dev.kume.protocol.initiator.ScsiCommand;
import dev.kume.protocol.initiator.ScsiResult;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One command on one path, and how it ended, in words. Immutable; it keeps no data, and makes its words when they are
 * asked for.
 */
public final class Exchange {
    private static final int KEYS_BYTES = 16;
    private static final int SERVICE_ACTION_IN_16 = 0x9E;
    private static final int READ_CAPACITY_16 = 0x10;

    private static final String[] TYPES = {
        "",
        "Write Exclusive",
        "",
        "Exclusive Access",
        "",
        "Write Exclusive, Registrants Only",
        "Exclusive Access, Registrants Only",
        "Write Exclusive, All Registrants",
        "Exclusive Access, All Registrants"
    };

    private final byte[] cdb;
    private final long key;
    private final long serviceKey;
    private final @Nullable ScsiResult result;
    private final String failure;
    private final long latencyNanos;
    private final String path;

    /**
     * @param result  null when there was none
     * @param failure why there was none
     * @param path    by which it went
     */
    Exchange(
            ScsiCommand command,
            @Nullable ScsiResult result,
            @Nullable Throwable failure,
            long latencyNanos,
            String path) {
        ByteBuffer view = command.cdbView();
        cdb = new byte[view.remaining()];
        view.get(cdb);
        ByteBuffer list = command.dataOutView();
        boolean hasKeys = command.operationCode() == PersistentReserve.OUT && list.remaining() >= KEYS_BYTES;
        key = hasKeys ? list.getLong(0) : 0;
        serviceKey = hasKeys ? list.getLong(8) : 0;
        this.result = result == null ? null : result.withoutData();
        this.failure = failure == null ? "" : String.valueOf(failure.getMessage());
        this.latencyNanos = latencyNanos;
        this.path = path;
    }

    /** {@code PERSISTENT RESERVE OUT, PREEMPT (04h), key 1, service action key 2, Write Exclusive (1)}. */
    public String command() {
        return switch (at(0)) {
            case 0x00 -> "TEST UNIT READY";
            case 0x12 -> (at(1) & 1) == 0 ? "INQUIRY" : "INQUIRY, page %02Xh".formatted(at(2));
            case 0x28 -> "READ(10)" + blocks(7, 2);
            case 0x2A -> "WRITE(10)" + blocks(7, 2);
            case 0x35 -> "SYNCHRONIZE CACHE(10)";
            case 0x88 -> "READ(16)" + blocks(10, 4);
            case 0x89 -> "COMPARE AND WRITE" + blocks(13, 1);
            case 0x8A -> "WRITE(16)" + blocks(10, 4);
            case SERVICE_ACTION_IN_16 ->
                (at(1) & 0x1F) == READ_CAPACITY_16
                        ? "READ CAPACITY(16)"
                        : "SERVICE ACTION IN(16), %02Xh".formatted(at(1) & 0x1F);
            case 0xA0 -> "REPORT LUNS";
            case PersistentReserve.IN -> "PERSISTENT RESERVE IN, " + question();
            case PersistentReserve.OUT -> "PERSISTENT RESERVE OUT, " + action();
            default -> "operation code %02Xh".formatted(at(0));
        };
    }

    /** {@code GOOD}, or why there is no status. */
    public String status() {
        return result == null ? "no answer: " + failure : SenseWords.status(result.status());
    }

    /** Sense key and additional sense code in words and numbers, or empty. */
    public String sense() {
        return result == null ? "" : SenseWords.sense(result);
    }

    public long latencyNanos() {
        return latencyNanos;
    }

    /** Initiator port and portal. */
    public String path() {
        return path;
    }

    @Override
    public String toString() {
        return "%s: %s%s, %d us, %s"
                .formatted(command(), status(), sense().isEmpty() ? "" : ", " + sense(), latencyNanos / 1_000, path);
    }

    private String question() {
        int action = at(1) & 0x1F;
        PersistentReserve.Question[] all = PersistentReserve.Question.values();
        return action < all.length ? words(all[action].name(), action) : "service action %02Xh".formatted(action);
    }

    private String action() {
        int action = at(1) & 0x1F;
        PersistentReserve.Action[] all = PersistentReserve.Action.values();
        if (action >= all.length) {
            return "service action %02Xh".formatted(action);
        }
        String keys = ", key %x, service action key %x".formatted(key, serviceKey);
        int type = at(2) & 0xF;
        boolean hasType = !all[action].registers() && all[action] != PersistentReserve.Action.CLEAR;
        String typeWords = type < TYPES.length ? TYPES[type] : "";
        return words(all[action].name(), action) + keys + (hasType ? ", type %d (%s)".formatted(type, typeWords) : "");
    }

    private static String words(String constant, int action) {
        return "%s (%02Xh)".formatted(constant.replace('_', ' '), action);
    }

    private String blocks(int count, int countBytes) {
        ByteBuffer bytes = ByteBuffer.wrap(cdb);
        long first = cdb.length == 10 ? bytes.getInt(2) & 0xFFFF_FFFFL : bytes.getLong(2);
        int many = countBytes == 1 ? at(count) : countBytes == 2 ? bytes.getShort(count) & 0xFFFF : bytes.getInt(count);
        return ", LBA %d, %d block%s".formatted(first, many, many == 1 ? "" : "s");
    }

    private int at(int index) {
        return cdb[index] & 0xFF;
    }
}
