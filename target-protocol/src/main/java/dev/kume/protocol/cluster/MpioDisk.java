package dev.kume.protocol.cluster;

import dev.kume.core.Clock;
import dev.kume.core.scsi.ScsiStatus;
import dev.kume.protocol.cluster.PersistentReserve.Question;
import dev.kume.protocol.cluster.PersistentReserve.Request;
import dev.kume.protocol.initiator.InitiatorException;
import dev.kume.protocol.initiator.InitiatorLoop;
import dev.kume.protocol.initiator.InitiatorSession;
import dev.kume.protocol.initiator.ScsiCommand;
import dev.kume.protocol.initiator.ScsiDevice;
import dev.kume.protocol.initiator.ScsiResult;
import dev.kume.protocol.initiator.SessionListener;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One disk over all paths of a node, by the rules of Microsoft's DSM. A key is registered on every path, and on each
 * new or recovered path before anything else uses it; the other reservation commands take one path and, but for PREEMPT
 * AND ABORT, the next when that fails. Unit attentions of reservation commands are retried on their path for a while.
 * Methods may be called by any thread; everything happens on the loop, and results are completed there.
 */
public final class MpioDisk implements ScsiDevice {
    private static final int NOT_READY = 0x2;
    private static final int UNIT_ATTENTION = 0x6;
    private static final int RESERVATIONS_RELEASED = 0x2A04;
    private static final int ALUA_TRANSITION = 0x040A;
    private static final int RETRIES = 30;

    private final String node;
    private final String disk;
    private final InitiatorLoop loop;
    private final Clock clock;
    private final RunLog log;
    private final Times times;
    private final List<Path> paths = new ArrayList<>();
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private @Nullable Request stored;
    private CompletableFuture<Void> recovering = CompletableFuture.completedFuture(null);
    private int last;
    private int lastIn;
    private int lastOut;
    private volatile long slowestReservationNanos;
    private final AtomicInteger reregistrations = new AtomicInteger();

    /**
     * The patience of the DSM.
     *
     * @param transition how long unit attentions are retried during reservation commands
     * @param noPath     how long commands wait when there is no path at all
     */
    public record Times(Duration transition, Duration noPath) {
        public static final Times WINDOWS = new Times(Duration.ofSeconds(3), Duration.ofSeconds(20));
    }

    private static final class Path {
        private final InitiatorSession session;
        private final ScsiDevice unit;
        private final String name;
        private boolean usable;
        private boolean registered;

        private Path(InitiatorSession session, ScsiDevice unit) {
            this.session = session;
            this.unit = unit;
            name = session.toString();
        }
    }

    /** How a command ended on a path: with a result, or with the loss of the path. */
    private record Answer(
            @Nullable ScsiResult result, @Nullable Throwable failure) {
        private boolean isGood() {
            return result != null && result.isGood();
        }
    }

    private record Tried(boolean hadKey, Answer answer) {}

    public MpioDisk(String node, String disk, InitiatorLoop loop, Clock clock, RunLog log, Times times) {
        this.node = node;
        this.disk = disk;
        this.loop = loop;
        this.clock = clock;
        this.log = log;
        this.times = times;
    }

    /** One more path. It is used when the stored key, if there is one, is registered on it. */
    public CompletableFuture<Void> addPath(InitiatorSession session, ScsiDevice unit) {
        return onLoop(() -> {
            Path path = new Path(session, unit);
            paths.add(path);
            session.addListener(new SessionListener() {
                @Override
                public void onLost(InitiatorSession from, InitiatorException why) {
                    path.usable = false;
                }

                @Override
                public void onLoggedIn(InitiatorSession from) {
                    recovering = CompletableFuture.allOf(recovering, recover(path));
                }
            });
            return recover(path);
        });
    }

    /** Completes when the paths that have come back by now are in use. */
    public CompletableFuture<Void> recovered() {
        return onLoop(() -> recovering);
    }

    /** Paths that are in use now. */
    public CompletableFuture<Integer> usablePaths() {
        return onLoop(() -> CompletableFuture.completedFuture(usable().size()));
    }

    /** Asks each path, one after the other, whether the unit is ready; how many have said that it is. */
    public CompletableFuture<Integer> readyPaths() {
        return onLoop(() -> {
            CompletableFuture<Integer> ready = CompletableFuture.completedFuture(0);
            for (Path path : List.copyOf(paths)) {
                ready = ready.thenCompose(count -> path.usable
                        ? send(path, "", ScsiCommand.read(0, new byte[6], 0))
                                .thenApply(answer -> answer.isGood() ? count + 1 : count)
                        : CompletableFuture.completedFuture(count));
            }
            return ready;
        });
    }

