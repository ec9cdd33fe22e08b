package dev.kume.cli.daemon;

import dev.kume.cli.api.ErrorCode;
import dev.kume.core.inventory.Clusters;
import dev.kume.core.inventory.Inventory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.UnaryOperator;

/**
 * The one thread on which changes happen, in order: validate, make durable, publish. What it holds as
 * {@link #current()} is always durable.
 */
final class Changes {
    private final ExecutorService thread;
    private final InventoryFile file;
    private final Path stateDirectory;
    private final Exports exports;
    private volatile Inventory current;

    /** @param thread one thread */
    Changes(ExecutorService thread, InventoryFile file, Path stateDirectory, Exports exports, Inventory loaded) {
        this.thread = thread;
        this.file = file;
        this.stateDirectory = stateDirectory;
        this.exports = exports;
        this.current = loaded;
    }

    /** The inventory as it is; any thread. */
    Inventory current() {
        return current;
    }

    /** Runs something in turn and waits for it; any thread but this one. What it throws is thrown here. */
    <T> T inTurn(Callable<T> task) {
        Future<T> result;
        try {
            result = thread.submit(task);
        } catch (RejectedExecutionException e) {
            throw new ApiException(ErrorCode.STOPPING, "the daemon is stopping", "start it again and repeat");
        }
        try {
            return result.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw new ApiException(Errors.of(Objects.requireNonNullElse(e.getCause(), e)));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted");
        }
    }

    /** Applies a rule: durable, then published. In turn only. An inventory that is the same is neither. */
    @SuppressWarnings("ReferenceEquality") // Rules return the inventory they were given when nothing changes.
    Inventory apply(UnaryOperator<Inventory> rule) {
        Inventory next = save(rule);
        exports.publish(next);
        return next;
    }

    /** As {@link #apply}, for a change that the running server does not see yet. */
    @SuppressWarnings("ReferenceEquality")
    Inventory save(UnaryOperator<Inventory> rule) {
        Inventory now = current;
        Inventory next = rule.apply(now);
        if (next != now) {
            Clusters.check(next);
            exports.check(now, next);
            try {
                file.save(now, next);
            } catch (IOException e) {
                ApiException refusal = Errors.ofSaving(stateDirectory, e);
                // What could not be taken back: a later start may find the change after all.
                for (Throwable left : e.getSuppressed()) {
                    refusal.addSuppressed(left);
                }
                throw refusal;
            }
            current = next;
        }
        return next;
    }
}
