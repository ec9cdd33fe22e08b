package dev.kume.cli.daemon;

import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.TargetRecord;
import dev.kume.core.reservation.Registration;
import dev.kume.core.scsi.LogicalUnit;
import dev.kume.protocol.server.TargetPublisher;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Registrations through targets that are there and do not map the disk. An unmap removes them after it is written down;
 * a crash in between leaves them to the next start.
 */
final class StaleRegistrations {
    private StaleRegistrations() {}

    /**
     * @param units the unit of a disk, or null when it has none
     * @return complete when they are removed
     */
    static List<CompletableFuture<Void>> remove(
            Inventory inventory, Function<DiskRecord, @Nullable LogicalUnit> units) {
        List<CompletableFuture<Void>> waits = new ArrayList<>();
        for (DiskRecord disk : inventory.disks()) {
            LogicalUnit unit = units.apply(disk);
            if (unit == null) {
                continue;
            }
            Set<String> registered = unit.state().reservations().registrations().stream()
                    .map(Registration::nexus)
                    .map(nexus -> nexus.targetName())
                    .collect(Collectors.toSet());
            for (TargetRecord target : inventory.targets()) {
                if (registered.contains(target.iqn()) && !isMapped(inventory, disk, target)) {
                    waits.add(TargetPublisher.unregister(target.iqn(), unit));
                }
            }
        }
        return waits;
    }

    private static boolean isMapped(Inventory inventory, DiskRecord disk, TargetRecord target) {
        return inventory.mappingsOf(disk).stream()
                .anyMatch(mapping -> mapping.target().equals(target.name()));
    }
}
