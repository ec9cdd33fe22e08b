package dev.kume.cli.daemon;

import dev.kume.cli.api.ErrorCode;
import dev.kume.cli.files.Causes;
import dev.kume.cli.log.DiskEvent;
import dev.kume.core.disk.DiskFormat;
import dev.kume.core.disk.DiskGrowth;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.store.StoreProvider;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of a plan before the inventory knows of them: new ones under other names, larger ones that show their old
 * size; each is noted, so that a crash leaves none. On an operation's thread.
 */
final class ConfigFiles {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigFiles.class);

    private final DiskShelf shelf;
    private final NewFiles files;
    private final UnfinishedGrowths growths;
    private final StoreProvider stores;

    ConfigFiles(DiskShelf shelf, NewFiles files, UnfinishedGrowths growths, StoreProvider stores) {
        this.shelf = shelf;
        this.files = files;
        this.growths = growths;
        this.stores = stores;
    }

    /** A file that is larger than the disk in it shows. */
    record Grown(DiskRecord disk, DiskGrowth growth) {}

    /** What has been made so far. */
    static final class Prepared {
        final List<NewFiles.Wanted> made = new ArrayList<>();
        final List<Grown> grown = new ArrayList<>();
        private boolean used;

        /** The inventory has them; nothing is taken back any more. */
        void use() {
            used = true;
        }

        boolean used() {
            return used;
        }
    }

    /** All files, or none. */
    Prepared prepare(ConfigPlanning.Planned planned, DiskFormat.Progress progress) throws IOException {
        Prepared prepared = new Prepared();
        Sum sum = new Sum(planned, progress);
        try {
            sum.at(0);
            List<NewFiles.Wanted> wanted = planned.made().values().stream()
                    .map(plan -> NewFiles.Wanted.of(plan, stores))
                    .toList();
            files.make(wanted, prepared.made, (done, total) -> sum.at(done));
            sum.next(wanted.stream().mapToLong(each -> each.disk().sizeBytes()).sum());
            for (DiskRecord after : planned.grown()) {
                DiskRecord before = planned.now().disk(after.identity().uuid());
                grow(before, after.sizeBytes(), prepared, sum);
                sum.next(after.sizeBytes() - before.sizeBytes());
            }
            return prepared;
        } catch (InterruptedIOException e) {
            takeBack(prepared, e);
            throw new CancellationException("cancelled");
        } catch (IOException | RuntimeException e) {
            takeBack(prepared, e);
            throw e;
        }
    }

    private void grow(DiskRecord disk, long sizeBytes, Prepared prepared, Sum sum) throws IOException {
        OpenDisk opened = shelf.find(disk);
        VirtualDisk open = opened == null ? null : opened.disk();
        if (open == null) {
            throw new ApiException(
                    ErrorCode.GUARD, "disk '%s' went offline meanwhile".formatted(disk.name()), "plan again");
        }
        growths.note(disk, sizeBytes);
        try {
            DiskGrowth growth = open.grow(sizeBytes, (done, total) -> sum.at(Math.max(0, done - disk.sizeBytes())));
            prepared.grown.add(new Grown(disk, growth));
        } catch (IOException e) {
            // What could not be taken back is suppressed in it, and stays noted for the next start.
            if (e.getSuppressed().length == 0) {
                growths.finished(disk.identity().uuid());
            }
            if (e instanceof InterruptedIOException) {
                throw e;
            }
            throw Errors.ofFile(Path.of(disk.file()), "disk '%s' is not resized".formatted(disk.name()), e);
        }
    }

    /** Everything is as it was; what cannot be taken back is noted, and the next start does it. */
    void takeBack(Prepared prepared, Throwable because) {
        files.discard(prepared.made, because);
        for (Grown grown : prepared.grown) {
            try {
                grown.growth().undo();
                growths.finished(grown.disk().identity().uuid());
            } catch (IOException e) {
                DiskEvent.NOT_CUT_BACK.log(LOG, grown.disk().name(), Causes.of(e));
            }
        }
    }

    /** The progress of all files as that of one. */
    private static final class Sum {
        private final DiskFormat.Progress progress;
        private final long totalBytes;
        private long beforeBytes;

        Sum(ConfigPlanning.Planned planned, DiskFormat.Progress progress) {
            this.progress = progress;
            long bytes = 0;
            for (DiskPlanning.Plan plan : planned.made().values()) {
                bytes += plan.disk().sizeBytes();
            }
            for (DiskRecord disk : planned.grown()) {
                bytes += disk.sizeBytes()
                        - Objects.requireNonNull(
                                        planned.now().findDisk(disk.identity().uuid()))
                                .sizeBytes();
            }
            totalBytes = bytes;
        }

        void at(long doneBytes) throws IOException {
            progress.at(Math.min(totalBytes, beforeBytes + doneBytes), totalBytes);
        }

        void next(long bytes) {
            beforeBytes += bytes;
        }
    }
}
