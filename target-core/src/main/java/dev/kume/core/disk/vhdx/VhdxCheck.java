package dev.kume.core.disk.vhdx;

import dev.kume.core.disk.DiskFormat;
import dev.kume.core.disk.DiskFormatException;
import dev.kume.core.disk.DiskReport;
import dev.kume.core.disk.DiskReport.Severity;
import dev.kume.core.disk.block.BlockMap;
import dev.kume.core.disk.block.Entry;
import dev.kume.core.disk.block.FileSpace;
import dev.kume.core.store.BackingStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Checks the structures of a file that nobody has open. Mended is what has a sound copy, or is of no use: a log that
 * has to be replayed, a broken header or region table beside a sound one, entries of bitmap blocks where there can be
 * none.
 */
final class VhdxCheck {
    private static final long PROGRESS_ENTRIES = 1 << 16;

    private final BackingStore store;
    private final boolean repair;
    private final Supplier<UUID> guids;
    private final DiskReport.Builder report = new DiskReport.Builder();

    VhdxCheck(BackingStore store, boolean repair, Supplier<UUID> guids) {
        this.store = store;
        this.repair = repair;
        this.guids = guids;
    }

    DiskReport run(DiskFormat.Progress progress) throws IOException {
        progress.at(0, store.sizeBytes());
        try {
            checkHeaders();
            VhdxFile file = replayed();
            checkRegionTables(file);
            checkBat(file, progress);
        } catch (DiskFormatException damaged) {
            report.add(Severity.DAMAGE, "structure", String.valueOf(damaged.getMessage()), false);
        }
        progress.at(store.sizeBytes(), store.sizeBytes());
        return report.build();
    }

    private void checkHeaders() throws IOException {
        VhdxHeaders headers = VhdxHeaders.read(store);
        int other = 1 - headers.currentIndex();
        if (VhdxHeaders.at(store, other) == null) {
            if (repair) {
                headers.mend();
            }
            report.add(
                    Severity.REPAIRABLE,
                    "header %d".formatted(other + 1),
                    "the copy at offset %d has not its signature or checksum; the other one is sound"
                            .formatted(VhdxHeaders.offsetBytes(other)),
                    repair);
        }
    }

    private VhdxFile replayed() throws IOException {
        VhdxFile file = VhdxFile.read(store);
        if (!file.headers().current().hasLog()) {
            return file;
        }
        report.add(
                Severity.REPAIRABLE,
                "log",
                "the file was not closed, and its log %s has to be replayed"
                        .formatted(file.headers().current().logGuid()),
                repair);
        return repair ? VhdxFile.recover(store, guids) : file;
    }

    private void checkRegionTables(VhdxFile file) throws IOException {
        ByteBuffer sound = file.regions().encode();
        for (long offset : RegionTable.OFFSETS) {
            ByteBuffer copy = Bytes.read(file.store(), offset, RegionTable.BYTES);
            if (RegionTable.isSound(copy)) {
                continue;
            }
            if (repair) {
                store.write(offset, sound.duplicate());
                store.flush();
            }
            report.add(
                    Severity.REPAIRABLE,
                    "region table",
                    "the copy at offset %d has not its signature or checksum; the other one is sound".formatted(offset),
                    repair);
        }
    }

