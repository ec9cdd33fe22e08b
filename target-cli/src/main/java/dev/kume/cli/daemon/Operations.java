package dev.kume.cli.daemon;

import dev.kume.cli.api.ApiError;
import dev.kume.cli.api.ErrorCode;
import dev.kume.cli.api.OperationResult;
import dev.kume.cli.api.OperationView;
import dev.kume.core.Clock;
import dev.kume.core.disk.DiskFormat;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Long work: what runs, how far it has come, and what the last hundred came to. Thread safe. */
final class Operations {
    /** Operations that run or wait to run. */
    private static final int RUNNING_MAX = 64;

    private static final int ENDED_KEPT = 100;

    /** In so many steps, at most, those who follow an operation hear of its progress. */
    private static final int PROGRESS_STEPS = 500;

    private final Clock clock;
    private final Executor threads;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final TreeMap<Long, Operation> byId = new TreeMap<>();
    private long lastId;
    private boolean closed;
    private volatile Consumer<OperationView> ended = operation -> {};

    Operations(Clock clock, Executor threads) {
        this.clock = clock;
        this.threads = threads;
    }

    /** The work itself; tells its progress, which throws when it was cancelled. */
    interface Work {
        void run(DiskFormat.Progress progress) throws IOException;
    }

    /** Work that has something to tell at its end. */
    interface TellingWork {
        OperationResult run(DiskFormat.Progress progress) throws IOException;
    }

    /** Sets who hears of work that has ended; set once, before there is any. */
    void onEnd(Consumer<OperationView> listener) {
        ended = listener;
    }

    /**
     * Starts work on one of the threads. Work that was cancelled before it began is still run, to clean up after
     * itself.
     */
    OperationView start(String kind, String subject, Work work) {
        return begin(kind, subject, progress -> {
            work.run(progress);
            return null;
        });
    }

    /** The same, and what the work tells is in the operation's view when it is done. */
    OperationView startTelling(String kind, String subject, TellingWork work) {
        return begin(kind, subject, work::run);
    }

    private interface AnyWork {
        @Nullable
        OperationResult run(DiskFormat.Progress progress) throws IOException;
    }

    private OperationView begin(String kind, String subject, AnyWork work) {
        Operation operation;
        lock.lock();
        try {
            if (closed) {
                throw new ApiException(ErrorCode.STOPPING, "the daemon is stopping", "start it again and repeat");
            }
            if (running() >= RUNNING_MAX) {
                throw new ApiException(
                        ErrorCode.BUSY,
                        "%d operations run already".formatted(RUNNING_MAX),
                        "wait for one, or cancel one");
            }
            operation = new Operation(++lastId, kind, subject, clock.now());
            byId.put(operation.id, operation);
            forgetOldest();
        } finally {
            lock.unlock();
        }
        threads.execute(() -> perform(operation, work));
        return view(operation);
    }

    /** Newest first. */
    List<OperationView> list() {
        lock.lock();
        try {
            return byId.descendingMap().values().stream().map(Operation::view).toList();
        } finally {
            lock.unlock();
        }
    }

    /** How many have not ended. */
    int running() {
        lock.lock();
        try {
            return (int) byId.values().stream()
                    .filter(operation -> operation.state.equals(OperationView.RUNNING))
                    .count();
        } finally {
            lock.unlock();
        }
    }

    /** One operation as it is now. */
    OperationView get(long id) {
        return view(find(id));
    }

    /** One operation as soon as its revision is above {@code afterRevision}, or it has ended, or the time is over. */
    OperationView await(long id, long afterRevision, int waitSeconds) throws InterruptedException {
        Operation operation = find(id);
        lock.lock();
        try {
            long leftNanos = TimeUnit.SECONDS.toNanos(waitSeconds);
            while (operation.revision <= afterRevision && !operation.ended() && leftNanos > 0) {
                leftNanos = changed.awaitNanos(leftNanos);
            }
            return operation.view();
        } finally {
            lock.unlock();
        }
    }

