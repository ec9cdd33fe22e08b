package dev.kume.cli.daemon;

import dev.kume.cli.api.DiskExport;
import dev.kume.cli.api.OperationResult;
import dev.kume.cli.api.OperationView;
import dev.kume.core.disk.Chain;
import dev.kume.core.disk.DiskFormat;
import dev.kume.core.disk.DiskFormats;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.store.StoreProvider;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.UUID;

/**
 * Writes what a disk holds at one instant into a file that is no disk, while initiators use the disk. The file has its
 * name when it is whole and durable, and not before.
 */
final class DiskExporting {
    private final Changes changes;
    private final DiskShelf shelf;
    private final DiskWork work;
    private final DiskPlaces places;
    private final UnfinishedFiles unfinished;
    private final DiskFilling filling;
    private final StoreProvider stores;
    private final DiskFormats formats;

    DiskExporting(
            Changes changes,
            DiskShelf shelf,
            DiskWork work,
            DiskPlaces places,
            UnfinishedFiles unfinished,
            DiskFilling filling,
            StoreProvider stores,
            DiskFormats formats) {
        this.changes = changes;
        this.shelf = shelf;
        this.work = work;
        this.places = places;
        this.unfinished = unfinished;
        this.filling = filling;
        this.stores = stores;
        this.formats = formats;
    }

    /** Checks the request and begins to write the file. */
    OperationView export(String name, DiskExport request) {
        Path file = Requests.absolutePath(Requests.required("file", request.file()));
        // Not sparse unless it is asked for: Windows attaches no sparse VHD.
        boolean sparse = Boolean.TRUE.equals(request.sparse());
        return changes.inTurn(() -> {
            DiskRecord disk = changes.current().disk(name);
            work.checkIdle(disk);
            var _ = shelf.stack(disk); // Only a disk that is online.
            ImageKind kind = ImageKind.of(
                    formats,
                    disk,
                    new ImageKind.Words(request.format(), request.type(), sparse ? true : null, request.blockSizeMb()),
                    notExported(disk));
            ImageKind reserved = sparse ? kind : kind.reserved();
            places.checkFree(file, notExported(disk));
            reserved.checkSpace(file, disk, notExported(disk));
            places.take(disk.name(), file);
            return work.startTelling(
                    disk,
                    "exported",
                    "disk export",
                    progress -> export(disk, reserved, file, progress),
                    () -> places.free(file));
        });
    }

    /** On an operation's thread. */
    private OperationResult export(DiskRecord disk, ImageKind kind, Path file, DiskFormat.Progress progress)
            throws IOException {
        UUID uuid = filling.newId();
        Path working = UnfinishedFiles.workingName(file, uuid);
        try {
            progress.at(0, disk.sizeBytes());
            unfinished.note(uuid, working, file);
            Chain made = filling.fill(working, kind, disk, uuid, progress, (copy, chain) -> {
                filling.finish(copy, () -> {});
                return chain;
            });
            made.close();
            place(working, file);
            unfinished.finished(uuid);
            return OperationResult.ofFile(file.toString());
        } catch (IOException | RuntimeException e) {
            if (e.getSuppressed().length == 0) {
                unfinished.finished(uuid);
            }
            if (e instanceof IOException failure && !(e instanceof InterruptedIOException)) {
                throw Errors.ofFile(file, notExported(disk), failure);
            }
            throw e;
        }
    }

    private void place(Path working, Path file) throws IOException {
        try {
            stores.rename(working, file);
        } catch (IOException | RuntimeException e) {
            try {
                stores.remove(working);
            } catch (IOException | RuntimeException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
    }

    private static String notExported(DiskRecord disk) {
        return "disk '%s' is not exported".formatted(disk.name());
    }
}
