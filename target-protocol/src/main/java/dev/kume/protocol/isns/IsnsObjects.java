package dev.kume.protocol.isns;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The objects of this entity as a server should have them, or has them.
 *
 * @param portals their addresses
 * @param targets by iSCSI name
 */
record IsnsObjects(Set<InetSocketAddress> portals, Map<String, Node> targets) {
    static final IsnsObjects NONE = new IsnsObjects(Set.of(), Map.of());

    private static final int ALIAS_BYTES_MAX = 255;

    /**
     * A target with its portal groups.
     *
     * @param groups one for each portal
     */
    record Node(String name, String alias, List<Group> groups) {}

    /**
     * A Portal Group object: which tag a target has at a portal.
     *
     * @param tag null: the target is not to be reached there
     */
    record Group(InetSocketAddress portal, @Nullable Integer tag) {}

    /** What a server is told of a snapshot. Nothing without a portal or without a target: neither is of use alone. */
    static IsnsObjects of(IsnsSnapshot snapshot, List<InetAddress> host, boolean loopback) {
        List<IsnsSnapshot.Portal> portals = IsnsPortals.reachable(snapshot.portals(), host, loopback);
        Set<InetSocketAddress> addresses = new LinkedHashSet<>();
        portals.forEach(portal -> addresses.add(portal.listening()));
        Map<String, Node> targets = new LinkedHashMap<>();
        for (IsnsSnapshot.Target target : snapshot.targets()) {
            List<Group> groups = new ArrayList<>();
            boolean seen = false;
            for (IsnsSnapshot.Portal portal : portals) {
                boolean here = target.groups().isEmpty() || target.groups().contains(portal.group());
                groups.add(new Group(portal.listening(), here ? portal.tag() : null));
                seen |= here;
            }
            if (seen) {
                targets.put(target.name(), new Node(target.name(), shortened(target.alias()), List.copyOf(groups)));
            }
        }
        return targets.isEmpty() ? NONE : new IsnsObjects(addresses, targets);
    }

    boolean isEmpty() {
        return targets.isEmpty();
    }

    /** The target in whose name requests are made. */
    String source() {
        return targets.keySet().iterator().next();
    }

    private static String shortened(String alias) {
        String text = alias;
        while (text.getBytes(StandardCharsets.UTF_8).length > ALIAS_BYTES_MAX) {
            text = text.substring(0, text.offsetByCodePoints(text.length(), -1));
        }
        return text;
    }
}
