package dev.kume.protocol.validation;

import dev.kume.core.scsi.ScsiStatus;
import dev.kume.protocol.cluster.NodeDisk;
import dev.kume.protocol.cluster.RunLog;
import dev.kume.protocol.cluster.StepFailure;
import dev.kume.protocol.initiator.ScsiResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;

/** How tests take their steps: one after the other, each with what must come of it. For one thread, which waits. */
final class StorageSteps {
    /** The same in all keys of a cluster, as Windows does it; the rest tells nodes and disks apart. */
    private static final long KEY_MARK = 0x434C_5553L;

    private final RunLog log;
    private final Duration patience;
    private final RandomGenerator random;
    private final List<String> warnings = new ArrayList<>();

    /** @param patience with any one step; longer than an arbitration takes */
    StorageSteps(RunLog log, Duration patience, RandomGenerator random) {
        this.log = log;
        this.patience = patience;
        this.random = random;
    }

    /** Fails unless it is so. */
    static void check(boolean condition, String what) {
        if (!condition) {
            throw new StepFailure(what);
        }
    }

    /** Waits for a step's end. */
    <T> T await(String what, CompletableFuture<T> step) {
        try {
            return step.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof StepFailure failure
                    ? failure
                    : new StepFailure("%s: %s".formatted(what, wordsOf(e)), e);
        } catch (TimeoutException e) {
            throw new StepFailure("%s: no end within %s".formatted(what, patience), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StepFailure(what + ": interrupted", e);
        }
    }

    private static String wordsOf(ExecutionException failure) {
        Throwable cause = failure.getCause();
        return String.valueOf(cause == null ? failure.getMessage() : cause.getMessage());
    }

    /** Waits for all of them, in this order. */
    <T> List<T> awaitAll(String what, List<CompletableFuture<T>> steps) {
        return steps.stream().map(step -> await(what, step)).toList();
    }

    /** A step that must end with GOOD. */
    ScsiResult good(String what, NodeDisk disk, CompletableFuture<ScsiResult> step) {
        say(what, disk);
        ScsiResult result = await(what, step);
        check(result.isGood(), "%s from node %s: %s where GOOD was due".formatted(what, disk.node(), result));
        return result;
    }

    /** A step that must end with RESERVATION CONFLICT. */
    void conflict(String what, NodeDisk disk, CompletableFuture<ScsiResult> step) {
        say(what, disk);
        ScsiResult result = await(what, step);
        check(
                result.status() == ScsiStatus.RESERVATION_CONFLICT,
                "%s from node %s: %s where RESERVATION CONFLICT was due".formatted(what, disk.node(), result));
    }

    /** A question that must have this answer. */
    <T> void answer(T due, String what, NodeDisk disk, CompletableFuture<T> step) {
        say(what, disk);
        T answer = await(what, step);
        check(due.equals(answer), "%s from node %s: %s where %s was due".formatted(what, disk.node(), answer, due));
    }

    void say(String what, NodeDisk disk) {
        log.add(disk.node(), disk.seen().serial(), what);
    }

    void say(String what) {
        log.add("-", "-", what);
    }

    /** Something to look at, which is no failure. */
    void warn(String what) {
        say(what);
        warnings.add(what);
    }

    List<String> warnings() {
        return List.copyOf(warnings);
    }

    /** A key that nobody has. */
    long newKey() {
        return (long) random.nextInt(1, Integer.MAX_VALUE) << 32 | KEY_MARK;
    }
}
