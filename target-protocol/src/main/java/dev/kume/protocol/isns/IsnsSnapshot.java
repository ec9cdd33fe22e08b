package dev.kume.protocol.isns;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;

/**
 * What there is to register at one moment.
 *
 * @param portals where initiators connect
 * @param targets what they find there
 */
public record IsnsSnapshot(List<Portal> portals, List<Target> targets) {
    public static final IsnsSnapshot EMPTY = new IsnsSnapshot(List.of(), List.of());

    public IsnsSnapshot {
        portals = List.copyOf(portals);
        targets = List.copyOf(targets);
    }

    /**
     * One listening socket.
     *
     * @param group     the name of its portal group
     * @param tag       target portal group tag
     * @param listening bound; a wildcard stands for the addresses of this host
     */
    public record Portal(String group, int tag, InetSocketAddress listening) {}

    /**
     * One target.
     *
     * @param name   its iSCSI name, normalised
     * @param alias  for people; not empty
     * @param groups the names of the portal groups through which it is seen; empty: all
     */
    public record Target(String name, String alias, Set<String> groups) {
        public Target {
            groups = Set.copyOf(groups);
        }
    }
}
