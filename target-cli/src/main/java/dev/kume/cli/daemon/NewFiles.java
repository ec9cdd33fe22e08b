package dev.kume.cli.daemon;

import dev.kume.cli.files.Causes;
import dev.kume.cli.log.DiskEvent;
import dev.kume.core.disk.DiskFiles;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of new disks, one or several: made under other names, given their own when the inventory knows the disks,
 * removed when it does not come to that. A crash is settled at the next start, by {@link UnfinishedFiles}.
 */
final class NewFiles {
    /** Makes the file of a new disk, under another name first. */
    @FunctionalInterface
    interface Maker {
        void make(DiskRecord disk, Path working, DiskFormat.Progress progress) throws IOException;
    }

    /** A disk that may be made, and how. */
    record Wanted(DiskRecord disk, Maker maker) {
        /** An empty disk, as it is planned. */
        static Wanted of(DiskPlanning.Plan plan, StoreProvider stores) {
            return new Wanted(
                    plan.disk(),
                    (disk, working, progress) ->
                            new DiskFiles(stores).make(working, plan.format(), plan.options(progress)));
        }

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

    private static final Logger LOG = LoggerFactory.getLogger(NewFiles.class);

    private final Settings settings;
    private final Changes changes;
    private final DiskShelf shelf;
    private final UnfinishedFiles unfinished;
    private final StoreProvider stores;

    NewFiles(Settings settings, Changes changes, DiskShelf shelf, UnfinishedFiles unfinished, StoreProvider stores) {
        this.settings = settings;
        this.changes = changes;
        this.shelf = shelf;
        this.unfinished = unfinished;
        this.stores = stores;
    }

    /**
     * Makes the files, with what their units remember. On an operation's thread.
     *
     * @param begun    gets those of which something may be there, also when this throws
     * @param progress of all as of one
     */
    void make(List<Wanted> wanted, List<Wanted> begun, DiskFormat.Progress progress) {
        wanted.forEach(this::keep);
        long allBytes =
                wanted.stream().mapToLong(each -> each.disk().sizeBytes()).sum();
        long doneBytes = 0;
        for (Wanted each : wanted) {
            long beforeBytes = doneBytes;
            long othersBytes = allBytes - each.disk().sizeBytes();
            makeOne(each, begun, (done, total) -> progress.at(beforeBytes + done, othersBytes + total));
            doneBytes += each.disk().sizeBytes();
        }
    }

    private void keep(Wanted wanted) {
        try {
            unfinished.keep(wanted.file());
        } catch (IOException e) {
            throw Errors.ofFile(wanted.file(), wanted.refused(), e);
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

    /** Refuses to give a file the name of one that is there. */
    static void checkFree(Wanted wanted) {
        if (UnfinishedFiles.exists(wanted.file())) {
            throw Errors.existing(wanted.file(), wanted.refused());
        }
    }

    /**
     * The inventory knows the disks: their files get their names. When one cannot, those that have get their other
     * names back, and the inventory is what it was. In turn.
     *
     * @param before the inventory that does not know them
     */
    void name(List<Wanted> wanted, Inventory before) {
        List<Wanted> named = new ArrayList<>();
        try {
            for (Wanted each : wanted) {
                nameOne(each);
                named.add(each);
            }
        } catch (RuntimeException e) {
            changes.save(before::after);
            named.forEach(this::takeBack);
            throw e;
        }
    }

    private void nameOne(Wanted wanted) {
        checkFree(wanted);
        try {
            stores.rename(wanted.working(), wanted.file());
        } catch (IOException e) {
            throw Errors.ofFile(wanted.file(), wanted.refused(), e);
        }
    }

    /** Its disk is not known after all: the file has its other name again, and goes with the others. */
    private void takeBack(Wanted wanted) {
        try {
            stores.rename(wanted.file(), wanted.working());
        } catch (IOException e) {
            DiskEvent.FILE_LEFT_BEHIND.log(LOG, wanted.file(), Causes.of(e));
        }
    }

    /** The files have their names, and are nobody's unfinished work any more. */
    void finished(List<Wanted> made) {
        made.forEach(each -> unfinished.finished(each.uuid()));
    }

    /**
     * Removes what is there of files that are not to be; what cannot be removed stays noted, for the next start.
     *
     * @param because why; what cannot be removed is suppressed in it
     */
    void discard(List<Wanted> begun, Throwable because) {
        for (Wanted each : begun) {
            if (changes.current().findDisk(each.uuid()) == null) {
                shelf.memories().remove(each.disk());
            }
            try {
                if (UnfinishedFiles.exists(each.working())) {
                    stores.remove(each.working());
                }
                unfinished.finished(each.uuid());
            } catch (IOException e) {
                because.addSuppressed(e);
                DiskEvent.WORKING_FILE_STAYS.log(LOG, each.working(), Causes.of(e));
            }
        }
    }
}
