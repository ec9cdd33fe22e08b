package dev.kume.cli.daemon;

import dev.kume.core.inventory.Connections;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.Mapping;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Somebody is connected where a disk is mapped.
 *
 * @param mapping    where
 * @param initiators who, for people
 */
record Connected(Mapping mapping, String initiators) {
    /** The first place where somebody is; null when nobody is anywhere. */
    static @Nullable Connected to(Inventory inventory, DiskRecord disk, Connections connections) {
        for (Mapping mapping : inventory.mappingsOf(disk)) {
            List<Connections.Connected> there =
                    connections.on(inventory.target(mapping.target()).iqn());
            if (!there.isEmpty()) {
                return new Connected(mapping, Connections.names(there));
            }
        }
        return null;
    }

    /** {@code LUN 1 of target 'hv-node1', where iqn... is connected}. */
    @Override
    public String toString() {
        return "LUN %d of target '%s', where %s is connected".formatted(mapping.lun(), mapping.target(), initiators);
    }
}
