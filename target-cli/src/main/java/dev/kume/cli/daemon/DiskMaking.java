package dev.kume.cli.daemon;

import dev.kume.cli.api.OperationView;
import dev.kume.core.disk.DiskFormat;
import dev.kume.core.inventory.Inventory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Makes the files of new disks, one or several, and the one change that makes them known: all or nothing, whatever
 * ends it.
 */
final class DiskMaking {
    private final Changes changes;
    private final Operations operations;
    private final Exports exports;
    private final DiskShelf shelf;
    private final DiskPlaces places;
    private final NewFiles files;

    DiskMaking(
            Changes changes,
            Operations operations,
            Exports exports,
            DiskShelf shelf,
            DiskPlaces places,
            NewFiles files) {
        this.changes = changes;
        this.operations = operations;
        this.exports = exports;
        this.shelf = shelf;
        this.places = places;
        this.files = files;
    }

    /**
     * Takes the names of disks that may be made, and begins to make their files. In turn.
     *
     * @param kind    of the operation
     * @param subject of the operation
     * @param rule    the change that makes them known; tried when all files are whole
     */
    OperationView start(String kind, String subject, List<NewFiles.Wanted> wanted, UnaryOperator<Inventory> rule) {
        wanted.forEach(each -> places.take(each.disk().name(), each.file()));
        try {
            return operations.start(kind, subject, progress -> make(wanted, rule, progress));
        } catch (RuntimeException e) {
            free(wanted);
            throw e;
        }
    }

    private void free(List<NewFiles.Wanted> wanted) {
        wanted.forEach(each -> places.free(each.file()));
    }

    /** On an operation's thread. */
    private void make(List<NewFiles.Wanted> wanted, UnaryOperator<Inventory> rule, DiskFormat.Progress progress) {
        List<NewFiles.Wanted> begun = new ArrayList<>();
        try {
            files.make(wanted, begun, progress);
            changes.inTurn(() -> finish(wanted, rule));
            files.finished(begun);
        } catch (RuntimeException e) {
            files.discard(begun, e);
            throw e;
        } finally {
            changes.inTurn(() -> {
                free(wanted);
                return wanted;
            });
        }
    }

    /** The files are whole: the inventory first, then their names. */
    private Inventory finish(List<NewFiles.Wanted> wanted, UnaryOperator<Inventory> rule) {
        Inventory before = changes.current();
        changes.save(rule);
        files.name(wanted, before);
        wanted.forEach(each -> exports.add(shelf.open(each.disk())));
        return changes.apply(inventory -> inventory);
    }
}
