package dev.kume.core.scsi;

import dev.kume.core.measure.CommandLoad;
import dev.kume.core.nexus.ITNexus;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * One I_T nexus as one logical unit knows it: the unit attentions that wait for it (SAM-5 5.14), and when it has read
 * and written. Kept while the nexus has no session. Any thread may raise; the data path looks at one volatile field.
 */
public final class ITLNexus {
    /** More conditions than this are not kept. */
    private static final int PENDING_MAX = 16;

    private final ITNexus nexus;
    private final List<Sense> pending = new ArrayList<>();
    private volatile boolean attention;

    /** Of the sessions logged in: two for the moment in which a new one takes the place of an old one. */
    private final List<HeldAnswers> sessions = new CopyOnWriteArrayList<>();

    private boolean met;

    private final AccessTimes reads = new AccessTimes();
    private final AccessTimes writes = new AccessTimes();
    private final CommandLoad load = new CommandLoad();

    ITLNexus(ITNexus nexus) {
        this.nexus = nexus;
    }

    public ITNexus nexus() {
        return nexus;
    }

    /** When it has read the medium. */
    AccessTimes reads() {
        return reads;
    }

    /** When it has written the medium. */
    AccessTimes writes() {
        return writes;
    }

    /** What its commands came to. */
    CommandLoad load() {
        return load;
    }

    /** True while a session of this nexus is logged in. */
    public boolean attached() {
        return !sessions.isEmpty();
    }

    /** True when this is its first session. */
    synchronized boolean sessionBegan(HeldAnswers answers) {
        sessions.add(answers);
        boolean first = !met;
        met = true;
        return first;
    }

    void sessionEnded(HeldAnswers answers) {
        boolean had = sessions.remove(answers);
        assert had : nexus;
    }

    /** The answers that its sessions hold. */
    List<HeldAnswers> answers() {
        return List.copyOf(sessions);
    }

    /** True when a unit attention waits; the one field that each command reads. */
    public boolean hasAttention() {
        return attention;
    }

    /** Adds a condition; one that waits already is not doubled. */
    synchronized void raise(Sense condition) {
        if (pending.contains(condition)) {
            return;
        }
        if (condition.isResetCondition()) {
            // SAM-5 5.14.3: of power on, reset and nexus loss only the one that says most is reported. The lower
            // qualifier says more.
            Sense first = pending.isEmpty() ? null : pending.getFirst();
            if (first == null || !first.isResetCondition()) {
                pending.addFirst(condition);
            } else if (condition.ascq() < first.ascq()) {
                pending.set(0, condition);
            }
        } else if (pending.size() < PENDING_MAX) {
            pending.add(condition);
        }
        attention = true;
    }

    /** The condition to report next, without taking it. */
    public synchronized @Nullable Sense peek() {
        return pending.isEmpty() ? null : pending.getFirst();
    }

    /** Takes the condition to report next. */
    public synchronized @Nullable Sense poll() {
        Sense condition = pending.isEmpty() ? null : pending.removeFirst();
        attention = !pending.isEmpty();
        return condition;
    }

    /** Takes a given condition away, since a command has told the initiator what it says (REPORT LUNS for 3Fh/0Eh). */
    public synchronized void clear(Sense condition) {
        pending.remove(condition);
        attention = !pending.isEmpty();
    }
}
