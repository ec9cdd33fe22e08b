package dev.kume.cli.daemon;

import dev.kume.cli.api.OperationView;
import dev.kume.core.disk.DiskFormat;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.store.StoreProvider;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the files of new disks, one or several, and the one change that makes them known: all or nothing, whatever
 * ends it. Files are made under other names; the inventory comes first, then their own names. A crash is settled at
 * the next start, by {@link UnfinishedFiles}.
 */
final class DiskMaking {
    /** Makes the file of a new disk, under another name first. */
    @FunctionalInterface
    interface Maker {
        void make(DiskRecord disk, Path working, DiskFormat.Progress progress) throws IOException;
    }

    /** A disk that may be made, and how. */
    record Wanted(DiskRecord disk, Maker maker) {
        Path file() {
            return Path.of(disk.file());
        }

        UUID uuid() {
            return disk.identity().uuid();
        }

        Path working() {
            return UnfinishedFiles.workingName(file(), uuid());
        }

        String refused() {
            return "disk '%s' is not created".formatted(disk.name());
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(DiskMaking.class);

    private final Settings settings;
    private final Changes changes;
    private final Operations operations;
    private final Exports exports;
    private final DiskShelf shelf;
    private final DiskPlaces places;
    private final UnfinishedFiles unfinished;
    private final StoreProvider stores;

    DiskMaking(
            Settings settings,
            Changes changes,
            Operations operations,
            Exports exports,
            DiskShelf shelf,
            DiskPlaces places,
            UnfinishedFiles unfinished,
            StoreProvider stores) {
        this.settings = settings;
        this.changes = changes;
        this.operations = operations;
        this.exports = exports;
        this.shelf = shelf;
        this.places = places;
        this.unfinished = unfinished;
        this.stores = stores;
    }

    /**
     * Takes the names of disks that may be made, and begins to make their files. In turn.
     *
     * @param kind    of the operation
     * @param subject of the operation
     * @param rule    the change that makes them known; tried when all files are whole
     */
    OperationView start(String kind, String subject, List<Wanted> wanted, UnaryOperator<Inventory> rule) {
        wanted.forEach(each -> places.take(each.disk().name(), each.file()));
        try {
            return operations.start(kind, subject, progress -> make(wanted, rule, progress));
        } catch (RuntimeException e) {
            free(wanted);
            throw e;
        }
    }

    private void free(List<Wanted> wanted) {
        wanted.forEach(each -> places.free(each.file()));
    }

    /** On an operation's thread. */
    private void make(List<Wanted> wanted, UnaryOperator<Inventory> rule, DiskFormat.Progress progress) {
        List<Wanted> begun = new ArrayList<>();
        try {
            keep(wanted);
            long allBytes =
                    wanted.stream().mapToLong(each -> each.disk().sizeBytes()).sum();
            long doneBytes = 0;
            for (Wanted each : wanted) {
                long beforeBytes = doneBytes;
                long othersBytes = allBytes - each.disk().sizeBytes();
                makeOne(each, begun, (done, total) -> progress.at(beforeBytes + done, othersBytes + total));
                doneBytes += each.disk().sizeBytes();
            }
            changes.inTurn(() -> finish(wanted, rule));
        } catch (RuntimeException e) {
            begun.removeIf(each -> !removeLeftovers(each, e));
            throw e;
        } finally {
            changes.inTurn(() -> {
                free(wanted);
                return wanted;
            });
            begun.forEach(each -> unfinished.finished(each.uuid()));
        }
    }

    private void keep(List<Wanted> wanted) {
        for (Wanted each : wanted) {
            try {
                unfinished.keep(each.file());
            } catch (IOException e) {
                throw Errors.ofFile(each.file(), each.refused(), e);
            }
        }
    }

    private void makeOne(Wanted wanted, List<Wanted> begun, DiskFormat.Progress progress) {
        DiskRecord disk = wanted.disk();
        try {
            progress.at(0, disk.sizeBytes());
            begun.add(wanted);
            unfinished.note(wanted.uuid(), wanted.working(), wanted.file());
            wanted.maker().make(disk, wanted.working(), progress);
        } catch (InterruptedIOException e) {
            throw new CancellationException("cancelled");
        } catch (IOException e) {
            throw Errors.ofFile(wanted.file(), wanted.refused(), e);
        }
        try {
            shelf.memories().create(disk);
        } catch (IOException e) {
            throw Errors.ofSaving(settings.stateDirectory(), e);
        }
    }

    /** The files are whole: the inventory first, then their names. */
    private Inventory finish(List<Wanted> wanted, UnaryOperator<Inventory> rule) throws IOException {
        Inventory before = changes.current();
        changes.save(rule);
        List<Wanted> renamed = new ArrayList<>();
        try {
            for (Wanted each : wanted) {
                rename(each);
                renamed.add(each);
            }
        } catch (IOException | RuntimeException e) {
            changes.save(before::after);
            renamed.forEach(this::takeBack);
            throw e;
        }
        wanted.forEach(each -> exports.add(shelf.open(each.disk())));
        return changes.apply(inventory -> inventory);
    }

    private void rename(Wanted wanted) throws IOException {
        if (UnfinishedFiles.exists(wanted.file())) {
            throw Errors.existing(wanted.file(), wanted.refused());
        }
        stores.rename(wanted.working(), wanted.file());
    }

    /** Its disk is not known after all: the file has its other name again, and goes with the others. */
    private void takeBack(Wanted wanted) {
        try {
            stores.rename(wanted.file(), wanted.working());
        } catch (IOException e) {
            LOG.warn("{} is left behind, and belongs to no disk: {}", wanted.file(), Causes.of(e));
        }
    }

    /** False when something is left, which the next start removes. */
    private boolean removeLeftovers(Wanted wanted, RuntimeException because) {
        if (changes.current().findDisk(wanted.uuid()) == null) {
            shelf.memories().remove(wanted.disk());
        }
        try {
            if (UnfinishedFiles.exists(wanted.working())) {
                stores.remove(wanted.working());
            }
            return true;
        } catch (IOException e) {
            because.addSuppressed(e);
            LOG.warn("{} could not be removed: {}; the next start does it", wanted.working(), Causes.of(e));
            return false;
        }
    }
}
