package dev.kume.protocol.connection;

import dev.kume.core.scsi.LunMap;
import java.util.Set;

/**
 * One iSCSI target as connections see it: a name, who may log in, and a map from LUN to disk. Lives as long as the
 * target; what can change is one immutable value behind a volatile reference.
 */
public final class Target {
    /**
     * What can change while sessions are logged in.
     *
     * @param enabled    false: logins are refused with 3/01
     * @param initiators normalised names that may log in; nobody else may
     * @param luns       the disks
     */
    public record Definition(String description, boolean enabled, Set<String> initiators, LunMap luns) {
        public Definition {
            initiators = Set.copyOf(initiators);
        }

        public boolean allows(String initiatorName) {
            return initiators.contains(initiatorName);
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
