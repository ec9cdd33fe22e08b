package dev.kume.cli.guard;

import dev.kume.cli.log.WatchEvent;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.Sharing;
import dev.kume.core.scsi.LogicalUnit;
import dev.kume.core.scsi.NexusActivity;
import dev.kume.core.scsi.UnitState;
import dev.kume.core.volume.Volume;
import dev.kume.core.volume.Volumes;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A disk of the inventory, with its unit. */
final class WatchedUnit implements WatchedDisk {
    private static final Logger LOG = LoggerFactory.getLogger(WatchedUnit.class);

    private final UUID id;
    private final LogicalUnit unit;
    private final Supplier<Inventory> inventory;
    private final Executor diskThreads;

    WatchedUnit(UUID id, LogicalUnit unit, Supplier<Inventory> inventory, Executor diskThreads) {
        this.id = id;
        this.unit = unit;
        this.inventory = inventory;
        this.diskThreads = diskThreads;
    }

    LogicalUnit unit() {
        return unit;
    }

    /** What the inventory has of it; null when it is being removed. */
    @Nullable
    DiskRecord disk() {
        return inventory.get().findDisk(id);
    }

    @Override
    public String name() {
        DiskRecord disk = disk();
        return disk == null ? unit.name() : disk.name();
    }

    @Override
    public boolean isShared() {
        DiskRecord disk = disk();
        return disk != null && disk.sharing() == Sharing.CLUSTER;
    }

    @Override
    public boolean isReserved() {
        UnitState now = unit.state();
        return now.reservations().reservation() != null || now.reservedBy() != null;
    }

    @Override
    public Object reservations() {
        return unit.state().reservations();
    }

    @Override
    public List<String> hosts() {
        return unit.hosts().present();
    }

    @Override
    public List<WriteTurns.Write> writes() {
        return unit.activity().stream()
                .filter(nexus -> nexus.writes().any())
                .map(WatchedUnit::write)
                .toList();
    }

    private static WriteTurns.Write write(NexusActivity nexus) {
        return new WriteTurns.Write(
                nexus.nexus().initiatorName(),
                nexus.writes().sinceNanos(),
                nexus.writes().lastNanos());
    }

    @Override
    public void findVolumes(Consumer<List<Volume>> found) {
        diskThreads.execute(() -> found.accept(volumes()));
    }

    private List<Volume> volumes() {
        UnitState now = unit.state();
        VirtualDisk open = now.disk();
        try {
            return open == null
                    ? List.of()
                    : Volumes.find(open, 1 << now.geometry().blockShift());
        } catch (IOException | RuntimeException e) {
            WatchEvent.CONTENT_UNREADABLE.log(LOG, name(), e);
            return List.of();
        }
    }

    @Override
    public void freeze(Set<String> hosts) {
        unit.hosts().freeze(hosts, () -> {});
    }
}
