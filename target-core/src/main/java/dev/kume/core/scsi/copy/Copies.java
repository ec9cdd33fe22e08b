package dev.kume.core.scsi.copy;

import dev.kume.core.scsi.ITLNexus;
import dev.kume.core.scsi.ScsiStatus;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.Task;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * All copies of the daemon: how many there are at once, their buffers, and their results for each nexus at each unit.
 * Thread safe; nothing here waits for a copy.
 */
public final class Copies {
    private static final int BUFFER_BYTES = 1 << 20;

    private final CopyLimits limits;
    private final Designators designators;

    /** Guarded by this; at most one for each copy that may be under way. */
    private final ArrayDeque<ByteBuffer> buffers = new ArrayDeque<>();

    /** Guarded by this. */
    private int copies;

    /** Guarded by this; the units bound the nexuses, and a nexus that is forgotten takes its results along. */
    private final Map<ITLNexus, LinkedHashMap<Integer, CopyResult>> results = new WeakHashMap<>();

    public Copies(CopyLimits limits, Designators designators) {
        this.limits = limits;
        this.designators = designators;
    }

    public CopyLimits limits() {
        return limits;
    }

    /** Carries a list out for a task, which ends when the copy does. On the task's loop. */
    public void copy(Task task, CopyList list) {
        CopyPlan plan = new CopyPlan(list, task.luns(), task.nexus(), designators, limits);
        Sense refusal = plan.refusal();
        if (refusal != null) {
            task.terminate(refusal);
            return;
        }
        ByteBuffer buffer = take();
        if (buffer == null) {
            task.terminate(ScsiStatus.BUSY);
            return;
        }
        CopyResult result = new CopyResult();
        if (list.keepsResult() && !keep(task.nexus(), list.listIdentifier(), result)) {
            giveBack(buffer);
            task.terminate(Sense.OPERATION_IN_PROGRESS.inParameters(0, -1));
            return;
        }
        new Copy(task, plan.moves(), result, limits, buffer, () -> giveBack(buffer)).begin();
    }

    /** The result of a copy, or null when that identifier is not known. */
    public synchronized @Nullable CopyResult result(ITLNexus nexus, int listIdentifier) {
        LinkedHashMap<Integer, CopyResult> ofNexus = results.get(nexus);
        return ofNexus == null ? null : ofNexus.get(listIdentifier);
    }

    /** False while a copy with the same identifier is under way. */
    private synchronized boolean keep(ITLNexus nexus, int listIdentifier, CopyResult result) {
        LinkedHashMap<Integer, CopyResult> ofNexus = results.computeIfAbsent(nexus, added -> new LinkedHashMap<>());
        CopyResult before = ofNexus.get(listIdentifier);
        if (before != null && before.status() == CopyResult.Status.IN_PROGRESS) {
            return false;
        }
        ofNexus.remove(listIdentifier);
        ofNexus.put(listIdentifier, result);
        if (ofNexus.size() > CopyLimits.RESULTS_MAX) {
            var oldest = ofNexus.values().iterator();
            oldest.next();
            oldest.remove();
        }
        return true;
    }

    private synchronized @Nullable ByteBuffer take() {
        if (copies == limits.copiesAtOnce()) {
            return null;
        }
        copies++;
        ByteBuffer free = buffers.poll();
        return free == null ? ByteBuffer.allocateDirect(BUFFER_BYTES) : free;
    }

    private synchronized void giveBack(ByteBuffer buffer) {
        copies--;
        buffers.push(buffer);
    }
}
