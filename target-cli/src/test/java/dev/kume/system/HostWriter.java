package dev.kume.system;

import dev.kume.protocol.initiator.BlockClient;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A program on a host that writes stamped blocks to a region of its own, several at a time, until it is told to end. It
 * knows of no network: any error is a complaint.
 */
final class HostWriter {
    static final int BLOCK_BYTES = 4096;
    private static final int SECTOR_BYTES = 512;
    private static final int SECTORS = BLOCK_BYTES / SECTOR_BYTES;

    private final BlockClient disk;
    private final long firstBlock;
    private final Random random;
    private final long[] acknowledged;
    private final boolean[] open;
    private final ConcurrentLinkedQueue<String> complaints = new ConcurrentLinkedQueue<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private long generation;
    private int underWay;
    private boolean ending;
    private long writes;
    private long lastAnswerNanos;
    private long longestSilenceNanos;

    /** @param index regions of this many blocks begin at the disk's begin and do not overlap */
    HostWriter(BlockClient disk, int index, int blocks) {
        this.disk = disk;
        firstBlock = (long) index * blocks;
        random = new Random(index);
        acknowledged = new long[blocks];
        open = new boolean[blocks];
    }

    synchronized HostWriter start(int depth) {
        lastAnswerNanos = System.nanoTime();
        for (int i = 0; i < depth; i++) {
            write();
        }
        return this;
    }

    private void write() {
        int place = random.nextInt(acknowledged.length);
        while (open[place]) {
            place = (place + 1) % acknowledged.length;
        }
        open[place] = true;
        underWay++;
        int chosen = place;
        long stamp = ++generation;
        var _ = disk.write((firstBlock + place) * SECTORS, stamped(place, stamp), SECTOR_BYTES, false)
                .whenComplete((done, failure) -> answered(chosen, stamp, failure));
    }

    private synchronized void answered(int place, long stamp, Throwable failure) {
        long now = System.nanoTime();
        longestSilenceNanos = Math.max(longestSilenceNanos, now - lastAnswerNanos);
        lastAnswerNanos = now;
        underWay--;
        open[place] = false;
        if (failure == null) {
            acknowledged[place] = stamp;
            writes++;
        } else {
            complaints.add("block %d: %s".formatted(firstBlock + place, failure.getMessage()));
            ending = true;
        }
        if (!ending) {
            write();
        } else if (underWay == 0) {
            ended.complete(null);
        }
    }

    /** Completes when all that was begun is answered. */
    synchronized CompletableFuture<Void> end() {
        ending = true;
        if (underWay == 0) {
            ended.complete(null);
        }
        return ended;
    }

    List<String> complaints() {
        return List.copyOf(complaints);
    }

    synchronized long writes() {
        return writes;
    }

    /** The longest time without any answer, since the last call. */
    synchronized double takeLongestSilenceSeconds() {
        double seconds = longestSilenceNanos / 1e9;
        longestSilenceNanos = 0;
        return seconds;
    }

    /** What is not as it was acknowledged; {@code content} is the disk from its first byte. */
    synchronized List<String> lost(ByteBuffer content) {
        List<String> lost = new ArrayList<>();
        for (int place = 0; place < acknowledged.length; place++) {
            if (acknowledged[place] == 0) {
                continue;
            }
            ByteBuffer expected = stamped(place, acknowledged[place]);
            ByteBuffer found = content.slice((int) (firstBlock + place) * BLOCK_BYTES, BLOCK_BYTES);
            if (!found.equals(expected)) {
                lost.add("block %d: generation %d was acknowledged, %d found"
                        .formatted(firstBlock + place, acknowledged[place], found.getLong(8)));
            }
        }
        return lost;
    }

    private ByteBuffer stamped(int place, long stamp) {
        ByteBuffer bytes = ByteBuffer.allocate(BLOCK_BYTES);
        while (bytes.hasRemaining()) {
            bytes.putLong(firstBlock + place).putLong(stamp);
        }
        return bytes.flip();
    }
}
