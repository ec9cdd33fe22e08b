package dev.kume.cli.daemon;

import dev.kume.cli.api.ErrorCode;
import dev.kume.cli.daemon.Settings.PortalSettings;
import dev.kume.cli.log.DiskEvent;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.Mapping;
import dev.kume.core.inventory.TargetRecord;
import dev.kume.core.nexus.AccessState;
import dev.kume.core.nexus.PortName;
import dev.kume.core.nexus.TargetPort;
import dev.kume.core.nexus.TargetPortGroup;
import dev.kume.core.scsi.AsymmetricAccess;
import dev.kume.core.scsi.LogicalUnit;
import dev.kume.core.scsi.Sense;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which target ports there are, by portals and inventory, and in which groups a disk is seen through them. Changed by
 * one thread at a time, asked by any.
 */
final class PortGroups implements AsymmetricAccess {
    /** Windows takes no more ports of one group, and as many groups. */
    static final int MAX = 32;

    private static final Logger LOG = LoggerFactory.getLogger(PortGroups.class);

    private final TargetPortsFile ports;
    private final Path stateDirectory;
    private final boolean on;

    private List<PortalSettings> portals = List.of();
    private Inventory inventory = Inventory.EMPTY;

    /** Names of the targets that map a unit. */
    private Map<LogicalUnit, Set<String>> targets = Map.of();

    private volatile Map<LogicalUnit, List<TargetPortGroup>> groups = Map.of();

    PortGroups(TargetPortsFile ports, Path stateDirectory, Alua alua) {
        this.ports = ports;
        this.stateDirectory = stateDirectory;
        this.on = alua == Alua.IMPLICIT;
    }

    @Override
    public boolean isOn() {
        return on;
    }

    @Override
    public List<TargetPortGroup> groups(LogicalUnit unit) {
        return groups.getOrDefault(unit, List.of());
    }

    // ---- changes ----------------------------------------------------------------------------------------------------

    /** Refuses what cannot be told to hosts, and makes the ports of new targets durable. Before it is written down. */
    synchronized void check(Inventory next) {
        Map<String, Integer> targetsPerDisk = new HashMap<>();
        for (Mapping mapping : next.mappings()) {
            int count = targetsPerDisk.merge(mapping.disk(), 1, Integer::sum);
            if (on && count == MAX + 1) {
                throw new ApiException(
                        ErrorCode.LIMIT,
                        "disk '%s' would be mapped to more than %d targets".formatted(mapping.disk(), MAX),
                        "with alua: implicit Windows finds no more than that; map it to fewer targets");
            }
        }
        name(next, portals);
    }

    /**
     * Makes the ports durable that these portals bring, and tells of them beside those that there are: a host that
     * comes in by a new portal finds it in its group at once. Before they listen; {@link #portals} follows.
     */
    synchronized void prepare(List<PortalSettings> wanted) {
        name(inventory, wanted);
        List<PortalSettings> both = new ArrayList<>(portals);
        for (PortalSettings portal : wanted) {
            if (portals.stream().noneMatch(known -> known.tag() == portal.tag())) {
                both.add(portal);
            }
        }
        arrange(both);
    }

    private void name(Inventory of, List<PortalSettings> through) {
        List<PortName> wanted = new ArrayList<>();
        for (TargetRecord target : of.targets()) {
            for (PortalSettings portal : through) {
                if (isSeen(target, portal)) {
                    wanted.add(new PortName(target.iqn(), portal.tag()));
                }
            }
        }
        try {
            ports.add(wanted);
        } catch (IOException e) {
            throw Errors.ofSaving(stateDirectory, e);
        } catch (IllegalArgumentException e) {
            throw new ApiException(
                    ErrorCode.LIMIT, String.valueOf(e.getMessage()), "remove targets or portals that nobody uses");
        }
    }

    private static boolean isSeen(TargetRecord target, PortalSettings portal) {
        return target.portals().isEmpty() || target.portals().contains(portal.name());
    }

    /** The portals that were prepared could not be opened: those that listened before listen still. */
    synchronized void unchanged() {
        arrange(portals);
    }

    /** These portals listen; every host of a disk learns it when the access state of a group has changed. */
    synchronized void portals(List<PortalSettings> now) {
        Map<Integer, AccessState> before =
                portals.stream().collect(Collectors.toMap(PortalSettings::tag, PortalSettings::access));
        portals = List.copyOf(now);
        arrange(portals);
        groups.forEach((unit, all) -> {
            if (all.stream().anyMatch(group -> before.getOrDefault(group.id(), group.state()) != group.state())) {
                unit.raise(Sense.ASYMMETRIC_ACCESS_STATE_CHANGED, nexus -> true);
            }
        });
    }

    /** The inventory is about to be published; {@code units} are those of its disks, by uuid. */
    synchronized void inventory(Inventory published, Map<UUID, LogicalUnit> units) {
        inventory = published;
        Map<LogicalUnit, Set<String>> mapped = new HashMap<>();
        for (Mapping mapping : published.mappings()) {
            DiskRecord disk = published.disk(mapping.disk());
            LogicalUnit unit = units.get(disk.identity().uuid());
            if (unit != null) {
                mapped.computeIfAbsent(unit, each -> new LinkedHashSet<>()).add(mapping.target());
            }
        }
        targets = mapped;
        Set<String> names = published.targets().stream().map(TargetRecord::iqn).collect(Collectors.toSet());
        ports.keep(names::contains);
        arrange(portals);
    }

    private void arrange(List<PortalSettings> by) {
        if (!on) {
            return;
        }
        Map<LogicalUnit, List<TargetPortGroup>> all = new HashMap<>();
        targets.forEach((unit, names) -> all.put(unit, groupsOf(unit, names, by)));
        groups = Map.copyOf(all);
    }

    private List<TargetPortGroup> groupsOf(LogicalUnit unit, Set<String> names, List<PortalSettings> by) {
        List<TargetPortGroup> all = new ArrayList<>();
        for (PortalSettings portal : by) {
            List<TargetPort> members = new ArrayList<>();
            for (String name : names) {
                TargetRecord target = inventory.target(name);
                TargetPort port = isSeen(target, portal) ? ports.find(target.iqn(), portal.tag()) : null;
                if (port != null) {
                    members.add(port);
                }
            }
            if (members.size() > MAX) {
                DiskEvent.TOO_MANY_TARGETS.log(LOG, unit.name(), members.size(), MAX);
            }
            if (!members.isEmpty()) {
                members.sort(Comparator.comparingInt(TargetPort::relativeId));
                List<TargetPort> told = members.subList(0, Math.min(members.size(), TargetPortGroup.PORTS_MAX));
                all.add(new TargetPortGroup(portal.tag(), portal.access(), told));
            }
        }
        all.sort(Comparator.comparingInt(TargetPortGroup::id));
        return List.copyOf(all);
    }
}
