package dev.kume.protocol.cluster;

import dev.kume.core.Clock;
import dev.kume.core.scsi.ScsiStatus;
import dev.kume.protocol.cluster.PersistentReserve.Action;
import dev.kume.protocol.cluster.PersistentReserve.Held;
import dev.kume.protocol.cluster.PersistentReserve.Keys;
import dev.kume.protocol.cluster.PersistentReserve.Question;
import dev.kume.protocol.cluster.PersistentReserve.Registered;
import dev.kume.protocol.cluster.PersistentReserve.Request;
import dev.kume.protocol.initiator.BlockClient;
import dev.kume.protocol.initiator.InitiatorException;
import dev.kume.protocol.initiator.InitiatorLoop;
import dev.kume.protocol.initiator.ScsiCommand;
import dev.kume.protocol.initiator.ScsiResult;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One disk of one node, with the primitives that cluster validation asks nodes for. Below it are the retries of a disk
 * driver and the paths of the DSM. Methods may be called by any thread.
 */
public final class NodeDisk {
    /** Two sectors between the partition table and the first partition: those that validation writes to. */
    public static final int SCRATCH_X = 40;

    public static final int SCRATCH_Y = 41;

    /** Where files lie, for those who have no file system. */
    public static final long FILE_LBA = 4_096;

    public static final int SECTOR_BYTES = 512;
    private static final int FILE_SECTORS = 128;

    private final String node;
    private final String disk;
    private final SeenDisk seen;
    private final MpioDisk paths;
    private final int pathCount;
    private final BlockClient client;
    private final Arbiter arbiter;
    private final Clock clock;
    private final RunLog log;
    private volatile boolean online;

    /** How a raw read or write came out. */
    public record Access(ScsiResult result, ByteBuffer data, long latencyNanos) {
        public boolean isConflict() {
            return result.status() == ScsiStatus.RESERVATION_CONFLICT;
        }
    }

    /** Whether there is a reservation, and whose. */
    public enum Presence {
        NONE,
        OTHERS,
        OURS
    }

    /** What makes up a disk of a node. */
    public record Parts(String node, InitiatorLoop loop, Clock clock, RunLog log, ArbitrationTimes times) {}

    public NodeDisk(Parts parts, String disk, SeenDisk seen, MpioDisk paths, int pathCount) {
        node = parts.node();
        this.disk = disk;
        this.seen = seen;
        this.paths = paths;
        this.pathCount = pathCount;
        client = new BlockClient(paths, parts.loop());
        arbiter = new Arbiter(parts.node(), disk, paths, parts.loop(), parts.times(), parts.log());
        clock = parts.clock();
        log = parts.log();
    }

    public String node() {
        return node;
    }

    public SeenDisk seen() {
        return seen;
    }

    /** All paths that there were when the node looked. */
    public int pathCount() {
        return pathCount;
    }

    public MpioDisk paths() {
        return paths;
    }

    public BlockClient client() {
        return client;
    }

    public Arbiter arbiter() {
        return arbiter;
    }

    // ---- reservations -----------------------------------------------------------------------------------------------

    /** PRRegister. */
    public CompletableFuture<ScsiResult> register(long key) {
        return paths.reserveOut(new Request(Action.REGISTER_AND_IGNORE_EXISTING_KEY, 0, key));
    }

    /** PRUnRegister. */
    public CompletableFuture<ScsiResult> unregister() {
        return register(0);
    }

    /** PRRegister3: another key for one that must be known. */
    public CompletableFuture<ScsiResult> changeKey(long old, long key) {
        return paths.reserveOut(new Request(Action.REGISTER, old, key));
    }

    public CompletableFuture<ScsiResult> reserve(long key) {
        return paths.reserveOut(new Request(Action.RESERVE, key, 0));
    }

    public CompletableFuture<ScsiResult> release(long key) {
        return paths.reserveOut(new Request(Action.RELEASE, key, 0));
    }

    public CompletableFuture<ScsiResult> preempt(long owner, long key) {
        return paths.reserveOut(new Request(Action.PREEMPT, key, owner));
    }

    public CompletableFuture<ScsiResult> preemptAndAbort(long owner, long key) {
        return paths.reserveOut(new Request(Action.PREEMPT_AND_ABORT, key, owner));
    }

    public CompletableFuture<ScsiResult> clear(long key) {
        return paths.reserveOut(new Request(Action.CLEAR, key, 0));
    }

    /** ClearPR: takes away whatever stands there. */
    public CompletableFuture<ScsiResult> clearReservations(long key) {
        return register(key).thenCompose(registered -> registered.isGood() ? clear(key) : done(registered));
    }

    public CompletableFuture<Held> readReservation() {
        return ask(Question.READ_RESERVATION).thenApply(Held::of);
    }

    /** IsPRPresent. */
    public CompletableFuture<Presence> isReservationPresent(long ownKey) {
        return readReservation()
                .thenApply(held ->
                        !held.isHeld() ? Presence.NONE : held.key() == ownKey ? Presence.OURS : Presence.OTHERS);
    }

    public CompletableFuture<Keys> readKeys() {
        return ask(Question.READ_KEYS).thenApply(Keys::of);
    }

