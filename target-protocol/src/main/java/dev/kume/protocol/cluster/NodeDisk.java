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
    /** Bytes of the sectors in which the scratch area is counted, whatever the size of a block. */
    public static final int SECTOR_BYTES = 512;

    /** Two sectors that nodes write by themselves, whole blocks also on a disk whose blocks have 4 KiB. */
    public static final int SCRATCH_X = 48;

    public static final int SCRATCH_Y = 56;

    /** Where files lie, for those who have no file system. */
    private static final int FILE_SECTOR = 64;

    private static final int FILE_SECTORS = 128;

    /** What is written lies from here, behind the entries of a partition table ... */
    public static final int SCRATCH_FIRST_SECTOR = SCRATCH_X;

    /** ... to here, ahead of the first partition, which nowadays begins at a megabyte. */
    public static final int SCRATCH_END_SECTOR = FILE_SECTOR + 2 * FILE_SECTORS;

    /** Every sector that is written begins with it. */
    public static final String MARK = "Kume cluster validation: ";

    private final String node;
    private final SeenDisk seen;
    private final MpioDisk paths;
    private final int pathCount;
    private final BlockClient client;
    private final Arbiter arbiter;
    private final Clock clock;
    private volatile boolean online;

    /** How a raw read or write came out. */
    public record Access(ScsiResult result, ByteBuffer data, long latencyNanos) {
        public boolean isConflict() {
            return result.status() == ScsiStatus.RESERVATION_CONFLICT;
        }
    }

    /** Whether there is a reservation, and whose. */
    public enum Presence {
        NONE("no reservation"),
        OTHERS("the reservation of another node"),
        OURS("its own reservation");

        private final String words;

        Presence(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    /** What makes up a disk of a node. */
    public record Parts(String node, InitiatorLoop loop, Clock clock, RunLog log, ArbitrationTimes times) {}

    public NodeDisk(Parts parts, String disk, SeenDisk seen, MpioDisk paths, int pathCount) {
        node = parts.node();
        this.seen = seen;
        this.paths = paths;
        this.pathCount = pathCount;
        client = new BlockClient(paths, parts.loop());
        arbiter = new Arbiter(parts.node(), disk, paths, parts.loop(), parts.times(), parts.log());
        clock = parts.clock();
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
                String what = "PERSISTENT RESERVE IN, %s from node %s".formatted(words(question), node);
                throw StepFailure.wrong(what, "GOOD", SenseWords.of(result));
            }
            return result;
        });
    }

    // ---- raw sectors ------------------------------------------------------------------------------------------------

    /** RawRead: the block at this sector. */
    public CompletableFuture<Access> rawRead(long sector) {
        return access("raw read", ScsiCommand.read(0, cdb(0x28, sector), blockBytes()));
    }

    /** RawWrite: the block at this sector. */
    public CompletableFuture<Access> rawWrite(long sector, String content) {
        return access("raw write", ScsiCommand.write(0, cdb(0x2A, sector), block(content)));
    }

    private byte[] cdb(int operationCode, long sector) {
        byte[] cdb = new byte[10];
        ByteBuffer.wrap(cdb)
                .put((byte) operationCode)
                .putInt(2, (int) lba(sector))
                .putShort(7, (short) 1);
        return cdb;
    }

    /** The block that holds a sector. */
    public long lba(long sector) {
        return sector * SECTOR_BYTES / blockBytes();
    }

    public int blockBytes() {
        return seen.capacity().blockBytes();
    }

    /** A block that begins with the mark and these words. */
    public ByteBuffer block(String content) {
        return ByteBuffer.allocate(blockBytes())
                .put((MARK + content).getBytes(StandardCharsets.UTF_8))
                .rewind();
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

    /** A file of 64 KiB, number 0 or 1, that says what it is called, flushed. */
    public CompletableFuture<Void> writeFile(int number, String name) {
        return writeContent(number, fileContent(name));
    }

    public CompletableFuture<Void> deleteFile(int number) {
        return writeContent(number, new byte[FILE_SECTORS * SECTOR_BYTES]);
    }

    /** True when the file is there, as it was written by whichever node. */
    public CompletableFuture<Boolean> verifyFile(int number, String name) {
        int blocks = FILE_SECTORS * SECTOR_BYTES / blockBytes();
        return client.read(lbaOfFile(number), blocks, blockBytes())
                .thenApply(data -> data.equals(ByteBuffer.wrap(fileContent(name))));
    }

    private CompletableFuture<Void> writeContent(int number, byte[] content) {
        if (!online) {
            return CompletableFuture.failedFuture(new StepFailure("the disk is not online on node " + node));
        }
        return client.write(lbaOfFile(number), ByteBuffer.wrap(content), blockBytes(), false)
                .thenCompose(ignored -> client.synchronizeCache());
    }

    private long lbaOfFile(int number) {
        return lba(FILE_SECTOR + (long) number * FILE_SECTORS);
    }

    private static byte[] fileContent(String name) {
        byte[] words = name.getBytes(StandardCharsets.UTF_8);
        CRC32C crc = new CRC32C();
        crc.update(words);
        byte[] mark = MARK.getBytes(StandardCharsets.UTF_8);
        byte[] content = new byte[FILE_SECTORS * SECTOR_BYTES];
        for (int i = 0; i < content.length; i++) {
            int within = i % SECTOR_BYTES;
            content[i] =
                    within < mark.length ? mark[within] : (byte) (words[i % words.length] ^ crc.getValue() >> (i & 15));
        }
        return content;
    }

    private static String words(Question question) {
        return question.name().replace('_', ' ');
    }

    private static CompletableFuture<ScsiResult> done(ScsiResult result) {
        return CompletableFuture.completedFuture(result);
    }
}
