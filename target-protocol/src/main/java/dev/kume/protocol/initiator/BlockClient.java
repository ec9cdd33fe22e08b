package dev.kume.protocol.initiator;

import dev.kume.core.scsi.ScsiStatus;
import dev.kume.protocol.pdu.Lun;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * A disk as a host's disk driver uses it: commands that succeed or fail, with the retries that hosts do. Unit
 * attentions, aborted commands and resets are retried at once, a busy unit after a while; a reservation conflict never
 * is. What fails, fails with an {@link InitiatorException}. Thread safe; futures complete on the loop.
 */
public final class BlockClient {
    private static final int RETRIES = 10;
    private static final Duration BUSY_DELAY = Duration.ofMillis(500);
    private static final int NOT_READY = 0x2;
    private static final int UNIT_ATTENTION = 0x6;
    private static final int ABORTED_COMMAND = 0xB;
    private static final int BECOMING_READY = 0x0401;
    private static final int TRANSPORT_CRC_ERROR = 0x4700;
    private static final int REPORT_LUNS_BYTES = 16_392;

    private final ScsiDevice device;
    private final InitiatorLoop loop;

    /** What a disk says of its size. */
    public record Capacity(long blocks, int blockBytes) {
        public long bytes() {
            return blocks * blockBytes;
        }
    }

    /** @param loop for the timers of retries */
    public BlockClient(ScsiDevice device, InitiatorLoop loop) {
        this.device = device;
        this.loop = loop;
    }

    // ---- commands ---------------------------------------------------------------------------------------------------

    public CompletableFuture<Void> testUnitReady() {
        return execute("TEST UNIT READY", ScsiCommand.read(0, new byte[6], 0)).thenAccept(result -> {});
    }

    /** Standard INQUIRY data. */
    public CompletableFuture<ByteBuffer> inquiry() {
        return execute("INQUIRY", ScsiCommand.read(0, new byte[] {0x12, 0, 0, 0, (byte) 0xFF, 0}, 0xFF))
                .thenApply(ScsiResult::dataIn);
    }

    /** A page of vital product data. */
    public CompletableFuture<ByteBuffer> vitalProductData(int page) {
        byte[] cdb = {0x12, 0x01, (byte) page, 0x02, 0x00, 0};
        return execute("INQUIRY", ScsiCommand.read(0, cdb, 0x200)).thenApply(ScsiResult::dataIn);
    }

    /** The serial number, from page 80h. */
    public CompletableFuture<String> serialNumber() {
        return vitalProductData(0x80).thenApply(page -> {
            byte[] serial = new byte[Math.min(page.getShort(2) & 0xFFFF, page.remaining() - 4)];
            page.get(4, serial);
            return new String(serial, StandardCharsets.US_ASCII).strip();
        });
    }

    public CompletableFuture<Capacity> readCapacity() {
        byte[] cdb = new byte[16];
        cdb[0] = (byte) 0x9E;
        cdb[1] = 0x10;
        cdb[13] = 32;
        return execute("READ CAPACITY(16)", ScsiCommand.read(0, cdb, 32)).thenApply(result -> {
            ByteBuffer data = result.dataIn();
            return new Capacity(data.getLong(0) + 1, data.getInt(8));
        });
    }

    /** The numbers of the units that this session sees; only those of a single level are counted. */
    public CompletableFuture<List<Integer>> reportLuns() {
        byte[] cdb = new byte[12];
        ByteBuffer.wrap(cdb).put((byte) 0xA0).putInt(6, REPORT_LUNS_BYTES);
        return execute("REPORT LUNS", ScsiCommand.read(0, cdb, REPORT_LUNS_BYTES))
                .thenApply(result -> {
                    ByteBuffer data = result.dataIn();
                    List<Integer> luns = new ArrayList<>();
                    int bytes = Math.min(data.getInt(0), data.remaining() - 8);
                    for (int at = 8; at + 8 <= 8 + bytes; at += 8) {
                        int number = Lun.number(data.getLong(at));
                        if (number != Lun.NO_SUCH_LUN) {
                            luns.add(number);
                        }
                    }
                    return List.copyOf(luns);
                });
    }

