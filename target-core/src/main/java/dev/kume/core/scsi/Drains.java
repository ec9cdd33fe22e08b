package dev.kume.core.scsi;

import dev.kume.core.Clock;
import dev.kume.core.io.LoopPort;
import dev.kume.core.measure.UnitEvents;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Begins the {@link Drain}s of one unit on all loops. Any thread; one at a time, in the unit's mailbox. */
final class Drains {
    private final List<LoopPort> loops;
    private final TaskSet[] taskSets;
    private final Clock clock;
    private final UnitEvents events;

    Drains(List<LoopPort> loops, TaskSet[] taskSets, Clock clock, UnitEvents events) {
        this.loops = loops;
        this.taskSets = taskSets;
        this.clock = clock;
        this.events = events;
    }

    /** What a drain is for. */
    enum Purpose {
        /** Nothing that is covered can reach the disk any more. */
        REACH,
        /** What is covered has ended. */
        ENDS,
        /** The same, and what comes later waits. */
        ENDS_BEHIND_GATE
    }

    /**
     * Dooms what is covered, on every loop.
     *
     * @param requester left out, may be null
     * @param done      told whose tasks ended, on some loop, when that is over
     */
    void begin(Coverage coverage, @Nullable Task requester, Purpose what, Consumer<Collection<ITLNexus>> done) {
        boolean closesGate = what == Purpose.ENDS_BEHIND_GATE;
        long begunNanos = clock.nanoTime();
        Drain[] self = new Drain[1];
        Drain drain = new Drain(coverage, requester, what != Purpose.REACH, loops.size(), () -> {
            over(closesGate, clock.nanoTime() - begunNanos);
            done.accept(Objects.requireNonNull(self[0]).affected());
        });
        self[0] = drain;
        for (LoopPort loop : loops) {
            TaskSet set = taskSets[loop.index()];
            // What the requester sends behind its request waits, even if it came in the same segment.
            boolean closedNow = closesGate && loop.inLoop();
            if (closedNow) {
                set.gate().close();
            }
            loop.execute(() -> {
                if (closesGate && !closedNow) {
                    set.gate().close();
                }
                set.drain(drain);
            });
        }
    }

    private void over(boolean quiesce, long nanos) {
        if (quiesce) {
            events.quiesced(nanos);
        } else {
            events.fenced(nanos);
        }
    }

    /** Opens the gates that a drain has closed, and starts what has waited there. */
    void openGates(LogicalUnit unit) {
        for (LoopPort loop : loops) {
            loop.execute(() -> taskSets[loop.index()].gate().open(unit));
        }
    }
}