    /** FindKey3: is this key registered, or any when it is 0? */
    public CompletableFuture<Boolean> findKey(long key) {
        return readKeys().thenApply(keys -> key == 0 ? !keys.keys().isEmpty() : keys.count(key) > 0);
    }

    public CompletableFuture<List<Registered>> readFullStatus() {
        return ask(Question.READ_FULL_STATUS).thenApply(Registered::of);
    }

    private CompletableFuture<ScsiResult> ask(Question question) {
        return paths.reserveIn(question).thenApply(result -> {
            if (!result.isGood()) {
                throw new StepFailure("%s from node %s: %s".formatted(question, node, result));
            }
            return result;
        });
    }

    // ---- raw sectors ------------------------------------------------------------------------------------------------

    /** RawRead: one sector of 512 bytes. */
    public CompletableFuture<Access> rawRead(long sector) {
        byte[] cdb = new byte[10];
        ByteBuffer.wrap(cdb).put((byte) 0x28).putInt(2, (int) sector).putShort(7, (short) 1);
        return access("raw read", ScsiCommand.read(0, cdb, SECTOR_BYTES));
    }

    /** RawWrite: one sector of 512 bytes. */
    public CompletableFuture<Access> rawWrite(long sector, String content) {
        byte[] cdb = new byte[10];
        ByteBuffer.wrap(cdb).put((byte) 0x2A).putInt(2, (int) sector).putShort(7, (short) 1);
        return access("raw write", ScsiCommand.write(0, cdb, sector(content)));
    }

    /** A sector that begins with these words. */
    public static ByteBuffer sector(String content) {
        ByteBuffer sector = ByteBuffer.allocate(SECTOR_BYTES);
        return sector.put(content.getBytes(StandardCharsets.UTF_8)).rewind();
    }

    /** Whatever the disk answers is a result; only the loss of all paths is a failure. */
    public CompletableFuture<Access> access(String name, ScsiCommand command) {
        long begun = clock.nanoTime();
        return client.execute(name, command).handle((result, failure) -> {
            ScsiResult answer = failure == null ? result : answerIn(failure);
            if (answer == null) {
                throw new CompletionException(failure);
            }
            long latency = clock.nanoTime() - begun;
            log.add(node, disk, "%s: %s, %d us".formatted(name, answer, latency / 1_000));
            return new Access(answer, answer.dataIn(), latency);
        });
    }

    private static @Nullable ScsiResult answerIn(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof InitiatorException why ? why.result() : null;
    }

    // ---- ownership and files ----------------------------------------------------------------------------------------

    /** PRArbitrate. */
    public CompletableFuture<Boolean> arbitrate(long key) {
        return arbiter.arbitrate(key);
    }

    /** StopDefense. */
    public CompletableFuture<ScsiResult> stopDefence() {
        return arbiter.stopDefence();
    }

    /** The first thing that a mount does is to read. */
    public CompletableFuture<Void> bringOnline() {
        return client.testUnitReady()
                .thenCompose(ignored -> client.readCapacity())
                .thenCompose(capacity -> client.read(0, 1, capacity.blockBytes()))
                .thenAccept(firstBlock -> online = true);
    }

    /** Dismounts with a flush. */
    public CompletableFuture<Void> takeOffline() {
        online = false;
        return client.synchronizeCache();
    }

    public boolean isOnline() {
        return online;
    }

    /** A file of 64 KiB that says what it is called, flushed. */
    public CompletableFuture<Void> writeFile(int number, String name) {
        return writeContent(number, fileContent(name));
    }

    public CompletableFuture<Void> deleteFile(int number) {
        return writeContent(number, new byte[FILE_SECTORS * SECTOR_BYTES]);
    }

    /** True when the file is there, as it was written by whichever node. */
    public CompletableFuture<Boolean> verifyFile(int number, String name) {
        int blockBytes = seen.capacity().blockBytes();
        int blocks = FILE_SECTORS * SECTOR_BYTES / blockBytes;
        return client.read(lbaOfFile(number), blocks, blockBytes)
                .thenApply(data -> data.equals(ByteBuffer.wrap(fileContent(name))));
    }

    private CompletableFuture<Void> writeContent(int number, byte[] content) {
        if (!online) {
            return CompletableFuture.failedFuture(new StepFailure("the disk is not online on node " + node));
        }
        return client.write(
                        lbaOfFile(number),
                        ByteBuffer.wrap(content),
                        seen.capacity().blockBytes(),
                        false)
                .thenCompose(ignored -> client.synchronizeCache());
    }

    private long lbaOfFile(int number) {
        return (FILE_LBA + (long) number * FILE_SECTORS)
                * SECTOR_BYTES
                / seen.capacity().blockBytes();
    }

    private static byte[] fileContent(String name) {
        byte[] content = new byte[FILE_SECTORS * SECTOR_BYTES];
        byte[] words = name.getBytes(StandardCharsets.UTF_8);
        CRC32C crc = new CRC32C();
        crc.update(words);
        for (int i = 0; i < content.length; i++) {
            content[i] = (byte) (words[i % words.length] ^ crc.getValue() >> (i & 15));
        }
        return content;
    }

    private static CompletableFuture<ScsiResult> done(ScsiResult result) {
        return CompletableFuture.completedFuture(result);
    }
}