    /** Asks an operation to stop; its next report of progress ends it. */
    OperationView cancel(long id) {
        Operation operation = find(id);
        operation.cancelled = true;
        return view(operation);
    }

    /** Asks every operation to stop, and takes no new one. */
    void close() {
        lock.lock();
        try {
            closed = true;
            byId.values().forEach(operation -> operation.cancelled = true);
        } finally {
            lock.unlock();
        }
    }

    private void perform(Operation operation, AnyWork work) {
        try {
            OperationResult result = work.run((doneBytes, totalBytes) -> report(operation, doneBytes, totalBytes));
            end(operation, OperationView.DONE, null, result);
        } catch (InterruptedIOException | CancellationException e) {
            end(
                    operation,
                    OperationView.CANCELLED,
                    ApiError.of(
                            ErrorCode.CANCELLED,
                            "%s '%s' was cancelled; nothing is left behind"
                                    .formatted(operation.kind, operation.subject),
                            null),
                    null);
        } catch (IOException | RuntimeException e) {
            ApiError error = Errors.of(e);
            boolean cancelled = error.code() == ErrorCode.CANCELLED;
            end(operation, cancelled ? OperationView.CANCELLED : OperationView.FAILED, error, null);
        }
    }

    private void report(Operation operation, long doneBytes, long totalBytes) throws InterruptedIOException {
        if (operation.cancelled) {
            throw new InterruptedIOException("cancelled");
        }
        lock.lock();
        try {
            if (operation.isOfNoInterest(doneBytes, totalBytes)) {
                return;
            }
            operation.doneBytes = doneBytes;
            operation.totalBytes = totalBytes;
            operation.revision++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void end(Operation operation, String state, @Nullable ApiError error, @Nullable OperationResult result) {
        lock.lock();
        try {
            operation.state = state;
            operation.error = error;
            operation.result = result;
            operation.finished = clock.now();
            operation.revision++;
            forgetOldest();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        ended.accept(view(operation));
    }

    private void forgetOldest() {
        List<Long> ended = byId.values().stream()
                .filter(Operation::ended)
                .map(operation -> operation.id)
                .toList();
        ended.subList(0, Math.max(0, ended.size() - ENDED_KEPT)).forEach(byId::remove);
    }

    private Operation find(long id) {
        lock.lock();
        try {
            Operation operation = byId.get(id);
            if (operation == null) {
                throw new ApiException(
                        ErrorCode.NOT_FOUND, "there is no operation %d".formatted(id), "it may have ended long ago");
            }
            return operation;
        } finally {
            lock.unlock();
        }
    }

    private OperationView view(Operation operation) {
        lock.lock();
        try {
            return operation.view();
        } finally {
            lock.unlock();
        }
    }

    /** One operation; all but the cancellation is guarded by the lock. */
    private static final class Operation {
        private final long id;
        private final String kind;
        private final String subject;
        private final Instant started;
        private volatile boolean cancelled;
        private String state = OperationView.RUNNING;
        private long revision = 1;
        private long doneBytes;
        private long totalBytes;
        private @Nullable Instant finished;
        private @Nullable ApiError error;
        private @Nullable OperationResult result;

        Operation(long id, String kind, String subject, Instant started) {
            this.id = id;
            this.kind = kind;
            this.subject = subject;
            this.started = started;
        }

        boolean ended() {
            return finished != null;
        }

        /** True when a look at it would not show that anything has changed: nobody is woken for less. */
        boolean isOfNoInterest(long done, long total) {
            return total == totalBytes
                    && done >= doneBytes
                    && done < total
                    && done - doneBytes < total / PROGRESS_STEPS;
        }

        OperationView view() {
            return new OperationView(
                    id, kind, subject, state, revision, doneBytes, totalBytes, started, finished, error, result);
        }
    }
}
