package dev.kume.cli.daemon;

import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.Mapping;
import dev.kume.core.inventory.TargetRecord;
import dev.kume.core.scsi.LogicalUnit;
import dev.kume.core.scsi.LunMap;
import dev.kume.protocol.connection.AccessList;
import dev.kume.protocol.connection.Target;
import dev.kume.protocol.server.TargetSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The targets of an inventory as the iSCSI server takes them. */
final class TargetSpecs {
    private TargetSpecs() {}

    /** @param units finds the unit of a disk; null when it has none */
    static List<TargetSpec> of(
            Inventory inventory, LoginProofs proofs, Function<DiskRecord, @Nullable LogicalUnit> units) {
        Map<String, Map<Integer, LogicalUnit>> luns = new HashMap<>();
        Map<String, Set<Integer>> readOnly = new HashMap<>();
        for (Mapping mapping : inventory.mappings()) {
            LogicalUnit unit = units.apply(inventory.disk(mapping.disk()));
            if (unit != null) {
                luns.computeIfAbsent(mapping.target(), name -> new HashMap<>()).put(mapping.lun(), unit);
                if (mapping.readOnly()) {
                    readOnly.computeIfAbsent(mapping.target(), name -> new HashSet<>())
                            .add(mapping.lun());
                }
            }
        }
        List<TargetSpec> specs = new ArrayList<>();
        for (TargetRecord target : inventory.targets()) {
            LunMap map = LunMap.of(
                    luns.getOrDefault(target.name(), Map.of()), readOnly.getOrDefault(target.name(), Set.of()));
            specs.add(new TargetSpec(
                    target.iqn(),
                    new Target.Definition(
                            target.description(),
                            target.enabled(),
                            AccessList.of(target.identifiers()),
                            Set.copyOf(target.portals()),
                            target.redirect(),
                            proofs.of(target.chap()),
                            proofs.ofInitiators(target),
                            map)));
        }
        return specs;
    }
}
