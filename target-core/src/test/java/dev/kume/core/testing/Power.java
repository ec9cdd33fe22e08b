package dev.kume.core.testing;

import org.jspecify.annotations.Nullable;

/**
 * The power of a host: a hook for {@link FaultyStore} and {@link PowerCutFiles} that counts the calls that change
 * something, tells a watcher of each before it happens, and fails one of them and everything after it with a {@link
 * PowerCut}. Any thread.
 */
public final class Power implements FaultyStore.Hook {
    private long calls;
    private long cutAt = Long.MAX_VALUE;
    private boolean gone;
    private @Nullable Runnable watcher;

    /** Goes at the change of this number from now on, 0 for the next one, before it happens. */
    public synchronized Power cutAfter(long changes) {
        cutAt = calls + changes;
        return this;
    }

    /** Is told before each change, while the power is there; in the middle of whatever calls. Null for nobody. */
    public synchronized void watch(@Nullable Runnable newWatcher) {
        watcher = newWatcher;
    }

    /** Changes so far. */
    public synchronized long calls() {
        return calls;
    }

    public synchronized boolean gone() {
        return gone;
    }

    @Override
    public void before(FaultyStore.Call call, long offsetBytes, long lengthBytes) {
        Runnable told;
        synchronized (this) {
            boolean changes = call != FaultyStore.Call.READ && call != FaultyStore.Call.CLOSE;
            gone |= changes && calls >= cutAt;
            if (gone) {
                throw new PowerCut();
            }
            calls += changes ? 1 : 0;
            told = changes ? watcher : null;
        }
        if (told != null) {
            told.run();
        }
    }
}
