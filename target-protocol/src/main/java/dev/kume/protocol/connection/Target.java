package dev.kume.protocol.connection;

import dev.kume.core.scsi.LunMap;
import dev.kume.protocol.login.Authentication;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One iSCSI target as connections see it: a name, who may log in, and a map from LUN to disk. Lives as long as the
 * target; what can change is one immutable value behind a volatile reference.
 */
public final class Target {
    /**
     * What can change while sessions are logged in.
     *
     * @param enabled          false: logins are refused with 3/01
     * @param access           who may log in; nobody else may
     * @param portals          names of the portal groups through which it is seen; empty: all
     * @param redirect         {@code host:port} to which logins are sent with 1/01; null: it is served here
     * @param authentication   how an initiator proves itself that has no way of its own
     * @param authenticationOf the ways of single initiators, by normalised name
     * @param luns             the disks
     */
    public record Definition(
            String description,
            boolean enabled,
            AccessList access,
            Set<String> portals,
            @Nullable String redirect,
            Authentication authentication,
            Map<String, Authentication> authenticationOf,
            LunMap luns) {
        public Definition {
            portals = Set.copyOf(portals);
            authenticationOf = Map.copyOf(authenticationOf);
        }

        /** A target that these initiators may use through every portal, without proof of who they are. */
        public Definition(String description, boolean enabled, Set<String> initiators, LunMap luns) {
            this(
                    description,
                    enabled,
                    AccessList.ofNames(initiators),
                    Set.of(),
                    null,
                    Authentication.NONE,
                    Map.of(),
                    luns);
        }

        /** True when initiators that come in by this portal group may know of the target. */
        public boolean isSeenThrough(String portalGroupName) {
            return portals.isEmpty() || portals.contains(portalGroupName);
        }

        /** How this initiator has to prove itself. */
        public Authentication authenticationFor(String initiatorName) {
            return authenticationOf.getOrDefault(initiatorName, authentication);
        }
    }

    private final String name;
    private volatile Definition definition;

    public Target(String name, Definition definition) {
        this.name = name;
        this.definition = definition;
    }

    /** The iSCSI name, normalised. */
    public String name() {
        return name;
    }

    public Definition definition() {
        return definition;
    }

    /** Publishes a change; what it takes away must be fenced after this. */
    public void definition(Definition changed) {
        definition = changed;
    }

    @Override
    public String toString() {
        return name;
    }
}