    /** Reads so many blocks of this size. */
    public CompletableFuture<ByteBuffer> read(long lba, int blocks, int blockBytes) {
        return execute("READ", ScsiCommand.read(0, cdb(0x28, 0x88, false, lba, blocks), blocks * blockBytes))
                .thenApply(result -> {
                    if (result.residual() != 0) {
                        throw InitiatorException.failed("READ", result);
                    }
                    return result.dataIn();
                });
    }

    /**
     * Writes whole blocks of this size.
     *
     * @param data not to be changed before the end
     * @param forceUnitAccess done means durable
     */
    public CompletableFuture<Void> write(long lba, ByteBuffer data, int blockBytes, boolean forceUnitAccess) {
        int blocks = data.remaining() / blockBytes;
        return execute("WRITE", ScsiCommand.write(0, cdb(0x2A, 0x8A, forceUnitAccess, lba, blocks), data))
                .thenAccept(result -> {
                    if (result.residual() != 0) {
                        throw InitiatorException.failed("WRITE", result);
                    }
                });
    }

    public CompletableFuture<Void> synchronizeCache() {
        byte[] cdb = new byte[10];
        cdb[0] = 0x35;
        return execute("SYNCHRONIZE CACHE", ScsiCommand.read(0, cdb, 0)).thenAccept(result -> {});
    }

    /** The form of 10 bytes where it is enough, as disk drivers do. */
    private static byte[] cdb(int ten, int sixteen, boolean forceUnitAccess, long lba, int blocks) {
        byte fua = (byte) (forceUnitAccess ? 0x08 : 0);
        if (lba + blocks <= 0xFFFF_FFFFL && blocks <= 0xFFFF) {
            byte[] cdb = new byte[10];
            ByteBuffer.wrap(cdb)
                    .put((byte) ten)
                    .put(fua)
                    .putInt((int) lba)
                    .put((byte) 0)
                    .putShort((short) blocks);
            return cdb;
        }
        byte[] cdb = new byte[16];
        ByteBuffer.wrap(cdb).put((byte) sixteen).put(fua).putLong(lba).putInt(blocks);
        return cdb;
    }

    // ---- retries ----------------------------------------------------------------------------------------------------

    /**
     * Carries out any command with the retries of a host.
     *
     * @param name what it is called when it fails
     */
    public CompletableFuture<ScsiResult> execute(String name, ScsiCommand command) {
        CompletableFuture<ScsiResult> answer = new CompletableFuture<>();
        attempt(name, command, answer, 0);
        return answer;
    }

    private void attempt(String name, ScsiCommand command, CompletableFuture<ScsiResult> answer, int retries) {
        var _ = device.execute(command).whenComplete((result, failure) -> {
            Duration delay = retries == RETRIES ? null : delayBeforeRetry(result, failure);
            if (delay != null && delay.isZero()) {
                attempt(name, command, answer, retries + 1);
            } else if (delay != null) {
                loop.schedule(() -> attempt(name, command, answer, retries + 1), delay.toNanos());
            } else if (failure != null) {
                answer.completeExceptionally(cause(failure));
            } else if (result.isGood()) {
                answer.complete(result);
            } else {
                answer.completeExceptionally(InitiatorException.failed(name, result));
            }
        });
    }

    /** How long to wait before the next try, or null when there is none. */
    private static @Nullable Duration delayBeforeRetry(@Nullable ScsiResult result, @Nullable Throwable failure) {
        if (result == null) {
            boolean reset = failure != null
                    && cause(failure) instanceof InitiatorException why
                    && why.reason() == InitiatorException.Reason.TASK_ENDED;
            return reset ? Duration.ZERO : null;
        }
        return switch (result.status()) {
            case ScsiStatus.BUSY, ScsiStatus.TASK_SET_FULL -> BUSY_DELAY;
            case ScsiStatus.TASK_ABORTED -> Duration.ZERO;
            case ScsiStatus.CHECK_CONDITION ->
                switch (result.senseKey()) {
                    case UNIT_ATTENTION, ABORTED_COMMAND -> Duration.ZERO;
                    case NOT_READY -> result.additionalSense() == BECOMING_READY ? BUSY_DELAY : null;
                    default -> (result.additionalSense() & 0xFF00) == TRANSPORT_CRC_ERROR ? Duration.ZERO : null;
                };
            default -> null;
        };
    }

    static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException wrapped && wrapped.getCause() != null
                ? wrapped.getCause()
                : failure;
    }
}
