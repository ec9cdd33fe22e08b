package dev.kume.cli.daemon;

import dev.kume.cli.api.DiskConvert;
import dev.kume.cli.api.ErrorCode;
import dev.kume.cli.api.OperationResult;
import dev.kume.cli.api.OperationView;
import dev.kume.cli.files.Causes;
import dev.kume.cli.log.DiskEvent;
import dev.kume.core.disk.Chain;
import dev.kume.core.disk.DiskCopy;
import dev.kume.core.disk.DiskFormat;
import dev.kume.core.disk.DiskFormats;
import dev.kume.core.disk.DiskType;
import dev.kume.core.inventory.DiskLayers;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.DiskReshaping;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives disks a file of another format or type while initiators use them. The old file serves until the new one is the
 * same; then, while nobody is inside of the disk, the inventory says which it is. Whatever ends it before leaves the
 * old file in service and no new one.
 */
final class DiskConversion {
    private static final Logger LOG = LoggerFactory.getLogger(DiskConversion.class);

    private final Changes changes;
    private final DiskShelf shelf;
    private final DiskWork work;
    private final DiskPlaces places;
    private final UnfinishedFiles unfinished;
    private final DiskFilling filling;
    private final DiskFormats formats;

    DiskConversion(
            Changes changes,
            DiskShelf shelf,
            DiskWork work,
            DiskPlaces places,
            UnfinishedFiles unfinished,
            DiskFilling filling,
            DiskFormats formats) {
        this.changes = changes;
        this.shelf = shelf;
        this.work = work;
        this.places = places;
        this.unfinished = unfinished;
        this.filling = filling;
        this.formats = formats;
    }

    /** What is to become of a disk, checked. */
    private record Plan(DiskRecord disk, ImageKind kind, Path file, boolean keepsSource) {
        DiskRecord of(DiskRecord now) {
            return now.withFile(
                    file.toString(), kind.format().name(), kind.type().word(), kind.thin(), DiskLayers.NONE);
        }
    }

    /** Checks the request and begins to make the new file. */
    OperationView convert(String name, DiskConvert request) {
        return changes.inTurn(() -> {
            Plan plan = planned(changes.current().disk(name), request);
            DiskRecord disk = plan.disk();
            places.take(disk.name(), plan.file());
            return work.startTelling(
                    disk,
                    "converted",
                    "disk convert",
                    progress -> convert(plan, progress),
                    () -> places.free(plan.file()));
        });
    }

    private Plan planned(DiskRecord disk, DiskConvert request) {
        work.checkIdle(disk);
        String refused = notConverted(disk);
        DiskReshaping.checkAlone(changes.current(), disk, "is not converted");
        var _ = shelf.stack(disk); // Only a disk that is online.
        ImageKind.Words words =
                new ImageKind.Words(request.format(), request.type(), request.sparse(), request.blockSizeMb());
        ImageKind kind = ImageKind.of(formats, disk, words, refused);
        if (isSo(disk, kind) && request.file() == null && request.blockSizeMb() == null) {
            throw new ApiException(
                    ErrorCode.CONFLICT,
                    "disk '%s' is %s already".formatted(disk.name(), kind),
                    "choose another --format or --type, or move it with --file");
        }
        Path file;
        if (request.file() == null) {
            file = places.beside(Path.of(disk.file()), kind.extension());
        } else {
            file = Requests.absolutePath(request.file());
        }
        places.checkFree(file, refused);
        kind.checkSpace(file, disk, refused);
        return new Plan(disk, kind, file, Boolean.TRUE.equals(request.keepSource()));
    }

    private static boolean isSo(DiskRecord disk, ImageKind kind) {
        return disk.format().equals(kind.format().name())
                && disk.type().equals(kind.type().word())
                && (kind.type() != DiskType.FIXED || disk.sparse() == kind.sparse());
    }

    /** On an operation's thread. */
    private OperationResult convert(Plan plan, DiskFormat.Progress progress) throws IOException {
        DiskRecord disk = plan.disk();
        // Each of the two files goes at the next start, unless it is the disk's by then.
        UUID made = filling.newId();
        UUID left = filling.newId();
        Chain old = exchanged(plan, made, left, progress);
        changes.inTurn(() -> changes.apply(inventory -> inventory));
        old.close();
        if (!plan.keepsSource()) {
            remove(disk, left);
        }
        return OperationResult.ofFile(plan.file().toString());
    }

    /** @return the hold on the old file, which serves no more */
    private Chain exchanged(Plan plan, UUID made, UUID left, DiskFormat.Progress progress) throws IOException {
        DiskRecord disk = plan.disk();
        try {
            progress.at(0, disk.sizeBytes());
            unfinished.keep(plan.file());
            unfinished.note(made, plan.file(), plan.file());
            UUID uuid = disk.identity().uuid();
            Chain old = filling.fill(plan.file(), plan.kind(), disk, uuid, progress, (copy, next) -> {
                if (!plan.keepsSource()) {
                    unfinished.note(left, Path.of(disk.file()), Path.of(disk.file()));
                }
                return changes.inTurn(() -> exchange(plan, copy, next));
            });
            unfinished.finished(made);
            return old;
        } catch (IOException | RuntimeException e) {
            // A file that could not be removed is suppressed in it, and stays noted for the next start.
            if (e.getSuppressed().length == 0) {
                unfinished.finished(made);
            }
            unfinished.finished(left);
            if (e instanceof IOException failure && !(e instanceof InterruptedIOException)) {
                throw Errors.ofFile(plan.file(), notConverted(disk), failure);
            }
            throw e;
        }
    }

    /** In turn. */
    private Chain exchange(Plan plan, DiskCopy copy, Chain next) {
        List<Chain> old = new ArrayList<>();
        try {
            filling.finish(copy, () -> {
                DiskRecord now = DiskReshaping.current(changes.current(), plan.disk());
                DiskRecord after = plan.of(now);
                // The file first: as long as nobody is in the disk, it can be exchanged back.
                Chain before = shelf.exchange(now, after, next);
                try {
                    changes.save(inventory -> DiskReshaping.refile(inventory, after));
                } catch (RuntimeException e) {
                    var _ = shelf.exchange(after, now, before);
                    throw e;
                }
                old.add(before);
            });
        } catch (IOException e) {
            throw Errors.ofFile(plan.file(), notConverted(plan.disk()), e);
        }
        DiskEvent.CONVERTED.log(LOG, plan.disk().name(), plan.kind(), plan.file());
        return old.getFirst();
    }

    private void remove(DiskRecord disk, UUID note) {
        Path file = Path.of(disk.file());
        try {
            unfinished.remove(file);
            unfinished.finished(note);
        } catch (IOException e) {
            throw new ApiException(
                    ErrorCode.FAILED,
                    "disk '%s' is converted, but its old file %s is not removed: %s"
                            .formatted(disk.name(), file, Causes.of(e)),
                    "remove the file by hand; the daemon tries again at its next start");
        }
    }

    private static String notConverted(DiskRecord disk) {
        return "disk '%s' is not converted".formatted(disk.name());
    }
}
