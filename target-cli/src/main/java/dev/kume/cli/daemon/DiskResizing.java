package dev.kume.cli.daemon;

import dev.kume.cli.api.DiskResize;
import dev.kume.cli.api.ErrorCode;
import dev.kume.cli.api.OperationView;
import dev.kume.core.disk.DiskFormat;
import dev.kume.core.disk.DiskFormatException;
import dev.kume.core.disk.DiskFormats;
import dev.kume.core.disk.DiskGrowth;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Disks;
import dev.kume.core.inventory.Inventory;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.UUID;

/**
 * Makes disks larger while initiators use them: note, file, inventory, running unit, in this order. Whatever ends it
 * before the inventory has the new size leaves the old one.
 */
final class DiskResizing {
    private final Changes changes;
    private final DiskShelf shelf;
    private final DiskWork work;
    private final DiskShrinking shrinking;
    private final UnfinishedGrowths unfinished;
    private final DiskFormats formats;

    DiskResizing(
            Changes changes,
            DiskShelf shelf,
            DiskWork work,
            DiskShrinking shrinking,
            UnfinishedGrowths unfinished,
            DiskFormats formats) {
        this.changes = changes;
        this.shelf = shelf;
        this.work = work;
        this.shrinking = shrinking;
        this.unfinished = unfinished;
        this.formats = formats;
    }

    /** Checks the request and begins to make the file larger, or smaller where that is asked for. */
    OperationView resize(String name, DiskResize request) {
        long sizeBytes = DiskRequests.size(Requests.required("size", request.size()));
        return changes.inTurn(() -> {
            DiskRecord disk = changes.current().disk(name);
            if (Boolean.TRUE.equals(request.shrink())) {
                return shrinking.shrink(disk, sizeBytes);
            }
            work.checkIdle(disk);
            VirtualDisk open = checked(disk, sizeBytes);
            return work.start(disk, "resized", "disk resize", progress -> grow(disk, open, sizeBytes, progress));
        });
    }

    /** The disk that can be made this large; a refusal of one that cannot. In turn. */
    VirtualDisk checked(DiskRecord disk, long sizeBytes) {
        Disks.checkGrowth(disk, sizeBytes);
        OpenDisk opened = shelf.find(disk);
        VirtualDisk open = opened == null ? null : opened.disk();
        if (opened == null || open == null) {
            String reason = opened == null ? "it is not open" : String.valueOf(opened.offlineReason());
            throw new ApiException(ErrorCode.GUARD, "disk '%s' is offline: %s".formatted(disk.name(), reason), null);
        }
        if (open.info().readOnly()) {
            throw new ApiException(
                    ErrorCode.GUARD,
                    "disk '%s' keeps its size: %s can only be read".formatted(disk.name(), disk.file()),
                    "let the daemon write it first");
        }
        try {
            format(disk).checkSize(sizeBytes);
        } catch (DiskFormatException e) {
            throw new ApiException(ErrorCode.INVALID, "%s: %s".formatted(notResized(disk), e.getMessage()), null);
        }
        return open;
    }

    private DiskFormat format(DiskRecord disk) {
        return formats.byName(disk.format()).orElseThrow();
    }

    /** On an operation's thread. */
    private void grow(DiskRecord disk, VirtualDisk open, long sizeBytes, DiskFormat.Progress progress)
            throws IOException {
        UUID uuid = disk.identity().uuid();
        try {
            progress.at(disk.sizeBytes(), sizeBytes);
            unfinished.note(disk, sizeBytes);
            finish(disk, open.grow(sizeBytes, progress), sizeBytes);
        } catch (IOException e) {
            // What could not be taken back is suppressed in it, and stays noted for the next start.
            if (e.getSuppressed().length == 0) {
                unfinished.finished(uuid);
            }
            if (e instanceof InterruptedIOException) {
                throw e;
            }
            throw failure(disk, e);
        }
    }

    /**
     * The file is large enough: the inventory says so first, then the disk and its initiators. When the daemon stops
     * before that, the note is left, and the next start cuts the file back.
     */
    private void finish(DiskRecord disk, DiskGrowth growth, long sizeBytes) {
        changes.inTurn(() -> {
            try {
                changes.save(inventory -> Disks.grow(inventory, nameOf(inventory, disk), sizeBytes));
            } catch (RuntimeException e) {
                growth.undo();
                unfinished.finished(disk.identity().uuid());
                throw e;
            }
            growth.use();
            unfinished.finished(disk.identity().uuid());
            return changes.apply(inventory -> inventory);
        });
    }

    /** The disk may have another name by now. */
    private static String nameOf(Inventory inventory, DiskRecord disk) {
        DiskRecord now = inventory.findDisk(disk.identity().uuid());
        return now == null ? disk.name() : now.name();
    }

    private static ApiException failure(DiskRecord disk, IOException failure) {
        Path file = Path.of(disk.file());
        if (Errors.isNoSpace(failure)) {
            return new ApiException(
                    ErrorCode.NO_SPACE,
                    "%s: there is not enough space for %s".formatted(notResized(disk), file),
                    "nothing was changed; free space there, or choose a smaller size");
        }
        return Errors.ofFile(file, notResized(disk), failure);
    }

    private static String notResized(DiskRecord disk) {
        return "disk '%s' is not resized".formatted(disk.name());
    }
}
