package dev.kume.cli.guard;

import dev.kume.cli.alarm.Alarm;
import dev.kume.cli.alarm.Alarms;
import dev.kume.cli.alarm.Subject;
import dev.kume.cli.log.WatchEvent;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.scsi.LogicalUnit;
import dev.kume.protocol.connection.SessionInfo;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after who uses which disk, and raises alarms about it. {@link #look} runs again and again, on one thread of its
 * own.
 */
public final class Guards {
    private static final Logger LOG = LoggerFactory.getLogger(Guards.class);

    private final Alarms alarms;
    private final Supplier<Inventory> inventory;
    private final Supplier<CompletableFuture<List<SessionInfo>>> sessions;
    private final Executor executor;
    private final Map<UUID, Watched> watched = new ConcurrentHashMap<>();
    private volatile UnreservedWriters mode = UnreservedWriters.ALARM;

    private record Watched(WatchedUnit unit, WriterGuard writers) {}

    /**
     * @param inventory as it is published
     * @param sessions  all sessions of the moment
     * @param executor  disk threads: where alarms are raised, away from the event loops, and disks are read
     */
    public Guards(
            Alarms alarms,
            Supplier<Inventory> inventory,
            Supplier<CompletableFuture<List<SessionInfo>>> sessions,
            Executor executor) {
        this.alarms = alarms;
        this.inventory = inventory;
        this.sessions = sessions;
        this.executor = executor;
    }

    /** The alarms of the moment. */
    public Alarms alarms() {
        return alarms;
    }

    /** What is done about unreserved writers from now on. */
    public void unreservedWriters(UnreservedWriters changed) {
        mode = changed;
    }

    public void add(UUID disk, LogicalUnit unit) {
        WatchedUnit of = new WatchedUnit(disk, unit, inventory, executor);
        watched.put(disk, new Watched(of, new WriterGuard(disk, of, alarms)));
    }

    /** The disk is gone, and with it all that was wrong with it. */
    public void remove(UUID disk) {
        watched.remove(disk);
        alarms.clear(key -> key.isAbout(disk));
    }

    /**
     * Lets hosts write a disk again that were kept from it.
     *
     * @return their names
     */
    public Set<String> thaw(UUID disk) {
        Watched of = watched.get(disk);
        return of == null ? Set.of() : of.writers().thaw();
    }

    /** A host has been refused at an exclusive unit. Any thread; never waits. */
    public void hostRefused(LogicalUnit unit, String host, String holder) {
        executor.execute(() -> sessions.get()
                .whenCompleteAsync(
                        (all, failure) -> hostRefused(unit, host, holder, failure == null ? all : List.of()),
                        executor));
    }

    private void hostRefused(LogicalUnit unit, String host, String holder, List<SessionInfo> all) {
        DiskRecord disk = diskOf(unit);
        // It may have been let in, or have gone, while the addresses were asked for.
        if (disk == null || !unit.hosts().refused().contains(host)) {
            return;
        }
        alarms.raise(
                Alarm.Key.disk(Alarm.Kind.HOST_REFUSED, disk.identity().uuid(), host),
                "%s is refused at disk '%s', which is exclusive and in use by %s"
                        .formatted(withAddresses(host, all), disk.name(), withAddresses(holder, all)),
                "if they are nodes of one cluster, run 'kume disk set %s --sharing cluster'; otherwise log one of them out"
                        .formatted(disk.name()));
    }

    private @Nullable DiskRecord diskOf(LogicalUnit unit) {
        return watched.values().stream()
                .map(Watched::unit)
                .filter(each -> each.unit().equals(unit))
                .map(WatchedUnit::disk)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /** {@code iqn.1991-05.com.microsoft:hv-node1 (192.168.20.11, 192.168.21.11)}. */
    private static String withAddresses(String host, List<SessionInfo> all) {
        String addresses = all.stream()
                .filter(session ->
                        session.targetName() != null && session.initiatorName().equals(host))
                .map(session -> session.peer().getAddress().getHostAddress())
                .distinct()
                .sorted()
                .collect(Collectors.joining(", "));
        return addresses.isEmpty() ? host : host + " (" + addresses + ")";
    }

    /** Looks what is over, and what has begun. */
    public void look() {
        alarms.clear(key -> key.kind() == Alarm.Kind.HOST_REFUSED && !isRefused(key));
        watched.values().forEach(this::look);
    }

    private void look(Watched of) {
        try {
            of.writers().look(mode, of.unit().unit().lane().clock().nanoTime());
        } catch (RuntimeException bug) {
            WatchEvent.WRITERS_UNKNOWN.log(LOG, of.unit().name(), bug);
        }
    }

    private boolean isRefused(Alarm.Key key) {
        Watched of = key.subject() instanceof Subject.Disk(UUID id) ? watched.get(id) : null;
        return of != null && of.unit().unit().hosts().refused().contains(key.host());
    }
}
