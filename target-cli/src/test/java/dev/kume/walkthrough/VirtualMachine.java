package dev.kume.walkthrough;

import dev.kume.protocol.cluster.NodeDisk;
import dev.kume.protocol.initiator.InitiatorLoop;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A virtual machine that runs on a node: it counts, and writes each number to its disk before the next. Where it starts
 * again it goes on from what it finds there. Everything happens on the node's loop.
 */
final class VirtualMachine {
    private static final long COUNTER_LBA = 8_192;
    private static final Duration PAUSE = Duration.ofMillis(5);

    private final NodeDisk disk;
    private final InitiatorLoop loop;
    private final LongConsumer onWritten;
    private final Consumer<Throwable> onFailed;
    private long written;
    private @Nullable CompletableFuture<Long> stopping;

    /**
     * @param onWritten hears of each number whose write has been acknowledged
     * @param onFailed  hears of the write that was refused, which is the last
     */
    VirtualMachine(NodeDisk disk, InitiatorLoop loop, LongConsumer onWritten, Consumer<Throwable> onFailed) {
        this.disk = disk;
        this.loop = loop;
        this.onWritten = onWritten;
        this.onFailed = onFailed;
    }

    /** Starts, or goes on; completes with the number that was found, after the first write. */
    CompletableFuture<Long> start() {
        return counter().thenCompose(found -> {
            written = found;
            return write().thenApply(first -> {
                next();
                return found;
            });
        });
    }

    private CompletableFuture<Long> counter() {
        return disk.client().read(COUNTER_LBA, 1, blockBytes()).thenApply(block -> block.getLong(0));
    }

    /** Completes with the last number, when it is written. */
    CompletableFuture<Long> stop() {
        CompletableFuture<Long> stopped = new CompletableFuture<>();
        loop.run(() -> stopping = stopped);
        return stopped;
    }

    private int blockBytes() {
        return disk.seen().capacity().blockBytes();
    }

    private CompletableFuture<Void> write() {
        ByteBuffer block = ByteBuffer.allocate(blockBytes()).putLong(0, written + 1);
        return disk.client().write(COUNTER_LBA, block, blockBytes(), false).thenAccept(done -> {
            written++;
            onWritten.accept(written);
        });
    }

    private void next() {
        loop.schedule(
                () -> {
                    if (stopping != null) {
                        stopping.complete(written);
                        return;
                    }
                    var _ = write().whenComplete((done, failure) -> {
                        if (failure == null) {
                            next();
                        } else {
                            onFailed.accept(failure);
                        }
                    });
                },
                PAUSE.toNanos());
    }
}
