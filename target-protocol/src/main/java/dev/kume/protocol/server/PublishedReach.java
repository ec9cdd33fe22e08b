package dev.kume.protocol.server;

import dev.kume.core.nexus.TargetPort;
import dev.kume.core.nexus.TargetPorts;
import dev.kume.core.scsi.LogicalUnit;
import dev.kume.core.scsi.LunMap;
import dev.kume.core.scsi.Reach;
import dev.kume.protocol.connection.PortalGroup;
import dev.kume.protocol.connection.Target;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which target ports lead to a unit: by the targets as they are published, and the portal groups that are open. */
public final class PublishedReach implements Reach {
    private final TargetPorts ports;
    private volatile @Nullable IscsiServer server;

    /** @param ports all target ports */
    public PublishedReach(TargetPorts ports) {
        this.ports = ports;
    }

    /** Set once, by whoever has made the server with the commands that ask here. */
    public void serve(IscsiServer by) {
        server = by;
    }

    @Override
    public List<TargetPort> portsOf(LogicalUnit unit) {
        IscsiServer by = server;
        if (by == null) {
            return List.of();
        }
        List<PortalGroup> groups = by.portals();
        List<TargetPort> found = new ArrayList<>();
        for (Target target : by.targets().all()) {
            Target.Definition definition = target.definition();
            if (!definition.enabled() || !shows(definition.luns(), unit)) {
                continue;
            }
            for (PortalGroup group : groups) {
                TargetPort port =
                        definition.isSeenThrough(group.name()) ? ports.find(target.name(), group.tag()) : null;
                if (port != null) {
                    found.add(port);
                }
            }
        }
        return found;
    }

    private static boolean shows(LunMap luns, LogicalUnit unit) {
        for (int lun : luns.luns()) {
            if (luns.get(lun) == unit) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean admits(String initiatorName, TargetPort port) {
        IscsiServer by = server;
        Target target = by == null ? null : by.targets().get(port.targetName());
        return target != null && target.definition().access().lists(initiatorName);
    }
}
