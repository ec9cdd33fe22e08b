package dev.kume.cli.daemon;

import dev.kume.cli.api.ErrorCode;
import dev.kume.cli.daemon.ConfigPlanning.Planned;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.Sharing;
import dev.kume.core.store.StoreProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The one change of the inventory that makes a plan true, with what must be done right before and behind it. A crash
 * before it leaves the old state, one behind it the new: the next start settles what is noted. In turn.
 */
final class ConfigCommit {
    private final Settings settings;
    private final Changes changes;
    private final Exports exports;
    private final DiskShelf shelf;
    private final SecretShelf secrets;
    private final UnfinishedFiles unfinished;
    private final UnfinishedGrowths growths;
    private final StoreProvider stores;

    ConfigCommit(
            Settings settings,
            Changes changes,
            Exports exports,
            DiskShelf shelf,
            SecretShelf secrets,
            UnfinishedFiles unfinished,
            UnfinishedGrowths growths,
            StoreProvider stores) {
        this.settings = settings;
        this.changes = changes;
        this.exports = exports;
        this.shelf = shelf;
        this.secrets = secrets;
        this.unfinished = unfinished;
        this.growths = growths;
        this.stores = stores;
    }

    /** When this throws and {@code prepared} is not used, nothing has changed but for what it has prepared. */
    Inventory commit(Planned planned, ConfigFiles.Prepared prepared) throws IOException {
        long version = changes.current().version();
        if (version != planned.now().version()) {
            throw ConfigApplying.moved(planned.now().version(), version);
        }
        for (DiskRecord disk : prepared.made) {
            Path file = Path.of(disk.file());
            if (UnfinishedFiles.exists(file)) {
                throw Errors.existing(file, "disk '%s' is not created".formatted(disk.name()));
            }
        }
        List<OpenDisk> adopted = new ArrayList<>();
        try {
            for (DiskRecord disk : planned.adopted()) {
                adopted.add(open(disk));
            }
            for (var secret : planned.secrets().entrySet()) {
                secrets.put(planned.next().credential(secret.getKey()), secret.getValue());
            }
            changes.save(inventory -> planned.next());
            rename(planned, prepared.made);
        } catch (IOException e) {
            adopted.forEach(disk -> forget(disk.record()));
            throw Errors.ofSaving(settings.stateDirectory(), e);
        } catch (RuntimeException e) {
            adopted.forEach(disk -> forget(disk.record()));
            throw e;
        }
        prepared.use();
        return publish(planned, prepared, adopted);
    }

    private OpenDisk open(DiskRecord disk) throws IOException {
        unfinished.keep(Path.of(disk.file()));
        shelf.memories().create(disk);
        OpenDisk opened = shelf.open(disk);
        if (opened.offlineReason() != null) {
            forget(disk);
            throw new ApiException(
                    ErrorCode.FAILED,
                    "disk '%s' is not taken over: %s".formatted(disk.name(), opened.offlineReason()),
                    null);
        }
        return opened;
    }

    private void forget(DiskRecord disk) {
        shelf.close(disk);
        shelf.memories().remove(disk);
    }

    /** New files get their names; when one cannot, those that have get their old ones, and so does the inventory. */
    private void rename(Planned planned, List<DiskRecord> made) {
        List<DiskRecord> renamed = new ArrayList<>();
        for (DiskRecord disk : made) {
            Path file = Path.of(disk.file());
            try {
                stores.rename(ConfigFiles.working(disk), file);
                renamed.add(disk);
            } catch (IOException e) {
                changes.save(inventory -> asBefore(planned));
                for (DiskRecord each : renamed) {
                    try {
                        stores.rename(Path.of(each.file()), ConfigFiles.working(each));
                    } catch (IOException left) {
                        e.addSuppressed(left);
                    }
                }
                throw Errors.ofFile(file, "disk '%s' is not created".formatted(disk.name()), e);
            }
        }
    }

    private static Inventory asBefore(Planned planned) {
        Inventory now = planned.now();
        return Inventory.of(
                planned.next().version() + 1,
                planned.next().nextRelativePortId(),
                now.disks(),
                now.targets(),
                now.mappings(),
                now.clusters(),
                now.credentials(),
                now.discovery());
    }

    private Inventory publish(Planned planned, ConfigFiles.Prepared prepared, List<OpenDisk> adopted) {
        for (ConfigFiles.Grown grown : prepared.grown) {
            grown.growth().use();
            growths.finished(grown.disk().identity().uuid());
        }
        for (DiskRecord disk : prepared.made) {
            exports.add(shelf.open(disk));
            unfinished.finished(disk.identity().uuid());
        }
        adopted.forEach(exports::add);
        for (DiskRecord disk : planned.now().disks()) {
            DiskRecord after = planned.next().findDisk(disk.identity().uuid());
            if (after != null && after.sharing() != disk.sharing() && after.sharing() != Sharing.READ_ONLY) {
                shelf.writable(after);
            }
        }
        try {
            return changes.apply(inventory -> inventory);
        } finally {
            planned.now().disks().stream()
                    .filter(disk -> isGone(planned, disk.identity().uuid()))
                    .forEach(this::remove);
            secrets.keepOnly(planned.next());
        }
    }

    private static boolean isGone(Planned planned, UUID disk) {
        return planned.next().findDisk(disk) == null;
    }

    /** Its file stays where it is. */
    private void remove(DiskRecord disk) {
        exports.remove(disk);
        forget(disk);
    }
}
