package dev.kume.protocol.initiator;

import dev.kume.protocol.login.KeyValue;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * A target that discovery showed.
 *
 * @param name    its iSCSI name
 * @param portals where it is; none means: where it was asked for
 */
public record FoundTarget(String name, List<InetSocketAddress> portals) {
    public FoundTarget {
        portals = List.copyOf(portals);
    }

    /** Takes the answer to SendTargets apart, RFC 7143 appendix C. */
    static List<FoundTarget> of(List<KeyValue> answer) {
        List<FoundTarget> found = new ArrayList<>();
        List<InetSocketAddress> portals = new ArrayList<>();
        String name = "";
        for (KeyValue pair : answer) {
            switch (pair.key()) {
                case "TargetName" -> {
                    add(found, name, portals);
                    name = pair.value();
                }
                case "TargetAddress" -> {
                    if (name.isEmpty()) {
                        throw InitiatorException.violation("an address of no target in the answer to SendTargets");
                    }
                    portals.add(Portal.of(pair.value()));
                }
                default -> throw InitiatorException.violation("%s in the answer to SendTargets".formatted(pair));
            }
        }
        add(found, name, portals);
        return List.copyOf(found);
    }

    private static void add(List<FoundTarget> found, String name, List<InetSocketAddress> portals) {
        if (!name.isEmpty()) {
            found.add(new FoundTarget(name, portals));
        }
        portals.clear();
    }
}
