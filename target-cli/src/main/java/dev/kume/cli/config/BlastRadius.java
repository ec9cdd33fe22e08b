package dev.kume.cli.config;

import dev.kume.cli.config.InventoryDiff.Kind;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.InitiatorIdentifier;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.Mapping;
import dev.kume.core.inventory.Sharing;
import dev.kume.core.inventory.TargetRecord;
import dev.kume.core.reservation.PersistentReservations;
import dev.kume.core.reservation.ReservationResult;
import dev.kume.core.scsi.UnitState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Whom a change of the inventory reaches, told beforehand: which sessions end, which unit attentions the others hear,
 * and who loses what. It says what publishing does; a test holds the two together.
 */
public final class BlastRadius {
    /** The conditions, as the standards call them. */
    public enum Condition {
        REPORTED_LUNS("REPORTED LUNS DATA HAS CHANGED"),
        CAPACITY("CAPACITY DATA HAS CHANGED"),
        INQUIRY("INQUIRY DATA HAS CHANGED"),
        MODE_PARAMETERS("MODE PARAMETERS CHANGED"),
        RESERVATIONS_RELEASED("RESERVATIONS RELEASED"),
        RESERVATIONS_PREEMPTED("RESERVATIONS PREEMPTED"),
        REGISTRATIONS_PREEMPTED("REGISTRATIONS PREEMPTED");

        private final String words;

        Condition(String words) {
            this.words = words;
        }

        public String words() {
            return words;
        }
    }

    /** A session that ends. */
    public record Dropped(LiveSession session, TargetRecord target, String why) {}

    /**
     * A session hears of a condition at a disk that it keeps.
     *
     * @param disk  by the name that it has afterwards; null for the session that has lost its last one
     * @param cause the kind of thing whose change it is, and by which it is known
     */
    public record Heard(Condition condition, @Nullable String disk, LiveSession session, Cause cause) {}

    /** A thing that changes, as in {@link InventoryDiff.Change}. */
    public record Cause(Kind kind, String id) {}

    /** An entry of an access list can reach, or write, a disk no more. */
    public record Loss(String disk, String initiator, boolean writeOnly, boolean connected) {}

    private final Inventory now;
    private final Inventory next;
    private final List<LiveSession> sessions;
    private final Function<DiskRecord, @Nullable UnitState> units;
    private final Map<UUID, PersistentReservations> reservations = new HashMap<>();
    private final Map<String, Map<Integer, Seen>> lunsNow;
    private final Map<String, Map<Integer, Seen>> lunsNext;
    private final List<Dropped> dropped = new ArrayList<>();
    private final Set<Heard> heard = new LinkedHashSet<>();
    private final List<Loss> losses = new ArrayList<>();

    /** A disk at a LUN. */
    private record Seen(UUID uuid, boolean readOnly) {}

    private BlastRadius(
            Inventory now,
            Inventory next,
            List<LiveSession> sessions,
            Function<DiskRecord, @Nullable UnitState> units) {
        this.now = now;
        this.next = next;
        this.sessions = sessions;
        this.units = units;
        this.lunsNow = luns(now);
        this.lunsNext = luns(next);
    }

    /** @param units what the units of disks are like now; null for a disk without one */
    public static BlastRadius of(
            Inventory now,
            Inventory next,
            List<LiveSession> sessions,
            Function<DiskRecord, @Nullable UnitState> units) {
        BlastRadius blast = new BlastRadius(now, next, sessions, units);
        Map<String, List<LiveSession>> byIqn = new HashMap<>();
        sessions.forEach(session ->
                byIqn.computeIfAbsent(session.iqn(), iqn -> new ArrayList<>()).add(session));
        for (TargetRecord target : now.targets()) {
            blast.look(target, byIqn.getOrDefault(target.iqn(), List.of()));
        }
        for (TargetRecord target : next.targets()) {
            blast.unregister(target, byIqn);
        }
        blast.lookForLosses();
        return blast;
    }

    public List<Dropped> dropped() {
        return List.copyOf(dropped);
    }

    public List<Heard> heard() {
        return List.copyOf(heard);
    }

    public List<Loss> losses() {
        return List.copyOf(losses);
    }

    /** Disks that stay mapped and of which nobody notices anything. */
    public List<String> untouched() {
        Set<String> touched = new HashSet<>();
        heard.forEach(each -> touched.add(String.valueOf(each.disk())));
        losses.forEach(each -> touched.add(each.disk()));
        Set<String> ended = new HashSet<>();
        dropped.forEach(each -> ended.add(each.target().name()));
        now.mappings().stream()
                .filter(mapping -> ended.contains(mapping.target()))
                .forEach(mapping -> touched.add(mapping.disk()));
        Set<String> mapped = new HashSet<>();
        next.mappings().forEach(mapping -> mapped.add(mapping.disk()));
        return next.disks().stream()
                .filter(disk -> disk.equals(now.findDisk(disk.identity().uuid())))
                .map(DiskRecord::name)
                .filter(name -> mapped.contains(name) && !touched.contains(name))
                .toList();
    }

