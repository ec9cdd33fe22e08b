package dev.kume.protocol.validation;

import dev.kume.core.scsi.ScsiStatus;
import dev.kume.protocol.cluster.NodeDisk;
import dev.kume.protocol.cluster.RunLog;
import dev.kume.protocol.cluster.SenseWords;
import dev.kume.protocol.cluster.StepFailure;
import dev.kume.protocol.initiator.ScsiResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;

/** How tests take their steps: one after the other, each with what must come of it. For one thread, which waits. */
final class StorageSteps {
    /**
     * The same in all keys of a validation, as Windows marks those of a cluster; the rest tells nodes and disks apart.
     * By it a later run knows what an earlier one has left that ended without a word.
     */
    static final long KEY_MARK = 0x4B56_414CL;

    private static final long KEY_MARK_MASK = 0xFFFF_FFFFL;

    /** How often it is looked whether somebody wants a stop. */
    private static final Duration LOOK = Duration.ofMillis(50);

    private final RunLog log;
    private final Duration patience;
    private final RandomGenerator random;
    private final Stop stop;
    private final List<String> warnings = new ArrayList<>();
    private String meaning = "";

    /** @param patience with any one step; longer than an arbitration takes */
    StorageSteps(RunLog log, Duration patience, RandomGenerator random, Stop stop) {
        this.log = log;
        this.patience = patience;
        this.random = random;
        this.stop = stop;
    }

    /** What it means to a cluster when one of the next steps goes wrong. */
    StorageSteps because(String words) {
        meaning = words;
        return this;
    }

    String meaning() {
        return meaning;
    }

    /** Waits for a step's end. */
    <T> T await(String what, CompletableFuture<T> step) {
        CompletableFuture<Object> either = CompletableFuture.anyOf(step, stop.asked());
        long slices = Math.max(1, patience.dividedBy(LOOK));
        for (long slice = 0; slice < slices; slice++) {
            try {
                if (stop.isAsked() && !step.isDone()) {
                    throw StepFailure.stopped(stop.reason());
                }
                either.get(LOOK.toNanos(), TimeUnit.NANOSECONDS);
                if (step.isDone()) {
                    return step.get();
                }
            } catch (TimeoutException e) {
                // Look again.
            } catch (ExecutionException e) {
                throw failure(what, e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw StepFailure.stopped("interrupted");
            }
        }
        String trouble = log.lastTrouble();
        throw StepFailure.silent(
                what, "no answer within " + words(patience) + (trouble.isEmpty() ? "" : " (" + trouble + ")"));
    }

    private static StepFailure failure(String what, ExecutionException failure) {
        Throwable cause = failure.getCause();
        return cause instanceof StepFailure known
                ? known
                : StepFailure.wrong(
                        what, "an answer", String.valueOf(cause == null ? failure.getMessage() : cause.getMessage()));
    }

    private static String words(Duration time) {
        return time.toSeconds() > 0 ? time.toSeconds() + " seconds" : time.toMillis() + " milliseconds";
    }

    /** Waits for all of them, in this order. */
    <T> List<T> awaitAll(String what, List<CompletableFuture<T>> steps) {
        return steps.stream().map(step -> await(what, step)).toList();
    }

    /** A step that must end with GOOD. */
    ScsiResult good(String what, NodeDisk disk, CompletableFuture<ScsiResult> step) {
        say(what, disk);
        ScsiResult result = await(from(what, disk), step);
        isGood(what, disk, result);
        return result;
    }

    /** A step that must end with RESERVATION CONFLICT. */
    void conflict(String what, NodeDisk disk, CompletableFuture<ScsiResult> step) {
        say(what, disk);
        isConflict(what, disk, await(from(what, disk), step));
    }

    /** A read or write that must end with GOOD. */
    NodeDisk.Access goodAccess(String what, NodeDisk disk, CompletableFuture<NodeDisk.Access> step) {
        say(what, disk);
        NodeDisk.Access access = await(from(what, disk), step);
        isGood(what, disk, access.result());
        return access;
    }

    /** A read or write that must end with RESERVATION CONFLICT. */
    void conflictingAccess(String what, NodeDisk disk, CompletableFuture<NodeDisk.Access> step) {
        say(what, disk);
        isConflict(what, disk, await(from(what, disk), step).result());
    }

    private static void isGood(String what, NodeDisk disk, ScsiResult result) {
        if (!result.isGood()) {
            throw StepFailure.wrong(from(what, disk), "GOOD", SenseWords.of(result));
        }
    }

    private static void isConflict(String what, NodeDisk disk, ScsiResult result) {
        if (result.status() != ScsiStatus.RESERVATION_CONFLICT) {
            throw StepFailure.wrong(from(what, disk), "RESERVATION CONFLICT", SenseWords.of(result));
        }
    }

    /** A question that must have this answer. */
    <T> void answer(T due, String what, NodeDisk disk, CompletableFuture<T> step) {
        say(what, disk);
        T answer = await(from(what, disk), step);
        if (!due.equals(answer)) {
            throw StepFailure.wrong(from(what, disk), words(due), words(answer));
        }
    }

    private static String words(Object answer) {
        return answer instanceof Boolean yes ? yes ? "yes" : "no" : answer.toString();
    }

    static String from(String what, NodeDisk disk) {
        return "%s from node %s on disk %s"
                .formatted(what, disk.node(), disk.seen().serial());
    }

    void say(String what, NodeDisk disk) {
        log.add(disk.node(), disk.seen().serial(), capital(what));
    }

    void say(String what) {
        log.add("-", "-", capital(what));
    }

    private static String capital(String what) {
        return what.isEmpty() ? what : what.substring(0, 1).toUpperCase(Locale.ROOT) + what.substring(1);
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

    /** Whether a validation has made this key. */
    static boolean isOurs(long key) {
        return (key & KEY_MARK_MASK) == KEY_MARK;
    }
}
