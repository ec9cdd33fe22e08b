package dev.kume.core.disk;

/** The parent as its child has it: the child reads it, and leaves it open for others. */
final class ParentDisk extends FilterDisk {
    ParentDisk(VirtualDisk disk) {
        super(disk);
    }

    /** Closing is the chain's. */
    @Override
    public void close() {
        // Other children may read it.
    }
}
