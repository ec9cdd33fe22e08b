package dev.kume.protocol.initiator;

import dev.kume.protocol.initiator.InitiatorException.Reason;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Several paths to one disk, as MPIO has them. A command moves to another path when its own is lost; what the disk
 * itself says, be it CHECK CONDITION or RESERVATION CONFLICT, is the answer. A path that comes back is used again.
 * Methods may be called by any thread; results are completed on the loop.
 */
public final class PathGroup implements ScsiDevice {
    /** Which path a command takes. */
    public enum Policy {
        /** Each takes the next one. */
        ROUND_ROBIN,
        /** All take the first that is there, in the order in which paths were added. */
        FAILOVER
    }

    private final Policy policy;
    private final InitiatorLoop loop;
    private final Duration hold;
    private final int waitingMax;
    private final List<RemoteUnit> paths = new ArrayList<>();
    private final Deque<Request> waiting = new ArrayDeque<>();
    private InitiatorLoop.@Nullable Timer holdTimer;
    private int last;
    private final AtomicLong moved = new AtomicLong();

    private record Request(ScsiCommand command, CompletableFuture<ScsiResult> answer) {}

    /**
     * @param hold       how long commands wait when there is no path at all
     * @param waitingMax how many of them; more fail at once
     */
    public PathGroup(Policy policy, InitiatorLoop loop, Duration hold, int waitingMax) {
        this.policy = policy;
        this.loop = loop;
        this.hold = hold;
        this.waitingMax = waitingMax;
    }

    /** One more path. That it leads to the same disk, the caller has made sure of. */
    public void add(RemoteUnit path) {
        loop.run(() -> {
            paths.add(path);
            path.session().addListener(new SessionListener() {
                @Override
                public void onLoggedIn(InitiatorSession session) {
                    loop.run(PathGroup.this::resume);
                }
            });
            resume();
        });
    }

    @Override
    public CompletableFuture<ScsiResult> execute(ScsiCommand command) {
        CompletableFuture<ScsiResult> answer = new CompletableFuture<>();
        loop.run(() -> send(new Request(command, answer)));
        return answer;
    }

    /** How many commands were taken from a lost path to another one. */
    public long moved() {
        return moved.get();
    }

    private void send(Request request) {
        RemoteUnit path = choose();
        if (path == null) {
            await(request);
            return;
        }
        var _ = path.execute(request.command())
                .whenComplete((result, failure) -> loop.run(() -> {
                    if (failure == null) {
                        request.answer().complete(result);
                    } else if (isLossOfPath(failure)) {
                        moved.incrementAndGet();
                        send(request);
                    } else {
                        request.answer().completeExceptionally(failure);
                    }
                }));
    }

    private @Nullable RemoteUnit choose() {
        for (int i = 1; i <= paths.size(); i++) {
            int index = policy == Policy.ROUND_ROBIN ? (last + i) % paths.size() : i - 1;
            if (paths.get(index).session().state() == InitiatorSession.State.LOGGED_IN) {
                last = index;
                return paths.get(index);
            }
        }
        return null;
    }

    private static boolean isLossOfPath(Throwable failure) {
        return BlockClient.cause(failure) instanceof InitiatorException why
                && switch (why.reason()) {
                    case CONNECTION_LOST, HELD_TOO_LONG, CLOSED, PROTOCOL_VIOLATION, LOGIN_REFUSED, TARGET_UNPROVEN ->
                        true;
                    case TASK_ENDED, REJECTED, QUEUE_FULL, COMMAND_FAILED -> false;
                };
    }

    private void await(Request request) {
        if (waiting.size() == waitingMax) {
            request.answer()
                    .completeExceptionally(new InitiatorException(
                            Reason.QUEUE_FULL, "no path, and %d requests wait already".formatted(waitingMax)));
            return;
        }
        waiting.add(request);
        if (holdTimer == null) {
            holdTimer = loop.schedule(this::holdTimeOver, hold.toNanos());
        }
    }

    private void resume() {
        if (choose() == null) {
            return;
        }
        if (holdTimer != null) {
            holdTimer.cancel();
            holdTimer = null;
        }
        List<Request> all = new ArrayList<>(waiting);
        waiting.clear();
        all.forEach(this::send);
    }

    private void holdTimeOver() {
        holdTimer = null;
        List<Request> all = new ArrayList<>(waiting);
        waiting.clear();
        InitiatorException why = new InitiatorException(Reason.HELD_TOO_LONG, "no path for too long");
        all.forEach(request -> request.answer().completeExceptionally(why));
    }
}
