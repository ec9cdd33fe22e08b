package dev.kume.core.nexus;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** All target ports of the daemon. Thread safe; asking never waits. */
public interface TargetPorts {
    /** No port at all. */
    TargetPorts NONE = new TargetPorts() {
        @Override
        public @Nullable TargetPort find(String targetName, int portalGroup) {
            return null;
        }

        @Override
        public @Nullable TargetPort find(int relativeId) {
            return null;
        }

        @Override
        public List<TargetPort> all() {
            return List.of();
        }
    };

    /** The port of a target in a portal group, or null when there is none. */
    @Nullable
    TargetPort find(String targetName, int portalGroup);

    /** The port with this relative target port identifier, or null when there is none. */
    @Nullable
    TargetPort find(int relativeId);

    /** Every port, by relative identifier. */
    List<TargetPort> all();
}
