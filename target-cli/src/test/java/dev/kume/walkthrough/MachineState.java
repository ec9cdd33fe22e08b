package dev.kume.walkthrough;

import dev.kume.protocol.initiator.BlockClient;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The memory of a virtual machine, as it is saved to a disk and restored from it: commands of 256 KiB, which is how
 * Windows cuts large transfers, and several of them under way. For one thread; the disk answers on its loop.
 */
final class MachineState {
    /** Where the saved state lies on the disk. */
    static final long BEGIN_BYTES = 1L << 30;

    static final int COMMAND_BYTES = 256 << 10;

    private final BlockClient disk;
    private final int blockBytes;
    private final int commands;

    /** @param commands how many are under way at once */
    MachineState(BlockClient disk, int blockBytes, int commands) {
        this.disk = disk;
        this.blockBytes = blockBytes;
        this.commands = commands;
    }

    /** Writes the state; returns when the last command has been acknowledged. */
    void save(long bytes, long seed) throws InterruptedException {
        BlockingQueue<byte[]> free = new LinkedBlockingQueue<>();
        for (int i = 0; i < commands; i++) {
            free.add(new byte[COMMAND_BYTES]);
        }
        AtomicReference<@Nullable Throwable> wrong = new AtomicReference<>();
        for (long at = 0; at < bytes; at += COMMAND_BYTES) {
            byte[] data = free.take();
            stopIf(wrong);
            Pattern.fill(data, seed, at);
            var _ = disk.write(lba(at), ByteBuffer.wrap(data), blockBytes, false)
                    .whenComplete((done, failure) -> {
                        if (failure != null) {
                            wrong.compareAndSet(null, failure);
                        }
                        free.add(data);
                    });
        }
        for (int i = 0; i < commands; i++) {
            free.take();
        }
        stopIf(wrong);
    }

    private static void stopIf(AtomicReference<@Nullable Throwable> wrong) {
        Throwable failure = wrong.get();
        if (failure != null) {
            throw new IllegalStateException("the state was not saved: " + failure, failure);
        }
    }

    /** Reads the state and compares each word of it; fails with the first that is not what was saved. */
    void restore(long bytes, long seed) {
        Deque<CompletableFuture<ByteBuffer>> underWay = new ArrayDeque<>();
        long asked = 0;
        for (long at = 0; at < bytes; at += COMMAND_BYTES) {
            while (asked < bytes && underWay.size() < commands) {
                underWay.add(disk.read(lba(asked), COMMAND_BYTES / blockBytes, blockBytes));
                asked += COMMAND_BYTES;
            }
            long different = Pattern.firstDifference(underWay.remove().join(), seed, at);
            if (different >= 0) {
                throw new IllegalStateException("byte %d of the state is not what was saved".formatted(different));
            }
        }
    }

    private long lba(long offsetBytes) {
        return (BEGIN_BYTES + offsetBytes) / blockBytes;
    }
}
