package dev.kume.core.disk;

import dev.kume.core.store.BackingStore;
import java.io.IOException;

/** Takes the space of a disk that is being made, or made larger. */
public final class Space {
    /** Between two steps a creation reports and can be cancelled; on tmpfs a step of this size takes about a second. */
    private static final long RESERVE_STEP_BYTES = 1L << 30;

    private static final long ZERO_STEP_BYTES = 8L << 20;

    private Space() {}

    /**
     * Gives an empty store its length and, unless {@code sparse}, all of its space: reserved where the system can, else
     * by writing zeroes.
     */
    public static void lay(BackingStore store, long storeBytes, boolean sparse, DiskFormat.Progress progress)
            throws IOException {
        progress.at(0, storeBytes);
        store.resize(storeBytes);
        if (!sparse) {
            take(store, 0, storeBytes, progress);
        }
        progress.at(storeBytes, storeBytes);
    }

    /** Gives a store a greater length and, unless {@code sparse}, the space of what is new. */
    public static void extend(BackingStore store, long storeBytes, boolean sparse, DiskFormat.Progress progress)
            throws IOException {
        long beforeBytes = store.sizeBytes();
        progress.at(beforeBytes, storeBytes);
        store.resize(storeBytes);
        if (!sparse) {
            take(store, beforeBytes, storeBytes, progress);
        }
        progress.at(storeBytes, storeBytes);
    }

    private static void take(BackingStore store, long fromBytes, long storeBytes, DiskFormat.Progress progress)
            throws IOException {
        boolean reserves = true;
        long doneBytes = fromBytes;
        while (doneBytes < storeBytes) {
            long stepBytes = Math.min(storeBytes - doneBytes, reserves ? RESERVE_STEP_BYTES : ZERO_STEP_BYTES);
            if (reserves && !store.reserve(doneBytes, stepBytes)) {
                reserves = false;
                continue;
            }
            if (!reserves) {
                store.zero(doneBytes, stepBytes);
            }
            doneBytes += stepBytes;
            progress.at(doneBytes, storeBytes);
        }
    }
}