    private static Map<String, Map<Integer, Seen>> luns(Inventory inventory) {
        Map<String, String> iqns = new HashMap<>();
        inventory.targets().forEach(target -> iqns.put(target.name(), target.iqn()));
        Map<String, Map<Integer, Seen>> all = new HashMap<>();
        for (Mapping mapping : inventory.mappings()) {
            UUID uuid = inventory.disk(mapping.disk()).identity().uuid();
            all.computeIfAbsent(Objects.requireNonNull(iqns.get(mapping.target())), iqn -> new TreeMap<>())
                    .put(mapping.lun(), new Seen(uuid, mapping.readOnly()));
        }
        return all;
    }

    private Map<Integer, Seen> lunsNow(String iqn) {
        return lunsNow.getOrDefault(iqn, new TreeMap<>());
    }

    private Map<Integer, Seen> lunsNext(String iqn) {
        return lunsNext.getOrDefault(iqn, new TreeMap<>());
    }

    private static Map<UUID, Boolean> disks(Map<Integer, Seen> luns) {
        Map<UUID, Boolean> disks = new LinkedHashMap<>();
        luns.values().forEach(seen -> disks.put(seen.uuid(), seen.readOnly()));
        return disks;
    }

    // ---- sessions ---------------------------------------------------------------------------------------------------

    private void look(TargetRecord target, List<LiveSession> on) {
        TargetRecord after = next.findTargetByIqn(target.iqn());
        for (LiveSession session : on) {
            if (after == null) {
                dropped.add(new Dropped(session, target, "the target is removed"));
            } else if (!stays(session, target, after)) {
                dropped.add(new Dropped(session, target, "it is no longer let in"));
            } else {
                hear(session, target);
            }
        }
    }

    /** What DNS says at that moment is not known: an entry that let the session in and stays is trusted, no other. */
    private static boolean stays(LiveSession session, TargetRecord before, TargetRecord after) {
        if (after.allows(session.initiator(), session.from())) {
            return true;
        }
        boolean byAddress = before.allows(session.initiator(), session.from());
        return !byAddress
                && after.identifiers().stream()
                        .anyMatch(entry -> entry instanceof InitiatorIdentifier.HostName
                                && before.initiators().contains(entry.text()));
    }

    private void hear(LiveSession session, TargetRecord target) {
        Cause cause = new Cause(Kind.TARGET, target.iqn());
        Map<Integer, Seen> then = lunsNow(target.iqn());
        Map<Integer, Seen> now = lunsNext(target.iqn());
        Map<UUID, Boolean> before = disks(then);
        Map<UUID, Boolean> after = disks(now);
        boolean moved = !numbers(then).equals(numbers(now));
        if (moved && after.isEmpty()) {
            heard.add(new Heard(Condition.REPORTED_LUNS, null, session, cause));
        }
        after.forEach((uuid, readOnly) -> {
            DiskRecord disk = next.disk(uuid);
            Boolean was = before.get(uuid);
            if (moved && (was != null || before.isEmpty())) {
                heard.add(new Heard(Condition.REPORTED_LUNS, disk.name(), session, cause));
            }
            if (was != null && !was.equals(readOnly)) {
                heard.add(new Heard(Condition.MODE_PARAMETERS, disk.name(), session, cause));
            }
            if (was != null) {
                hear(session, this.now.disk(uuid), disk);
            }
        });
    }

    private static Map<Integer, UUID> numbers(Map<Integer, Seen> luns) {
        Map<Integer, UUID> numbers = new HashMap<>();
        luns.forEach((lun, seen) -> numbers.put(lun, seen.uuid()));
        return numbers;
    }

    private void hear(LiveSession session, DiskRecord before, DiskRecord after) {
        if (before.equals(after)) {
            return;
        }
        Cause cause = new Cause(Kind.DISK, after.identity().uuid().toString());
        UnitState unit = units.apply(before);
        if (before.sizeBytes() != after.sizeBytes()) {
            heard.add(new Heard(Condition.CAPACITY, after.name(), session, cause));
        }
        if (!before.profile().looksLike(after.profile())) {
            heard.add(new Heard(Condition.INQUIRY, after.name(), session, cause));
        }
        if (modesChange(unit, before, after)) {
            heard.add(new Heard(Condition.MODE_PARAMETERS, after.name(), session, cause));
        }
    }

