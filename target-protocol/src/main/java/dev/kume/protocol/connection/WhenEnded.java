package dev.kume.protocol.connection;

import org.jspecify.annotations.Nullable;

/** What is to run when something has ended: once, in the order in which it was asked for. Loop only. */
final class WhenEnded {
    private @Nullable Runnable all;

    void add(Runnable action) {
        Runnable before = all;
        all = before == null
                ? action
                : () -> {
                    before.run();
                    action.run();
                };
    }

    /** All actions as one, which is then no longer held; null when there is none. */
    @Nullable
    Runnable take() {
        Runnable taken = all;
        all = null;
        return taken;
    }
}
