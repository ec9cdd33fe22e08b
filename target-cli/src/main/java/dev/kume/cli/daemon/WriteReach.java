package dev.kume.cli.daemon;

import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.Mapping;
import dev.kume.core.inventory.Sharing;
import dev.kume.core.inventory.TargetRecord;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Who may write which disk by an inventory, and how two inventories differ in that. */
final class WriteReach {
    /** One initiator through one target. */
    private record Way(String iqn, String initiator) {}

    private WriteReach() {}

    /** Disks that somebody may write by {@code next} who may not by {@code now}. */
    static Set<UUID> given(Inventory now, Inventory next) {
        return more(now, next);
    }

    /** Disks that somebody may write by {@code now} who may not by {@code next}. */
    static Set<UUID> taken(Inventory now, Inventory next) {
        return more(next, now);
    }

    private static Set<UUID> more(Inventory than, Inventory there) {
        Map<UUID, Set<Way>> before = of(than);
        Set<UUID> more = new HashSet<>();
        of(there).forEach((disk, ways) -> {
            if (!before.getOrDefault(disk, Set.of()).containsAll(ways)) {
                more.add(disk);
            }
        });
        return more;
    }

    private static Map<UUID, Set<Way>> of(Inventory inventory) {
        Map<UUID, Set<Way>> ways = new HashMap<>();
        for (Mapping mapping : inventory.mappings()) {
            DiskRecord disk = inventory.disk(mapping.disk());
            if (disk.sharing() != Sharing.READ_ONLY && !mapping.readOnly()) {
                TargetRecord target = inventory.target(mapping.target());
                Set<Way> ofDisk = ways.computeIfAbsent(disk.identity().uuid(), uuid -> new HashSet<>());
                target.initiators().forEach(initiator -> ofDisk.add(new Way(target.iqn(), initiator)));
            }
        }
        return ways;
    }
}