    /** The WP bit, or the WCE bit where no initiator has switched it so already. */
    private static boolean modesChange(@Nullable UnitState unit, DiskRecord before, DiskRecord after) {
        boolean fileReadOnly =
                unit != null && unit.disk() != null && unit.disk().info().readOnly();
        boolean protection =
                (before.sharing() == Sharing.READ_ONLY) != (after.sharing() == Sharing.READ_ONLY) && !fileReadOnly;
        boolean cache = before.profile().writeCache() != after.profile().writeCache()
                && (unit == null
                        || unit.modes().writeCacheEnabled() != after.profile().writeCache());
        return protection || cache;
    }

    /** A disk that a target shows no more loses the registrations through it, and others may hear of that. */
    private void unregister(TargetRecord target, Map<String, List<LiveSession>> byIqn) {
        Set<UUID> gone = new LinkedHashSet<>(disks(lunsNow(target.iqn())).keySet());
        gone.removeAll(disks(lunsNext(target.iqn())).keySet());
        for (UUID uuid : gone) {
            UnitState unit = units.apply(now.disk(uuid));
            if (unit == null) {
                continue;
            }
            PersistentReservations held = reservations.getOrDefault(uuid, unit.reservations());
            ReservationResult result = held.without(nexus -> nexus.targetName().equals(target.iqn()), Instant.EPOCH);
            reservations.put(uuid, result.state());
            for (ReservationResult.Attention attention : result.attentions()) {
                byIqn.getOrDefault(attention.nexus().targetName(), List.of()).stream()
                        .filter(session -> session.isOf(attention.nexus()) && keeps(session, uuid))
                        .forEach(session -> heard.add(new Heard(
                                condition(attention.condition()),
                                next.disk(uuid).name(),
                                session,
                                new Cause(Kind.TARGET, target.iqn()))));
            }
        }
    }

    private boolean keeps(LiveSession session, UUID disk) {
        return dropped.stream().noneMatch(each -> each.session().equals(session))
                && disks(lunsNow(session.iqn())).containsKey(disk)
                && disks(lunsNext(session.iqn())).containsKey(disk);
    }

    private static Condition condition(ReservationResult.Condition condition) {
        return switch (condition) {
            case RESERVATIONS_PREEMPTED -> Condition.RESERVATIONS_PREEMPTED;
            case RESERVATIONS_RELEASED -> Condition.RESERVATIONS_RELEASED;
            case REGISTRATIONS_PREEMPTED -> Condition.REGISTRATIONS_PREEMPTED;
        };
    }

    // ---- access -----------------------------------------------------------------------------------------------------

    /** Who may do what with a disk, by entries of access lists: true for writing too. */
    private static Map<UUID, Map<String, Boolean>> ways(Inventory inventory) {
        Map<UUID, Map<String, Boolean>> ways = new HashMap<>();
        for (Mapping mapping : inventory.mappings()) {
            DiskRecord disk = inventory.disk(mapping.disk());
            boolean writes = disk.sharing() != Sharing.READ_ONLY && !mapping.readOnly();
            Map<String, Boolean> ofDisk = ways.computeIfAbsent(disk.identity().uuid(), uuid -> new TreeMap<>());
            inventory
                    .target(mapping.target())
                    .initiators()
                    .forEach(each -> ofDisk.merge(each, writes, Boolean::logicalOr));
        }
        return ways;
    }

    private void lookForLosses() {
        Map<UUID, Map<String, Boolean>> before = ways(now);
        Map<UUID, Map<String, Boolean>> after = ways(next);
        for (DiskRecord disk : now.disks()) {
            UUID uuid = disk.identity().uuid();
            Map<String, Boolean> left = after.getOrDefault(uuid, Map.of());
            before.getOrDefault(uuid, Map.of()).forEach((initiator, wrote) -> {
                Boolean may = left.get(initiator);
                if (may == null || (wrote && !may)) {
                    DiskRecord named = Objects.requireNonNullElse(next.findDisk(uuid), disk);
                    losses.add(new Loss(named.name(), initiator, may != null, isConnected(disk, initiator)));
                }
            });
        }
    }

    private boolean isConnected(DiskRecord disk, String initiator) {
        InitiatorIdentifier entry = InitiatorIdentifier.parse(initiator);
        return sessions.stream()
                .anyMatch(session -> entry.isAbout(session.initiator(), session.from())
                        && disks(lunsNow(session.iqn()))
                                .containsKey(disk.identity().uuid()));
    }
}
