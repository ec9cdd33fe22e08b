package dev.kume.core.scsi;

import java.util.concurrent.atomic.AtomicBoolean;

/** The sanitize operation that a unit carries out, if any: one at a time, and how far it has come. Any thread. */
public final class SanitizeRun {
    private final AtomicBoolean runs = new AtomicBoolean();
    private volatile int progress;

    SanitizeRun() {}

    /** True for who may carry out the operation, until {@link #leave}. */
    public boolean come() {
        return runs.compareAndSet(false, true);
    }

    public void leave() {
        runs.set(false);
    }

    /** How far the operation has come, of 65536. */
    public int progress() {
        return progress;
    }

    public void progress(int of65536) {
        progress = of65536;
    }
}
