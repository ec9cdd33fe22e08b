package dev.kume.core.disk.vhdx;

import dev.kume.core.disk.DiskFormatException;
import dev.kume.core.store.BackingStore;
import org.jspecify.annotations.Nullable;

/** What may stand in an entry of the BAT ([MS-VHDX] 2.5.1.1, 2.5.1.2). */
final class BatRules {
    private final BackingStore store;
    private final DiskParameters parameters;
    private final Bat bat;
    private final Structures structures;

    BatRules(VhdxFile file, Structures structures) {
        this.store = file.store();
        this.parameters = file.parameters();
        this.bat = file.bat();
        this.structures = structures;
    }

    /** Refuses a bad entry of a payload block. */
    void check(long index, long entry) throws DiskFormatException {
        refuse(problem(index, entry));
    }

    /** Refuses a bad entry of a bitmap block. */
    void checkBitmap(long index, long entry) throws DiskFormatException {
        refuse(problemOfBitmap(index, entry));
    }

    private void refuse(@Nullable String problem) throws DiskFormatException {
        if (problem != null) {
            throw Bytes.damaged(store, problem);
        }
    }

    /** What is wrong with an entry of a payload block, or null. */
    @Nullable
    String problem(long index, long entry) {
        if (BatEntry.reserved(entry) != 0) {
            return "BAT entry %d: reserved bits are set, %016X".formatted(index, entry);
        }
        return switch (BatEntry.state(entry)) {
            case BatEntry.NOT_PRESENT, BatEntry.ZERO -> null;
            case BatEntry.UNDEFINED, BatEntry.UNMAPPED ->
                BatEntry.holdsSpace(entry) ? problemOfPlace(index, entry, blockBytes(index)) : null;
            case BatEntry.FULLY_PRESENT -> problemOfPlace(index, entry, blockBytes(index));
            case BatEntry.PARTIALLY_PRESENT ->
                parameters.hasParent()
                        ? problemOfPlace(index, entry, blockBytes(index))
                        : "BAT entry %d: the block is partly present (state 7), and the disk has no parent"
                                .formatted(index);
            default -> "BAT entry %d: the state %d is reserved".formatted(index, BatEntry.state(entry));
        };
    }

    /** What is wrong with an entry of a bitmap block of a differencing disk, or null. */
    @Nullable
    String problemOfBitmap(long index, long entry) {
        if (BatEntry.reserved(entry) != 0) {
            return "BAT entry %d of a sector bitmap block: reserved bits are set, %016X".formatted(index, entry);
        }
        return switch (BatEntry.state(entry)) {
            case BatEntry.NOT_PRESENT -> null;
            case BatEntry.BITMAP_PRESENT -> problemOfPlace(index, entry, Bat.BITMAP_BYTES);
            default ->
                "BAT entry %d of a sector bitmap block: the state %d is reserved"
                        .formatted(index, BatEntry.state(entry));
        };
    }

    /** Of the last block, what the disk has of it has to be in the file. */
    private long blockBytes(long index) {
        long begin = bat.blockOf(index) * parameters.blockBytes();
        return Math.clamp(parameters.sizeBytes() - begin, 1, parameters.blockBytes());
    }

    private @Nullable String problemOfPlace(long index, long entry, long bytes) {
        long offset = BatEntry.offsetBytes(entry);
        if (offset < VhdxHeaders.SECTION_BYTES) {
            return "BAT entry %d: its offset of %d MB is not behind the header section".formatted(index, offset >>> 20);
        }
        if (offset > store.sizeBytes() - bytes) {
            return "BAT entry %d: %d bytes at offset %d lie beyond the end of the file at %d"
                    .formatted(index, bytes, offset, store.sizeBytes());
        }
        String under = structures.under(offset, bytes);
        return under.isEmpty()
                ? null
                : "BAT entry %d: the block at offset %d lies over %s".formatted(index, offset, under);
    }
}
