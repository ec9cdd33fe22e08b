package dev.kume.core.io;

import dev.kume.core.Clock;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One event loop as core sees it: a place to run things, and the inbox by which disk threads hand finished jobs back.
 *
 * <p>All jobs that are waiting when the loop looks are drained in one turn, then {@code afterDrain} runs once, so that
 * their answers leave in one flush.
 */
public final class LoopPort implements Executor {
    private final int index;
    private final Executor loop;
    private final BooleanSupplier inLoop;
    private final AtomicReference<@Nullable IoJob> inbox = new AtomicReference<>();
    private final Runnable drain = this::drain;
    private Runnable afterDrain = () -> {};
    /** Loop only. */
    private boolean draining;

    // The time of the turn, as far as somebody has asked. Loop only.
    private boolean inTurn;
    private boolean timeKnown;
    private long turnNanos;

    /** The newest time that the loop has seen. Loop only. */
    private long latestNanos;

    /**
     * @param index  the number of this loop, from 0
     * @param loop   runs things on the loop, in order
     * @param inLoop tells whether the calling thread is the loop
     */
    public LoopPort(int index, Executor loop, BooleanSupplier inLoop) {
        this.index = index;
        this.loop = loop;
        this.inLoop = inLoop;
    }

    public int index() {
        return index;
    }

    public boolean inLoop() {
        return inLoop.getAsBoolean();
    }

    /** True while finished jobs come home, after which {@code afterDrain} runs. On the loop. */
    public boolean draining() {
        return draining;
    }

    /** Sets what runs after each drained batch. Called once, before any job. */
    public void afterDrain(Runnable action) {
        this.afterDrain = action;
    }

    /** A turn of many commands begins, which need one time only. On the loop. */
    public void turnBegins() {
        inTurn = true;
        timeKnown = false;
    }

    public void turnEnds() {
        inTurn = false;
    }

    /** The time: in a turn of many commands the one that its first has seen. On the loop. */
    public long turnNanos(Clock clock) {
        if (!inTurn || !timeKnown) {
            turnNanos = freshNanos(clock);
            timeKnown = true;
        }
        return turnNanos;
    }

    /** The time by a look at the clock. On the loop. */
    public long freshNanos(Clock clock) {
        latestNanos = clock.nanoTime();
        return latestNanos;
    }

    /** The newest time that somebody in this turn has seen: about when the loop was done with what was before. */
    public long latestNanos(Clock clock) {
        return inTurn && timeKnown ? latestNanos : freshNanos(clock);
    }

    @Override
    public void execute(Runnable command) {
        loop.execute(command);
    }

    /**
     * Hands finished jobs home: a chain from the newest to the oldest. Any thread.
     *
     * @param oldest the last of the chain, whose link is free
     */
    void deliver(IoJob newest, IoJob oldest) {
        IoJob head;
        do {
            head = inbox.get();
            oldest.next = head;
        } while (!inbox.compareAndSet(head, newest));
        if (head == null) {
            loop.execute(drain);
        }
    }

    private void drain() {
        drain(WorkQueue.reversed(inbox.getAndSet(null)));
    }

    private void drain(@Nullable IoJob oldest) {
        assert inLoop();
        IoJob job = oldest;
        draining = true;
        turnBegins();
        try {
            while (job != null) {
                IoJob following = job.next;
                job.next = null;
                IoJob arrived = job;
                job = following;
                arrived.performed();
            }
        } finally {
            // A job that throws is a bug in one connection; the jobs of the others behind it come home in a next turn.
            if (job != null) {
                IoJob left = job;
                loop.execute(() -> drain(left));
            }
            draining = false;
            turnEnds();
            afterDrain.run();
        }
    }
}
