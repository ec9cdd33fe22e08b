package dev.kume.core.inventory;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A node of a cluster: one host, whatever paths it has.
 *
 * @param name   unique in its cluster, without case
 * @param iqns   its initiator names, normalised, each once; those of no other node of any cluster
 * @param target the name of the target that it logs in to, as its record has it
 */
public record ClusterNode(String name, List<String> iqns, String target) {
    public ClusterNode {
        Names.checked("node", name);
        Names.checked("target", target);
        iqns = normalised(name, iqns);
    }

    /** Initiator names as people wrote them, of the node that they shall be of. */
    private static List<String> normalised(String node, List<String> given) {
        if (given.isEmpty()) {
            throw InventoryException.invalid(
                    "node '%s' has no initiator name".formatted(node),
                    "give the one that its initiator shows, such as iqn.1991-05.com.microsoft:" + node);
        }
        Set<String> all = new LinkedHashSet<>();
        for (String iqn : given) {
            if (!(InitiatorIdentifier.parse(iqn) instanceof InitiatorIdentifier.Name iscsi)) {
                throw InventoryException.invalid(
                        "'%s', given for node '%s', is no initiator name".formatted(iqn, node),
                        "give the one that its initiator shows, such as iqn.1991-05.com.microsoft:" + node);
            }
            all.add(iscsi.iscsiName());
        }
        return List.copyOf(all);
    }

    ClusterNode into(TargetRecord renamed) {
        return new ClusterNode(name, iqns, renamed.name());
    }
}
