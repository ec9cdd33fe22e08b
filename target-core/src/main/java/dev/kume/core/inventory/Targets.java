package dev.kume.core.inventory;

import dev.kume.core.Limits;
import dev.kume.core.Limits.Limit;
import dev.kume.core.Nearest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;

/**
 * The rules of adding, changing and removing targets. Each returns the next inventory or throws {@link
 * InventoryException}.
 */
public final class Targets {
    private static final int RELATIVE_PORT_ID_MAX = 65_535;

    private Targets() {}

    /**
     * The IQN of a target that was given none: {@code <prefix>:<host>-<name>}, so that two hosts never export one name.
     */
    public static String defaultIqn(String prefix, String host, String name) {
        String local = (host + "-" + name).toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9.:-]", "-");
        return prefix + ":" + local;
    }

    /** Adds a target. {@code iqn} and {@code initiators} are as people wrote them. */
    public static Inventory add(
            Inventory inventory,
            String name,
            String iqn,
            List<String> initiators,
            String description,
            Instant created,
            Limits limits) {
        Names.checked("target", name);
        checkNameFree(inventory, name);
        String normalised = IscsiNames.check(iqn);
        TargetRecord other = inventory.findTargetByIqn(normalised);
        if (other != null) {
            throw InventoryException.conflict(
                    "target",
                    other.name(),
                    "target '%s' has the IQN %s already".formatted(other.name(), normalised),
                    "choose another name, or give one with --iqn");
        }
        if (inventory.targets().size() >= limits.get(Limit.TARGETS)) {
            throw InventoryException.limit(
                    "there are %d targets, the most that limits.%s allows"
                            .formatted(inventory.targets().size(), Limit.TARGETS.key()),
                    "remove one or raise the limit in kume.yaml");
        }
        int portId = inventory.nextRelativePortId();
        if (portId > RELATIVE_PORT_ID_MAX) {
            throw InventoryException.limit(
                    "all %d relative target port ids have been used".formatted(RELATIVE_PORT_ID_MAX),
                    "they are never used again; start with a new state directory");
        }
        TargetRecord target = TargetRecord.fresh(name, normalised, portId, description, created);
        return inventory.withTarget(null, withInitiators(target, initiators, limits));
    }

    /** Renames a target; its mappings follow, its IQN stays. */
    public static Inventory rename(Inventory inventory, String name, String newName) {
        TargetRecord target = inventory.target(name);
        Names.checked("target", newName);
        if (!newName.equalsIgnoreCase(target.name())) {
            checkNameFree(inventory, newName);
        }
        return inventory.withTarget(target, target.renamed(newName));
    }

    /** Changes the description of a target. */
    public static Inventory describe(Inventory inventory, String name, String description) {
        TargetRecord target = inventory.target(name);
        return inventory.withTarget(target, target.withDescription(description));
    }

    /** Lets a target take new logins, or not. */
    public static Inventory enable(Inventory inventory, String name, boolean enabled) {
        TargetRecord target = inventory.target(name);
        return inventory.withTarget(target, target.withEnabled(enabled));
    }

    /** Puts an entry on the access list; the same inventory when it is there already. */
    public static Inventory allow(Inventory inventory, String name, String initiator, Limits limits) {
        TargetRecord target = inventory.target(name);
        TargetRecord changed = withInitiators(target, List.of(initiator), limits);
        return changed.equals(target) ? inventory : inventory.withTarget(target, changed);
    }

    /**
     * Takes an entry off the access list.
     *
     * @param force true: also when an initiator has a session that only this entry allows, which the caller then ends
     */
    public static Inventory deny(
            Inventory inventory, String name, String initiator, Connections connections, boolean force) {
        TargetRecord target = inventory.target(name);
        InitiatorIdentifier entry = InitiatorIdentifier.parse(initiator);
        if (!target.initiators().contains(entry.text())) {
            throw notAllowed(target, entry.text());
        }
        List<String> left = new ArrayList<>(target.initiators());
        left.remove(entry.text());
        TargetRecord changed = target.withInitiators(left);
        ClusterRules.checkAccess(inventory, changed);
        List<Connections.Connected> losing = connections.on(target.iqn()).stream()
                .filter(session -> mayBeAbout(entry, session))
                .filter(session -> !changed.allows(session.name(), session.address()))
                .toList();
        if (!force && !losing.isEmpty()) {
            throw InventoryException.busy(
                    "target",
                    target.name(),
                    "%s has a session on target '%s'%s"
                            .formatted(
                                    Connections.names(losing),
                                    target.name(),
                                    entry instanceof InitiatorIdentifier.Name ? "" : " that only this entry allows"),
                    "log it off at the initiator first, or use --force to end the session");
        }
        return inventory.withTarget(target, changed);
    }

    private static InventoryException notAllowed(TargetRecord target, String entry) {
        List<String> nearest = Nearest.to(entry, target.initiators());
        return new InventoryException(
                InventoryException.Kind.NOT_FOUND,
                "target '%s' does not allow %s".formatted(target.name(), entry),
                nearest.isEmpty()
                        ? "'kume target show %s' shows whom it allows".formatted(target.name())
                        : "did you mean %s?".formatted(String.join(" or ", nearest)),
                "initiator",
                entry,
                nearest);
    }

    /** What DNS would say now is not asked: a session that a name may have let in is guarded. */
    private static boolean mayBeAbout(InitiatorIdentifier entry, Connections.Connected session) {
        return entry instanceof InitiatorIdentifier.HostName || entry.isAbout(session.name(), session.address());
    }

    /**
     * Removes a target and its mappings; the disks stay.
     *
     * @param force true: also when it has sessions, which the caller then ends
     */
    public static Inventory remove(Inventory inventory, String name, Connections connections, boolean force) {
        TargetRecord target = inventory.target(name);
        ClusterRules.checkFree(inventory, target, "so it is not removed");
        List<Connections.Connected> connected = connections.on(target.iqn());
        if (!force && !connected.isEmpty()) {
            throw InventoryException.busy(
                    "target",
                    target.name(),
                    "target '%s' has sessions of %s".formatted(target.name(), Connections.names(connected)),
                    "log them off at the initiators first, or use --force to end the sessions");
        }
        return inventory.withoutTarget(target);
    }

    private static TargetRecord withInitiators(TargetRecord target, List<String> initiators, Limits limits) {
        LinkedHashSet<String> all = new LinkedHashSet<>(target.initiators());
        for (String initiator : initiators) {
            all.add(InitiatorIdentifier.parse(initiator).text());
        }
        if (all.size() > limits.get(Limit.INITIATORS_PER_TARGET)) {
            throw InventoryException.limit(
                    "target '%s' would allow %d initiators, more than limits.%s (%d)"
                            .formatted(
                                    target.name(),
                                    all.size(),
                                    Limit.INITIATORS_PER_TARGET.key(),
                                    limits.get(Limit.INITIATORS_PER_TARGET)),
                    "deny one or raise the limit in kume.yaml");
        }
        return target.withInitiators(all);
    }

    private static void checkNameFree(Inventory inventory, String name) {
        TargetRecord other = inventory.findTarget(name);
        if (other != null) {
            throw InventoryException.conflict(
                    "target",
                    other.name(),
                    "there is a target '%s' already, %s".formatted(other.name(), other.iqn()),
                    "choose another name");
        }
    }
}