    private void checkBat(VhdxFile file, DiskFormat.Progress progress) throws IOException {
        Bat bat = file.bat();
        Structures structures = file.structures();
        BatRules rules = new BatRules(file, structures);
        FileSpace space = new FileSpace(Bytes.MIB);
        structures.use(space);
        Set<Long> chunks = new HashSet<>();
        Set<Long> chunksNeeded = new HashSet<>();
        List<Long> useless = new ArrayList<>();
        long[] blocks = {0};
        long entries = bat.entries(file.parameters().sizeBytes());
        BatScan.run(file.store(), file.entryOffset(0), 0, entries, (index, entry) -> {
            boolean bitmap = bat.isBitmap(index);
            if (bitmap ? !bat.hasBitmaps() : bat.blockOf(index) >= file.blocks()) {
                useless.add(index);
                return;
            }
            String problem = bitmap ? rules.problemOfBitmap(index, entry) : rules.problem(index, entry);
            if (problem != null) {
                report.add(Severity.DAMAGE, "BAT entry " + index, problem, false);
                return;
            }
            int state = BatEntry.state(entry);
            if (bitmap && state == BatEntry.BITMAP_PRESENT) {
                chunks.add(bat.chunkOf(index));
                space.use(BatEntry.offsetBytes(entry), Bat.BITMAP_BYTES);
            } else if (!bitmap && BatEntry.holdsSpace(entry)) {
                blocks[0] += state >= BatEntry.FULLY_PRESENT ? 1 : 0;
                space.use(BatEntry.offsetBytes(entry), file.parameters().blockBytes());
                if (state == BatEntry.PARTIALLY_PRESENT) {
                    chunksNeeded.add(bat.chunkOf(index));
                }
            }
            if (index % PROGRESS_ENTRIES == 0) {
                progress.at(store.sizeBytes() / entries * index, store.sizeBytes());
            }
        });
        chunksNeeded.removeAll(chunks);
        for (long chunk : chunksNeeded) {
            long index = bat.indexOfBitmap(chunk);
            report.add(
                    Severity.DAMAGE,
                    "BAT entry " + index,
                    "a block of the chunk %d is partly present, and the chunk has no sector bitmap block"
                            .formatted(chunk),
                    false);
        }
        reportUseless(file, useless);
        reportSpace(file, space, blocks[0]);
    }

    private void reportUseless(VhdxFile file, List<Long> useless) throws IOException {
        if (useless.isEmpty()) {
            return;
        }
        if (repair) {
            VhdxLayout layout = new VhdxLayout(file, guids);
            layout.beginChanges(true);
            layout.clearEntries(useless);
            layout.close();
        }
        report.add(
                Severity.REPAIRABLE,
                "BAT entry " + useless.getFirst(),
                "%d entries are not zero: of blocks behind the end of the disk, or of bitmaps where no parent is"
                        .formatted(useless.size()),
                repair);
    }

    private void reportSpace(VhdxFile file, FileSpace space, long blocks) {
        long overlap = space.seal();
        if (overlap >= 0) {
            report.add(Severity.DAMAGE, "BAT", "two blocks lie over each other at offset %d".formatted(overlap), false);
        }
        report.blocks(blocks);
        report.leakedBytes(space.freeBytes() + Math.max(0, file.store().sizeBytes() - space.endBytes()));
    }

    /** Compares the BAT with the map of an open disk; changes that are on their way are no findings. */
    static void compare(VhdxFile file, BlockMap map, DiskReport.Builder report) throws IOException {
        Bat bat = file.bat();
        long entries = bat.entries(file.parameters().sizeBytes());
        long[] inFile = {0};
        BatRules rules = new BatRules(file, file.structures());
        BatScan.run(file.store(), file.entryOffset(0), 0, entries, (index, entry) -> {
            if (bat.isBitmap(index)) {
                return;
            }
            long block = bat.blockOf(index);
            if (block >= file.blocks()) {
                return;
            }
            @Nullable String problem = rules.problem(index, entry);
            if (problem != null) {
                report.add(Severity.DAMAGE, "BAT entry " + index, problem, false);
                return;
            }
            long inMemory = block < map.blocks() ? map.get(block) : Entry.ABSENT;
            long there = VhdxLayout.mapEntry(entry);
            inFile[0] += Entry.hasSpace(there) ? 1 : 0;
            if (Entry.hasSpace(inMemory)
                    && (!Entry.hasSpace(there) || Entry.dataBytes(inMemory) != Entry.dataBytes(there))) {
                report.add(
                        Severity.DAMAGE,
                        "BAT entry " + index,
                        "the file says %016X, and the disk has the block at %d"
                                .formatted(entry, Entry.dataBytes(inMemory)),
                        false);
            }
        });
        long inMemory = 0;
        for (long block = map.nextEntry(0); block < map.blocks(); block = map.nextEntry(block + 1)) {
            inMemory += Entry.hasSpace(map.get(block)) ? 1 : 0;
        }
        if (inMemory > inFile[0]) {
            report.add(
                    Severity.DAMAGE, "BAT", "it has %d blocks, and the disk %d".formatted(inFile[0], inMemory), false);
        }
    }
}
