package dev.kume.cli.daemon;

import dev.kume.cli.api.ErrorCode;
import dev.kume.cli.daemon.ConfigPlanning.Planned;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.Sharing;
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
    private final NewFiles files;
    private final UnfinishedFiles unfinished;
    private final UnfinishedGrowths growths;

    ConfigCommit(
            Settings settings,
            Changes changes,
            Exports exports,
            DiskShelf shelf,
            SecretShelf secrets,
            NewFiles files,
            UnfinishedFiles unfinished,
            UnfinishedGrowths growths) {
        this.settings = settings;
        this.changes = changes;
        this.exports = exports;
        this.shelf = shelf;
        this.secrets = secrets;
        this.files = files;
        this.unfinished = unfinished;
        this.growths = growths;
    }

    /** When this throws and {@code prepared} is not used, nothing has changed but for what it has prepared. */
    Inventory commit(Planned planned, ConfigFiles.Prepared prepared) throws IOException {
        long version = changes.current().version();
        if (version != planned.now().version()) {
            throw ConfigApplying.moved(planned.now().version(), version);
        }
        prepared.made.forEach(NewFiles::checkFree);
        List<OpenDisk> adopted = new ArrayList<>();
        try {
            for (DiskRecord disk : planned.adopted()) {
                adopted.add(open(disk));
            }
            for (var secret : planned.secrets().entrySet()) {
                secrets.put(planned.next().credential(secret.getKey()), secret.getValue());
            }
            changes.save(inventory -> planned.next());
            files.name(prepared.made, planned.now());
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

    private Inventory publish(Planned planned, ConfigFiles.Prepared prepared, List<OpenDisk> adopted) {
        for (ConfigFiles.Grown grown : prepared.grown) {
            grown.growth().use();
            growths.finished(grown.disk().identity().uuid());
        }
        prepared.made.forEach(each -> exports.add(shelf.open(each.disk())));
        files.finished(prepared.made);
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
