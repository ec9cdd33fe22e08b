package dev.kume.cli.daemon;

import dev.kume.cli.api.ErrorCode;
import dev.kume.cli.config.Intention;
import dev.kume.core.Sizes;
import dev.kume.core.inventory.CredentialRecord;
import dev.kume.core.inventory.Declarations;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.InventoryException;
import dev.kume.core.inventory.TargetRecord;
import java.util.ArrayList;
import java.util.List;

/**
 * An older version of the inventory as it can be now. What is in disk files stays as it is: sizes, formats, snapshots.
 * For one plan, in turn.
 */
final class ConfigRollback {
    private final ConfigSurroundings.Daemon daemon;
    private final Inventory now;
    private final List<DiskRecord> adopted = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    ConfigRollback(ConfigSurroundings.Daemon daemon, Inventory now) {
        this.daemon = daemon;
        this.now = now;
    }

    /** Disks that come back, whose files are there. */
    List<DiskRecord> adopted() {
        return adopted;
    }

    Intention to(Inventory older) {
        List<DiskRecord> disks =
                older.disks().stream().map(disk -> disk(older, disk)).toList();
        List<TargetRecord> targets = older.targets().stream().map(this::target).toList();
        List<CredentialRecord> credentials = older.credentials().stream()
                .map(credential -> credential(older, credential))
                .toList();
        Declarations.Contents contents = new Declarations.Contents(
                disks, targets, older.mappings(), new ArrayList<>(older.clusters()), credentials, older.discovery());
        Inventory next = Declarations.replace(
                now, contents, daemon.settings().limits(), daemon.exports().connections());
        return new Intention(next, List.of(), notes);
    }

    private DiskRecord disk(Inventory older, DiskRecord then) {
        DiskRecord there = now.findDisk(then.identity().uuid());
        if (there == null) {
            adopted.add(adopt(older, then));
            return adopted.getLast();
        }
        if (there.sizeBytes() != then.sizeBytes()) {
            notes.add("disk '%s' keeps its %s: it had %s then, and what hosts wrote since is not taken back"
                    .formatted(then.name(), Sizes.format(there.sizeBytes()), Sizes.format(then.sizeBytes())));
        }
        if (!there.layers().snapshots().equals(then.layers().snapshots())) {
            notes.add("disk '%s' keeps the snapshots that it has; 'kume snapshot restore' goes back to one"
                    .formatted(then.name()));
        }
        return new DiskRecord(
                then.name(),
                there.file(),
                there.format(),
                there.type(),
                there.sizeBytes(),
                there.sparse(),
                then.sharing(),
                there.sectorFormat(),
                then.profile(),
                then.description(),
                there.identity(),
                there.created(),
                there.layers());
    }

    private DiskRecord adopt(Inventory older, DiskRecord then) {
        try {
            return daemon.adoption().adopt(then);
        } catch (ApiException e) {
            throw new ApiException(
                    e.error().code(),
                    "version %d had disk '%s', which does not come back: %s"
                            .formatted(older.version(), then.name(), e.error().message()),
                    e.error().code() == ErrorCode.NOT_FOUND
                            ? "bring the file back, or roll back to a version without it ('kume config history')"
                            : e.error().remedy());
        }
    }

    /** A target that was made again since under the same IQN keeps the port id that hosts have learned. */
    private TargetRecord target(TargetRecord then) {
        TargetRecord there = now.findTargetByIqn(then.iqn());
        return there == null || there.relativePortId() == then.relativePortId()
                ? then
                : new TargetRecord(
                        then.name(),
                        then.iqn(),
                        there.relativePortId(),
                        then.description(),
                        then.enabled(),
                        then.initiators(),
                        then.chap(),
                        then.chapOf(),
                        then.portals(),
                        then.redirect(),
                        there.created());
    }

    private CredentialRecord credential(Inventory older, CredentialRecord then) {
        CredentialRecord there = now.findCredential(then.name());
        if (there == null) {
            throw new InventoryException(
                    InventoryException.Kind.NOT_FOUND,
                    "version %d had credential '%s', whose secret is gone with it"
                            .formatted(older.version(), then.name()),
                    "run 'kume credential add %s --user %s' first".formatted(then.name(), then.user()));
        }
        if (there.revision() != then.revision()) {
            notes.add("credential '%s' keeps the secret that it has now".formatted(there.name()));
        }
        return new CredentialRecord(there.name(), then.user(), there.revision(), there.created());
    }
}