    /** How long the slowest reservation command took on a path, in nanoseconds. */
    public long slowestReservationNanos() {
        return slowestReservationNanos;
    }

    /** How often a path that came, or came back, was given the stored key. */
    public int reregistrations() {
        return reregistrations.get();
    }

    // ---- reservations -----------------------------------------------------------------------------------------------

    /** Fails with an {@link InitiatorException} when there was no path to an answer. */
    public CompletableFuture<ScsiResult> reserveOut(Request request) {
        return onLoop(() -> switch (request.action()) {
            case REGISTER, REGISTER_AND_IGNORE_EXISTING_KEY -> onEveryPath(request);
            case PREEMPT_AND_ABORT -> pathByPath(request.command(), 1);
            case RESERVE, RELEASE, PREEMPT -> pathByPath(request.command(), Integer.MAX_VALUE);
            case CLEAR ->
                pathByPath(request.command(), Integer.MAX_VALUE).thenApply(result -> {
                    if (result.isGood()) {
                        forget();
                    }
                    return result;
                });
        });
    }

    public CompletableFuture<ScsiResult> reserveIn(Question question) {
        int tries = question == Question.REPORT_CAPABILITIES ? 1 : Integer.MAX_VALUE;
        return onLoop(() -> pathByPath(question.command(), tries));
    }

    /** Registration succeeds when it does on every path; taking a key away, when none fails that had one. */
    private CompletableFuture<ScsiResult> onEveryPath(Request request) {
        boolean removes = request.serviceKey() == 0;
        List<Path> order = usable().reversed();
        if (order.isEmpty()) {
            return noPath();
        }
        CompletableFuture<List<Tried>> all = CompletableFuture.completedFuture(new ArrayList<>());
        for (Path path : order) {
            all = all.thenCompose(list -> send(path, "", request.command()).thenApply(answer -> {
                list.add(new Tried(path.registered, answer));
                if (answer.isGood()) {
                    path.registered = !removes;
                    stored = removes ? stored : request;
                }
                return list;
            }));
        }
        return all.thenCompose(list -> {
            if (removes) {
                forget();
            }
            return settle(list.stream()
                    .filter(each -> !each.answer().isGood() && (each.hadKey() || !removes))
                    .findFirst()
                    .or(() ->
                            list.stream().filter(each -> each.answer().isGood()).findFirst())
                    .orElse(list.getFirst())
                    .answer());
        });
    }

    private void forget() {
        stored = null;
        paths.forEach(path -> path.registered = false);
    }

    private CompletableFuture<ScsiResult> pathByPath(ScsiCommand command, int tries) {
        List<Path> usable = usable();
        if (usable.isEmpty()) {
            return noPath();
        }
        int first = command.operationCode() == PersistentReserve.OUT ? lastOut++ : lastIn++;
        List<Path> order = new ArrayList<>();
        for (int i = 0; i < Math.min(tries, usable.size()); i++) {
            order.add(usable.get(Math.floorMod(first + i, usable.size())));
        }
        return tryNext(command, order, null);
    }

    private CompletableFuture<ScsiResult> tryNext(ScsiCommand command, List<Path> left, @Nullable Answer firstFailure) {
        return send(left.getFirst(), "", command).thenCompose(answer -> {
            Answer reported = answer.isGood() || firstFailure == null ? answer : firstFailure;
            return answer.isGood() || left.size() == 1
                    ? settle(reported)
                    : tryNext(command, left.subList(1, left.size()), reported);
        });
    }

    /** A path has come or come back: it gets the stored key with RESERVATION KEY 0 before anything else uses it. */
    private CompletableFuture<Void> recover(Path path) {
        Request request = stored;
        if (request == null) {
            path.registered = false;
            begin(path);
            return CompletableFuture.completedFuture(null);
        }
        reregistrations.incrementAndGet();
        Request again = request.withKey(0);
        return send(path, "on a path that has come", again.command()).thenAccept(answer -> {
            path.registered = answer.isGood();
            if (path.session.state() == InitiatorSession.State.LOGGED_IN) {
                begin(path);
            }
        });
    }

    private void begin(Path path) {
        path.usable = true;
        List<Runnable> all = new ArrayList<>(waiting);
        waiting.clear();
        all.forEach(Runnable::run);
    }

