package dev.kume.core.disk;

import dev.kume.core.store.BackingStore;
import dev.kume.core.testing.PowerCutStore;
import java.io.IOException;

/** Disks in memory for tests; {@link #on} puts one on a store that records, fails or loses power. */
public final class MemoryDisk {
    private MemoryDisk() {}

    /** A disk of zeroes, thin. */
    public static VirtualDisk ofSize(long sizeBytes) {
        return on(emptyStore(sizeBytes), sizeBytes);
    }

    /** The disk in the first {@code sizeBytes} of a store. */
    public static VirtualDisk on(BackingStore store, long sizeBytes) {
        return new FlatDisk(store, new DiskInfo(sizeBytes, store.readOnly(), true));
    }

    /** A store of that size, all zeroes and durable. */
    public static PowerCutStore emptyStore(long sizeBytes) {
        PowerCutStore store = new PowerCutStore("memory");
        try {
            store.resize(sizeBytes);
            store.flush();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return store;
    }
}
