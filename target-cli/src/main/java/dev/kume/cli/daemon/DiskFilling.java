package dev.kume.cli.daemon;

import dev.kume.core.Clock;
import dev.kume.core.disk.Chain;
import dev.kume.core.disk.DiskCopy;
import dev.kume.core.disk.DiskFiles;
import dev.kume.core.disk.DiskFormat;
import dev.kume.core.disk.DiskSpace;
import dev.kume.core.disk.MapNotes;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.store.NoSpaceException;
import dev.kume.core.store.StoreProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Makes new files, and fills them with what a disk holds while it is used. On operation threads. */
final class DiskFilling {
    /** How long commands that are under way may keep the instant waiting, and others that come after it. */
    private static final Duration QUIET_TIME = Duration.ofSeconds(10);

    private final StoreProvider stores;
    private final DiskShelf shelf;
    private final Clock clock;
    private final RandomGenerator random;

    DiskFilling(StoreProvider stores, DiskShelf shelf, Clock clock, RandomGenerator random) {
        this.stores = stores;
        this.shelf = shelf;
        this.clock = clock;
        this.random = random;
    }

    /** An id for a note, or for a file that is no disk. */
    UUID newId() {
        return new UUID(random.nextLong(), random.nextLong());
    }

    /** Ends a copy at one instant, with a step that is done at it. */
    void finish(DiskCopy copy, DiskCopy.Step step) throws IOException {
        copy.finish(QUIET_TIME, clock, step);
    }

    /** What is done with a copy that is complete, and goes on until {@link DiskCopy#finish}. */
    @FunctionalInterface
    interface End<T> {
        T with(DiskCopy copy, Chain made) throws IOException;
    }

    /**
     * Makes a file and copies the disk into it. When this throws, whatever the reason, there is no such file; the disk
     * goes on as if nothing had been.
     *
     * @param end in which the copy is finished; when it returns, the file is kept, and its hold is whose it says
     */
    <T> T fill(Path file, ImageKind kind, DiskRecord disk, UUID uniqueId, DiskFormat.Progress progress, End<T> end)
            throws IOException {
        // How far the file is laid is not told, but heard is a cancel.
        DiskFormat.Progress quiet = (done, total) -> progress.at(0, disk.sizeBytes());
        new DiskFiles(stores).make(file, kind.format(), kind.options(disk, uniqueId, quiet));
        Chain made = null;
        try {
            made = shelf.chains().open(file, kind.format(), kind.thin());
            return filled(disk, kind, made, progress, end);
        } catch (IOException | RuntimeException e) {
            remove(file, made, e);
            throw e;
        }
    }

    private <T> T filled(DiskRecord disk, ImageKind kind, Chain made, DiskFormat.Progress progress, End<T> end)
            throws IOException {
        DiskStack source = shelf.stack(disk);
        if (kind.thin()) {
            checkSpace(source, made, progress);
        }
        try (DiskCopy copy = new DiskCopy(source.isolated(), source.live(), made.disk())) {
            copy.run(progress);
            return end.with(copy, made);
        }
    }

    /** Of a file that takes its space as it is written; another one has it by now. */
    private static void checkSpace(DiskStack source, Chain made, DiskFormat.Progress progress) throws IOException {
        long neededBytes = DiskCopy.mappedBytes(source.isolated(), progress);
        DiskSpace space = made.disk().measureSpace();
        if (space != null && space.freeBytes() < neededBytes) {
            throw new NoSpaceException("%s needs %d bytes, and %d are free there"
                    .formatted(made.store().location(), neededBytes, space.freeBytes()));
        }
    }

    private void remove(Path file, @Nullable Chain made, Throwable failure) {
        try {
            if (made != null) {
                made.close();
            }
            MapNotes.remove(stores, file);
            stores.remove(file);
        } catch (IOException | RuntimeException e) {
            failure.addSuppressed(e);
        }
    }
}
