package dev.kume.cli.daemon;

import dev.kume.cli.api.DrainStart;
import dev.kume.cli.api.DrainView;
import dev.kume.cli.api.ErrorCode;
import dev.kume.cli.api.SessionView;
import dev.kume.cli.log.ServiceEvent;
import dev.kume.cli.service.Supervisor;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The daemon on its way to an end in order, which clients can watch. Thread safe. */
final class Drain {
    private static final Logger LOG = LoggerFactory.getLogger(Drain.class);

    /** How long somebody who watches may take to ask who was cut. */
    private static final int TELL_SECONDS = 2;

    /** What disks may take beyond the time of the sessions before the process ends without them. */
    private static final int DISK_SECONDS = 10;

    private final Exports exports;
    private final long pid;
    private final Supervisor supervisor;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile boolean begun;

    // Under the lock.
    private int timeoutSeconds;
    private long revision;
    private boolean over;
    private List<DrainView.Session> left = List.of();
    private List<DrainView.Session> cut = List.of();

    Drain(Exports exports, long pid, Supervisor supervisor) {
        this.exports = exports;
        this.pid = pid;
        this.supervisor = supervisor;
    }

    /** True from its beginning on: no change is taken any more. */
    boolean hasBegun() {
        return begun;
    }

    /** Completes when it is over and those who watched have been told: the process may end. */
    CompletableFuture<Void> ended() {
        return ended;
    }

    /** Begins it; once. */
    DrainView begin(@Nullable Integer seconds) {
        int given = seconds == null ? DrainStart.SECONDS_DEFAULT : seconds;
        if (given < 1 || given > DrainStart.SECONDS_MAX) {
            throw new ApiException(
                    ErrorCode.INVALID,
                    "timeoutSeconds is %d".formatted(given),
                    "give a number from 1 to %d".formatted(DrainStart.SECONDS_MAX));
        }
        lock.lock();
        try {
            if (begun) {
                throw new ApiException(ErrorCode.STOPPING, "the daemon drains already", "wait for its end");
            }
            timeoutSeconds = given;
            revision = 1;
            begun = true;
        } finally {
            lock.unlock();
        }
        supervisor.stopping(
                "Draining: initiators have %d seconds to log out".formatted(given),
                Duration.ofSeconds(given + DISK_SECONDS + TELL_SECONDS));
        ServiceEvent.DRAINING.log(LOG, given);
        var _ = exports.drain(given, this::leftAre)
                .orTimeout(given + DISK_SECONDS, TimeUnit.SECONDS)
                .whenComplete(this::over);
        return told(view());
    }

    /** How it stands as soon as its revision is above {@code afterRevision}, or the time is over. */
    DrainView await(long afterRevision, int waitSeconds) throws InterruptedException {
        if (!begun) {
            throw new ApiException(ErrorCode.NOT_FOUND, "the daemon does not drain", "kume service drain begins it");
        }
        lock.lock();
        try {
            long leftNanos = TimeUnit.SECONDS.toNanos(waitSeconds);
            while (revision <= afterRevision && leftNanos > 0) {
                leftNanos = changed.awaitNanos(leftNanos);
            }
            return told(view());
        } finally {
            lock.unlock();
        }
    }

    private DrainView view() {
        lock.lock();
        try {
            return new DrainView(
                    over ? DrainView.DRAINED : DrainView.DRAINING, revision, pid, timeoutSeconds, left, cut);
        } finally {
            lock.unlock();
        }
    }

    private void leftAre(List<SessionView> sessions) {
        lock.lock();
        try {
            if (sessions.size() != left.size()) {
                left = sessions.stream().map(Drain::session).toList();
                revision++;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private void over(@Nullable List<SessionView> sessionsCut, @Nullable Throwable failure) {
        if (failure != null) {
            ServiceEvent.DRAIN_HANGS.log(LOG, failure.toString());
        }
        lock.lock();
        try {
            // What the disks hold back was cut as well.
            cut = sessionsCut == null
                    ? left
                    : sessionsCut.stream().map(Drain::session).toList();
            cut.forEach(each -> ServiceEvent.DRAIN_CUT.log(LOG, each.initiator(), each.address()));
            left = List.of();
            over = true;
            revision++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        ended.completeOnTimeout(null, TELL_SECONDS, TimeUnit.SECONDS);
    }

    /** The end is for somebody to see, who may be between two questions; it does not wait for long. */
    private DrainView told(DrainView view) {
        if (view.state().equals(DrainView.DRAINED)) {
            ended.complete(null);
        }
        return view;
    }

    private static DrainView.Session session(SessionView session) {
        return new DrainView.Session(session.id(), session.initiator(), session.targetIqn(), session.address());
    }
}