    /** A reservation command on a path, with the retries of the DSM. */
    private CompletableFuture<Answer> send(Path path, String what, ScsiCommand command) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        sendUntil(path, what, command, clock.nanoTime() + times.transition().toNanos(), answer);
        return answer;
    }

    private void sendUntil(
            Path path, String what, ScsiCommand command, long endNanos, CompletableFuture<Answer> answer) {
        long begun = clock.nanoTime();
        var _ = path.unit.execute(command).whenComplete((result, failure) -> {
            long now = clock.nanoTime();
            slowestReservationNanos = Math.max(slowestReservationNanos, now - begun);
            log.add(node, disk, what, new Exchange(command, result, failure, now - begun, path.name));
            if (failure == null && isTransition(result) && now - endNanos < 0) {
                sendUntil(path, what, command, endNanos, answer);
            } else {
                answer.complete(new Answer(result, failure));
            }
        });
    }

    private static boolean isTransition(ScsiResult result) {
        if (result.status() != ScsiStatus.CHECK_CONDITION) {
            return false;
        }
        int code = result.additionalSense() >> 8;
        boolean attention = result.senseKey() == UNIT_ATTENTION;
        return (attention && (code == 0x29 || code == 0x2A || code == 0x3F))
                || ((attention || result.senseKey() == NOT_READY) && result.additionalSense() == ALUA_TRANSITION);
    }

    private static CompletableFuture<ScsiResult> settle(Answer answer) {
        return answer.result() != null
                ? CompletableFuture.completedFuture(answer.result())
                : CompletableFuture.failedFuture(answer.failure() == null ? lost("no answer") : answer.failure());
    }

    // ---- reads and writes -------------------------------------------------------------------------------------------

    /**
     * Ordinary commands take the paths in turns, and another one when theirs is lost. Of the unit attentions only those
     * of a reset and of a released reservation are retried; the rest are for whoever asked.
     */
    @Override
    public CompletableFuture<ScsiResult> execute(ScsiCommand command) {
        CompletableFuture<ScsiResult> answer = new CompletableFuture<>();
        loop.run(() -> submit(command, answer, null, 0));
        return answer;
    }

    private void submit(ScsiCommand command, CompletableFuture<ScsiResult> answer, @Nullable Path same, int retries) {
        List<Path> usable = usable();
        if (usable.isEmpty()) {
            await(() -> submit(command, answer, null, retries), answer);
            return;
        }
        Path path = same != null && same.usable ? same : usable.get(Math.floorMod(last++, usable.size()));
        long begun = clock.nanoTime();
        var _ = path.unit.execute(command).whenComplete((result, failure) -> {
            log.add(node, disk, "", new Exchange(command, result, failure, clock.nanoTime() - begun, path.name));
            if (failure != null) {
                path.usable &= path.session.state() == InitiatorSession.State.LOGGED_IN;
                if (retries < RETRIES) {
                    submit(command, answer, null, retries + 1);
                } else {
                    answer.completeExceptionally(failure);
                }
            } else if (retries < RETRIES && isRetried(result)) {
                submit(command, answer, path, retries + 1);
            } else {
                answer.complete(result);
            }
        });
    }

    private static boolean isRetried(ScsiResult result) {
        return result.status() == ScsiStatus.CHECK_CONDITION
                && result.senseKey() == UNIT_ATTENTION
                && (result.additionalSense() >> 8 == 0x29 || result.additionalSense() == RESERVATIONS_RELEASED);
    }

    private void await(Runnable then, CompletableFuture<ScsiResult> answer) {
        waiting.add(then);
        loop.schedule(
                () -> {
                    if (waiting.remove(then)) {
                        answer.completeExceptionally(lost("no path for too long"));
                    }
                },
                times.noPath().toNanos());
    }

    // ---- helpers ----------------------------------------------------------------------------------------------------

    private List<Path> usable() {
        return paths.stream().filter(path -> path.usable).toList();
    }

    private CompletableFuture<ScsiResult> noPath() {
        log.add(node, disk, "no usable path");
        return CompletableFuture.failedFuture(lost("no usable path"));
    }

    private static InitiatorException lost(String why) {
        return new InitiatorException(InitiatorException.Reason.CONNECTION_LOST, why);
    }

    private <T> CompletableFuture<T> onLoop(Supplier<CompletableFuture<T>> action) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        loop.run(() -> {
            var _ = action.get().whenComplete((value, failure) -> {
                if (failure == null) {
                    answer.complete(value);
                } else {
                    answer.completeExceptionally(failure);
                }
            });
        });
        return answer;
    }
}
