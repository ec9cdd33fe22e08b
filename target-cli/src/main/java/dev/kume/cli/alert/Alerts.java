package dev.kume.cli.alert;

import dev.kume.cli.alarm.Alarm;
import dev.kume.cli.log.WatchEvent;
import dev.kume.core.Clock;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Inventory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks now and then for what is worth an alarm. {@link #look} and {@link #lookAtHost} run on one thread of their own,
 * which waits for no device.
 */
public final class Alerts {
    private static final Logger LOG = LoggerFactory.getLogger(Alerts.class);

    private final AlertInbox inbox;
    private final AlertSight sight;
    private final Clock clock;
    private final Path stateDirectory;
    private final HostLooks host;
    private final SpaceAlerts space = new SpaceAlerts();
    private final DiskAlerts disks;
    private final SlowAlerts slow = new SlowAlerts();
    private final NodeAlerts nodes = new NodeAlerts();
    private final StrangerAlerts strangers = new StrangerAlerts();
    private final ClockAlerts clocks;

    /** Those of whose looks something went wrong: a bug is told once. */
    private final Set<Set<Alarm.Kind>> failed = new HashSet<>();

    /**
     * @param files   of this host
     * @param threads look at them, and may be stuck there: no disk threads
     */
    public Alerts(
            AlertInbox inbox, AlertSight sight, Clock clock, Path stateDirectory, HostFiles files, Executor threads) {
        this.inbox = inbox;
        this.sight = sight;
        this.clock = clock;
        this.stateDirectory = stateDirectory;
        this.clocks = new ClockAlerts(clock.now(), clock.nanoTime());
        this.host = new HostLooks(files, threads);
        this.disks = new DiskAlerts(inbox);
    }

    /** Asks the file systems how they are; {@link #look} finds what they have answered by then. */
    public void lookAtHost() {
        Map<Path, List<Path>> wanted = new HashMap<>();
        wanted.put(stateDirectory, new ArrayList<>());
        for (DiskRecord disk : sight.inventory().disks()) {
            Path file = Path.of(disk.file());
            wanted.computeIfAbsent(directory(file), any -> new ArrayList<>()).add(file);
        }
        host.ask(wanted, clock.nanoTime());
    }

    private static Path directory(Path file) {
        Path parent = file.getParent();
        return parent == null ? file : parent;
    }

    /** Looks what has begun, and what is over. */
    public void look() {
        long nowNanos = clock.nanoTime();
        AlertSettings settings = inbox.settings();
        Inventory inventory = sight.inventory();
        Map<String, DiskLook> looks = new LinkedHashMap<>();
        Map<Path, Long> grow = new HashMap<>();
        Set<UUID> there = new HashSet<>();
        for (DiskRecord disk : inventory.disks()) {
            DiskLook look = sight.look(disk);
            looks.put(disk.name(), look);
            grow.merge(directory(Path.of(disk.file())), look.growBytes(), Long::sum);
            there.add(disk.identity().uuid());
        }
        inbox.keep(there);
        List<DiskLook> all = List.copyOf(looks.values());
        Map<Path, HostLooks.Look> known = host.known();
        apply(ClockAlerts.KINDS, () -> clocks.look(clock.now(), nowNanos));
        apply(SpaceAlerts.KINDS, () -> space.look(known, grow, stateDirectory, settings, nowNanos));
        apply(DiskAlerts.KINDS, () -> disks.look(all, gone(known), nowNanos));
        apply(SlowAlerts.KINDS, () -> slow.look(all, settings, nowNanos));
        apply(StrangerAlerts.KINDS, () -> strangers.look(inventory, looks, nowNanos));
        if (!inventory.clusters().isEmpty()) {
            apply(NodeAlerts.KINDS, () -> nodes.look(scene(inventory, nowNanos), settings));
        } else {
            apply(NodeAlerts.KINDS, List::of);
        }
    }

    private NodeAlerts.Scene scene(Inventory inventory, long nowNanos) {
        return new NodeAlerts.Scene(
                inventory, sight.sessions(), sight.initiators(), sight.portals(), clock.now(), nowNanos);
    }

    private static Set<Path> gone(Map<Path, HostLooks.Look> known) {
        Set<Path> gone = new HashSet<>();
        for (HostLooks.Look look : known.values()) {
            if (look.answer() != null) {
                gone.addAll(look.answer().gone());
            }
        }
        return gone;
    }

    /** What cannot be looked at now, because loops are busy or by a bug, leaves its alarms as they are. */
    private void apply(Set<Alarm.Kind> kinds, Supplier<List<Finding>> look) {
        List<Finding> findings;
        try {
            findings = look.get();
        } catch (RuntimeException e) {
            if (failed.add(kinds)) {
                WatchEvent.ALERT_UNKNOWN.log(
                        LOG, kinds.stream().map(Alarm.Kind::word).collect(Collectors.joining(", ")), e.toString(), e);
            }
            return;
        }
        Set<Alarm.Key> found = new HashSet<>();
        for (Finding finding : findings) {
            found.add(finding.key());
            inbox.alarms().raise(finding.key(), finding.text(), finding.remedy());
        }
        inbox.alarms().clear(key -> kinds.contains(key.kind()) && !found.contains(key));
    }
}
