package dev.kume.core.scsi;

import dev.kume.core.nexus.AccessState;
import dev.kume.core.nexus.ITNexus;
import dev.kume.core.nexus.TargetPort;
import dev.kume.core.nexus.TargetPortGroup;
import dev.kume.core.nexus.TargetPorts;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Target ports that stand in a list, with asymmetric access: portal group 2 is not optimized. */
public record TestPorts(List<TargetPort> all) implements TargetPorts, AsymmetricAccess {
    /** Two targets, {@code t1} and {@code t2}, in portal groups 1 and 2. */
    public static final TestPorts TWO_BY_TWO = new TestPorts(List.of(
            new TargetPort("iqn.2026-11.dev.kume:t1", 1, 1),
            new TargetPort("iqn.2026-11.dev.kume:t1", 2, 3),
            new TargetPort("iqn.2026-11.dev.kume:t2", 1, 2),
            new TargetPort("iqn.2026-11.dev.kume:t2", 2, 300)));

    /** The nexus of one node with a port. */
    public static ITNexus nexusTo(TargetPort port) {
        return new ITNexus("iqn.1991-05.com.microsoft:node1", 1, port.targetName(), port.portalGroup());
    }

    @Override
    public @Nullable TargetPort find(String targetName, int portalGroup) {
        return all.stream()
                .filter(port -> port.targetName().equals(targetName) && port.portalGroup() == portalGroup)
                .findFirst()
                .orElse(null);
    }

    @Override
    public @Nullable TargetPort find(int relativeId) {
        return all.stream()
                .filter(port -> port.relativeId() == relativeId)
                .findFirst()
                .orElse(null);
    }

    @Override
    public boolean isOn() {
        return true;
    }

    @Override
    public List<TargetPortGroup> groups(LogicalUnit unit) {
        return List.of(group(1, AccessState.OPTIMIZED), group(2, AccessState.NON_OPTIMIZED));
    }

    private TargetPortGroup group(int id, AccessState state) {
        return new TargetPortGroup(
                id, state, all.stream().filter(port -> port.portalGroup() == id).toList());
    }
}
