package dev.kume.core.scsi;

import dev.kume.core.nexus.TargetPortGroup;
import java.util.List;

/** Whether ways to a disk differ (ALUA, SPC-4 5.15.2), and how. Only the target changes it. Thread safe. */
public interface AsymmetricAccess {
    /** All ways are alike, and nothing is said of ports: a disk looks the same through each of them. */
    AsymmetricAccess OFF = new AsymmetricAccess() {
        @Override
        public boolean isOn() {
            return false;
        }

        @Override
        public List<TargetPortGroup> groups(LogicalUnit unit) {
            return List.of();
        }
    };

    /** True when initiators are told of target port groups. The same as long as the daemon runs. */
    boolean isOn();

    /** The groups of all ports through which the unit is seen, by identifier. */
    List<TargetPortGroup> groups(LogicalUnit unit);
}
