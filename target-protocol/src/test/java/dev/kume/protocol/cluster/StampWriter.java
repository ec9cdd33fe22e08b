package dev.kume.protocol.cluster;

import dev.kume.core.scsi.ScsiStatus;
import dev.kume.protocol.initiator.InitiatorException;
import dev.kume.protocol.initiator.InitiatorLoop;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * A node that writes all the time: rising stamps, into slots of its own, several at once. A conflict ends a slot. What
 * is read must be as new as the last write that was acknowledged before. Methods may be called by any thread.
 */
final class StampWriter {
    private static final long FIRST_LBA = 8_192;

    private final NodeDisk disk;
    private final InitiatorLoop loop;
    private final int writer;
    private final int slots;
    private final int slotBlocks;
    private final long[] acknowledged;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private int open;
    private long stamp;
    private volatile boolean stopping;
    private volatile long written;
    private volatile long conflicts;
    private volatile String failure = "";

    /**
     * @param writer tells writers to one disk apart
     * @param slots  how many writes are under way at once
     */
    StampWriter(NodeDisk disk, InitiatorLoop loop, int writer, int slots, int slotBlocks) {
        this.disk = disk;
        this.loop = loop;
        this.writer = writer;
        this.slots = slots;
        this.slotBlocks = slotBlocks;
        acknowledged = new long[slots];
    }

    StampWriter start() {
        loop.run(() -> {
            open = slots;
            for (int slot = 0; slot < slots; slot++) {
                write(slot);
            }
        });
        return this;
    }

    /** No more writes; completes when those under way have ended. */
    CompletableFuture<Void> stop() {
        stopping = true;
        return ended.copy();
    }

    /** Completes when every slot has ended, by a stop or by a conflict. */
    CompletableFuture<Void> ended() {
        return ended.copy();
    }

    long written() {
        return written;
    }

    long conflicts() {
        return conflicts;
    }

    /** What else went wrong, or empty. */
    String failure() {
        return failure;
    }

    private void write(int slot) {
        if (stopping) {
            end();
            return;
        }
        long now = ++stamp;
        var _ = disk.client()
                .write(lba(slot), content(slot, now), NodeDisk.SECTOR_BYTES, false)
                .whenComplete((done, why) -> {
                    if (why == null) {
                        acknowledged[slot] = now;
                        written = written + 1;
                        write(slot);
                    } else {
                        Throwable cause = why instanceof CompletionException ? why.getCause() : why;
                        if (cause instanceof InitiatorException known
                                && known.result() != null
                                && known.result().status() == ScsiStatus.RESERVATION_CONFLICT) {
                            conflicts = conflicts + 1;
                        } else {
                            failure = String.valueOf(cause);
                        }
                        end();
                    }
                });
    }

    private void end() {
        if (--open == 0) {
            ended.complete(null);
        }
    }

    private long lba(int slot) {
        return FIRST_LBA + ((long) writer * slots + slot) * slotBlocks;
    }

    private ByteBuffer content(int slot, long stampOfWrite) {
        ByteBuffer data = ByteBuffer.allocate(slotBlocks * NodeDisk.SECTOR_BYTES);
        while (data.hasRemaining()) {
            data.putLong((long) writer << 32 | slot).putLong(stampOfWrite);
        }
        return data.flip();
    }

    /** What stands in its slots now, read through any node. */
    List<ByteBuffer> read(NodeDisk through) {
        List<ByteBuffer> all = new ArrayList<>();
        for (int slot = 0; slot < slots; slot++) {
            all.add(ClusterRig.get(through.client().read(lba(slot), slotBlocks, NodeDisk.SECTOR_BYTES)));
        }
        return all;
    }

    /** Fails when a slot has something else than the last write that was acknowledged, after the end. */
    void verify(NodeDisk through) {
        List<ByteBuffer> all = read(through);
        for (int slot = 0; slot < slots; slot++) {
            if (acknowledged[slot] > 0 && !all.get(slot).equals(content(slot, acknowledged[slot]))) {
                throw new AssertionError("slot %d of writer %d has stamp %d, %d was acknowledged"
                        .formatted(slot, writer, all.get(slot).getLong(8), acknowledged[slot]));
            }
        }
    }
}
