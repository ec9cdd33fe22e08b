package dev.kume.core.scsi;

import dev.kume.core.nexus.TargetPort;
import java.util.List;

/** Which ways lead to a unit, as the targets are published now. Thread safe; asking never waits. */
public interface Reach {
    /** No way at all. */
    Reach NONE = new Reach() {
        @Override
        public List<TargetPort> portsOf(LogicalUnit unit) {
            return List.of();
        }

        @Override
        public boolean admits(String initiatorName, TargetPort port) {
            return false;
        }
    };

    /** The target ports through which the unit is seen. */
    List<TargetPort> portsOf(LogicalUnit unit);

    /** True when an initiator of this normalised name may use the port, as far as the name alone decides it. */
    boolean admits(String initiatorName, TargetPort port);
}
