package dev.kume.cli.daemon;

import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.scsi.LogicalUnit;
import dev.kume.core.scsi.LunMap;
import dev.kume.protocol.connection.AccessList;
import dev.kume.protocol.connection.Target;
import dev.kume.protocol.login.Authentication;
import dev.kume.protocol.login.ChapCredential;
import dev.kume.protocol.server.TargetSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Targets that are served beside those of the inventory, for as long as this process says: nobody else is told of them,
 * and a start knows nothing of them. The provisioning thread's alone.
 */
final class ScratchTargets {
    private List<ScratchTarget> targets = List.of();

    /**
     * One of them.
     *
     * @param initiator  who alone may log in, by this credential alone
     * @param portals    the names of the portals that show it; empty: all
     */
    record ScratchTarget(
            String iqn,
            String initiator,
            ChapCredential credential,
            Set<String> portals,
            Map<Integer, DiskRecord> luns) {}

    void set(List<ScratchTarget> now) {
        targets = List.copyOf(now);
    }

    /** Those of the inventory and these. */
    List<TargetSpec> beside(List<TargetSpec> specs, Function<DiskRecord, @Nullable LogicalUnit> units) {
        List<TargetSpec> all = new ArrayList<>(specs);
        targets.forEach(target -> all.add(spec(target, units)));
        return all;
    }

    private static TargetSpec spec(ScratchTarget target, Function<DiskRecord, @Nullable LogicalUnit> units) {
        Map<Integer, LogicalUnit> luns = new HashMap<>();
        target.luns().forEach((lun, disk) -> {
            LogicalUnit unit = units.apply(disk);
            if (unit != null) {
                luns.put(lun, unit);
            }
        });
        return new TargetSpec(
                target.iqn(),
                new Target.Definition(
                        "",
                        true,
                        AccessList.ofNames(List.of(target.initiator())),
                        target.portals(),
                        null,
                        new Authentication.Chap(List.of(target.credential()), null),
                        Map.of(),
                        LunMap.of(luns)));
    }
}
