package dev.kume.core.disk.block;

import java.util.concurrent.locks.StampedLock;

/**
 * Who works with the slot of a block: reads and writes share it; who frees or moves it has it for itself. One lock
 * stands for many blocks, neighbours have different ones.
 */
final class BlockLocks {
    private static final int STRIPES = 64;

    private final StampedLock[] locks = new StampedLock[STRIPES];

    BlockLocks() {
        for (int i = 0; i < STRIPES; i++) {
            locks[i] = new StampedLock();
        }
    }

    StampedLock of(long block) {
        return locks[(int) block & (STRIPES - 1)];
    }

    /** Runs while nobody is inside of any block. The action must not wait for a device. */
    void aloneWithAll(Runnable action) {
        long[] stamps = new long[STRIPES];
        int taken = 0;
        try {
            while (taken < STRIPES) {
                stamps[taken] = locks[taken].writeLock();
                taken++;
            }
            action.run();
        } finally {
            while (taken > 0) {
                taken--;
                locks[taken].unlockWrite(stamps[taken]);
            }
        }
    }
}
