package dev.kume.cli.daemon;

import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.scsi.DurableState;
import dev.kume.core.scsi.UnitMemory;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What the units of all disks remember: reservations and the like. By the provisioning thread, but for creation. */
interface UnitMemories extends AutoCloseable {
    /** Disks that forget everything, for tests of what has nothing to do with it. */
    UnitMemories NONE = new UnitMemories() {
        @Override
        public void create(DiskRecord disk) {}

        @Override
        public void createMissing(DiskRecord disk) {}

        @Override
        public Recalled open(DiskRecord disk) {
            return Recalled.nothing(disk);
        }

        @Override
        public void close(DiskRecord disk) {}

        @Override
        public void remove(DiskRecord disk) {}

        @Override
        public void settle(Inventory inventory) {}

        @Override
        public void close() {}
    };

    /**
     * What is known of one disk.
     *
     * @param memory     keeps what is to be remembered from now on
     * @param state      what was remembered
     * @param lostReason why that cannot be told, and what to do: the disk must stay offline then; else null
     */
    record Recalled(
            UnitMemory memory, DurableState state, @Nullable String lostReason) {
        /** A disk that has never been used, and will not be remembered. */
        static Recalled nothing(DiskRecord disk) {
            DurableState state = DurableState.INITIAL.withSavedModes(UnitSettings.defaultModes(disk));
            return new Recalled(UnitMemory.NONE, state, null);
        }
    }

    /** Makes the memory of a new disk, durably; what is left of an earlier try goes. Any thread. */
    void create(DiskRecord disk) throws IOException;

    /** Makes the memory of a disk that an older version has made, unless it is there. */
    void createMissing(DiskRecord disk) throws IOException;

    /** What a disk remembers. Where that is lost it is said, and never taken for nothing. */
    Recalled open(DiskRecord disk);

    /** What is durable of a disk now, for a backup; null where nothing is known. Any thread. */
    default byte @Nullable [] record(DiskRecord disk) {
        return null;
    }

    /** Nothing of the disk is to be remembered any more; its memory stays. */
    void close(DiskRecord disk);

    /** Removes the memory of a disk that is gone; a failure is left to the next start. */
    void remove(DiskRecord disk);

    /** Removes what a crash has left of disks that the inventory does not have. */
    void settle(Inventory inventory) throws IOException;

    @Override
    void close();
}
