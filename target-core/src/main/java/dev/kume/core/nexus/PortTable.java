package dev.kume.core.nexus;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The target ports that there are, each with a relative identifier that no other has. Immutable.
 *
 * <p>Identifiers are given out in turn, so that one that has become free is not given to another port soon: hosts may
 * remember it.
 */
public final class PortTable implements TargetPorts {
    /** No port yet. */
    public static final PortTable EMPTY = new PortTable(1, new TreeMap<>());

    /** SPC-4 7.8.5.8: 0 is reserved. */
    public static final int RELATIVE_ID_MAX = 65_535;

    private final int next;
    private final SortedMap<Integer, TargetPort> byId;
    private final Map<PortName, TargetPort> byName = new LinkedHashMap<>();

    private PortTable(int next, SortedMap<Integer, TargetPort> byId) {
        this.next = next;
        this.byId = byId;
        byId.values().forEach(port -> byName.put(nameOf(port), port));
    }

    /**
     * A table as it was before.
     *
     * @param next the identifier to try first for the next port
     * @throws IllegalArgumentException with a text for people, when two ports have one name or one identifier
     */
    public static PortTable of(int next, Collection<TargetPort> ports) {
        SortedMap<Integer, TargetPort> byId = new TreeMap<>();
        for (TargetPort port : ports) {
            if (byId.put(port.relativeId(), port) != null) {
                throw new IllegalArgumentException("two ports have the identifier %d".formatted(port.relativeId()));
            }
        }
        PortTable table = new PortTable(next, byId);
        if (table.byName.size() != byId.size()) {
            throw new IllegalArgumentException("a port is there twice");
        }
        return table;
    }

    private static PortName nameOf(TargetPort port) {
        return new PortName(port.targetName(), port.portalGroup());
    }

    /** The identifier that is tried first for the next port. */
    public int next() {
        return next;
    }

    /**
     * The same with these ports, too; this very table when it has them all.
     *
     * @throws IllegalArgumentException with a text for people, when there are more ports than identifiers
     */
    public PortTable with(Collection<PortName> wanted) {
        SortedMap<Integer, TargetPort> more = new TreeMap<>(byId);
        Map<PortName, TargetPort> known = new LinkedHashMap<>(byName);
        int candidate = next;
        for (PortName name : wanted) {
            if (known.containsKey(name)) {
                continue;
            }
            if (more.size() == RELATIVE_ID_MAX) {
                throw new IllegalArgumentException(
                        "there are more than %d targets times portals".formatted(RELATIVE_ID_MAX));
            }
            while (more.containsKey(candidate)) {
                candidate = after(candidate);
            }
            TargetPort port = new TargetPort(name.targetName(), name.portalGroup(), candidate);
            more.put(candidate, port);
            known.put(name, port);
            candidate = after(candidate);
        }
        return more.size() == byId.size() ? this : new PortTable(candidate, more);
    }

    private static int after(int id) {
        return id == RELATIVE_ID_MAX ? 1 : id + 1;
    }

    /** The same without the ports of targets that the predicate does not accept. */
    public PortTable keeping(Predicate<String> targetName) {
        SortedMap<Integer, TargetPort> kept = new TreeMap<>(byId);
        kept.values().removeIf(port -> !targetName.test(port.targetName()));
        return kept.size() == byId.size() ? this : new PortTable(next, kept);
    }

    @Override
    public @Nullable TargetPort find(String targetName, int portalGroup) {
        return byName.get(new PortName(targetName, portalGroup));
    }

    @Override
    public @Nullable TargetPort find(int relativeId) {
        return byId.get(relativeId);
    }

    @Override
    public List<TargetPort> all() {
        return List.copyOf(byId.values());
    }
}
