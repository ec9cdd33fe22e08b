package dev.kume.protocol.server;

import dev.kume.core.nexus.ITNexus;
import dev.kume.core.reservation.Registration;
import dev.kume.core.scsi.Ending;
import dev.kume.core.scsi.LogicalUnit;
import dev.kume.core.scsi.LunMap;
import dev.kume.core.scsi.ReservationRemoval;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.Task;
import dev.kume.core.scsi.UnitState;
import dev.kume.protocol.connection.ServerContext;
import dev.kume.protocol.connection.Target;
import dev.kume.protocol.event.ServerEvent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Changes what the targets are while sessions are logged in to them. One thread at a time. */
public final class TargetPublisher {
    private static final Logger LOG = LoggerFactory.getLogger(TargetPublisher.class);

    private final ServerContext context;
    private final Connections connections;

    public TargetPublisher(ServerContext context, Connections connections) {
        this.context = context;
        this.connections = connections;
    }

    /**
     * Makes the targets be what the specifications say.
     *
     * @return completes when the change is real: nothing that it takes away - a mapping, an initiator, a target - can
     *     reach a disk any more
     */
    public CompletableFuture<Void> publish(Collection<TargetSpec> specs) {
        Map<String, Target> before = new LinkedHashMap<>();
        context.targets().all().forEach(target -> before.put(target.name(), target));
        List<Target> now = new ArrayList<>();
        List<CompletableFuture<Void>> waits = new ArrayList<>();
        List<Runnable> afterwards = new ArrayList<>();
        for (TargetSpec spec : specs) {
            Target known = before.remove(spec.name());
            if (known == null) {
                now.add(new Target(spec.name(), spec.definition()));
            } else {
                now.add(known);
                Target.Definition old = known.definition();
                known.definition(spec.definition());
                afterwards.add(() -> {
                    withdraw(known, old, spec.definition(), waits);
                    unregister(known, old, spec.definition(), waits);
                });
            }
        }
        context.targets().publish(now);
        afterwards.forEach(Runnable::run);
        for (Target removed : before.values()) {
            Target.Definition old = removed.definition();
            Target.Definition nothing = new Target.Definition(old.description(), false, Set.of(), LunMap.EMPTY);
            removed.definition(nothing);
            withdraw(removed, old, nothing, waits);
        }
        return CompletableFuture.allOf(waits.toArray(CompletableFuture[]::new));
    }

    private void withdraw(
            Target target, Target.Definition old, Target.Definition now, List<CompletableFuture<Void>> waits) {
        waits.add(connections.end(
                connection -> Connections.isOf(connection, target) && !connection.isAllowedBy(now),
                "no longer allowed on " + target.name()));
        protect(target, old.luns(), now.luns(), waits);
        if (old.luns().sameAs(now.luns())) {
            return;
        }
        Set<LogicalUnit> kept = units(now.luns());
        for (LogicalUnit unit : gone(old, now)) {
            CompletableFuture<Void> fenced = new CompletableFuture<>();
            waits.add(fenced);
            unit.fence(
                    task -> isOf(target, task) ? Ending.check(Sense.LOGICAL_UNIT_NOT_SUPPORTED) : null,
                    null,
                    affected -> fenced.complete(null));
        }
        for (LogicalUnit unit : kept) {
            unit.raise(
                    Sense.REPORTED_LUNS_DATA_HAS_CHANGED,
                    nexus -> nexus.nexus().targetName().equals(target.name()));
        }
    }

    /**
     * Mappings that become read-only, or writable again: writes on their way end as those that come later. The WP bit
     * of the mode parameter header (SBC-3 6.4.1) is another one now, which is MODE PARAMETERS CHANGED (SPC-4 5.14) for
     * the nexuses of this target; for those of other targets nothing has changed.
     */
    private static void protect(Target target, LunMap old, LunMap now, List<CompletableFuture<Void>> waits) {
        Set<LogicalUnit> there = units(old);
        there.retainAll(units(now));
        for (LogicalUnit unit : there) {
            if (old.isReadOnly(unit) == now.isReadOnly(unit)) {
                continue;
            }
            unit.raise(
                    Sense.MODE_PARAMETERS_CHANGED,
                    nexus -> nexus.nexus().targetName().equals(target.name()));
            if (now.isReadOnly(unit)) {
                CompletableFuture<Void> fenced = new CompletableFuture<>();
                waits.add(fenced);
                unit.fence(
                        task -> isOf(target, task) && unit.writes(task) ? Ending.check(Sense.WRITE_PROTECTED) : null,
                        null,
                        affected -> fenced.complete(null));
            }
        }
    }

    private static boolean isOf(Target target, Task task) {
        return task.nexus().nexus().targetName().equals(target.name());
    }

    private static Set<LogicalUnit> gone(Target.Definition old, Target.Definition now) {
        Set<LogicalUnit> gone = units(old.luns());
        gone.removeAll(units(now.luns()));
        return gone;
    }

    /**
     * A unit that the target shows no more loses the registrations that were made through it. A target that goes, or
     * that lets an initiator in no more, leaves them: they are the hosts' or an administrator's to remove.
     */
    private static void unregister(
            Target target, Target.Definition old, Target.Definition now, List<CompletableFuture<Void>> waits) {
        for (LogicalUnit unit : gone(old, now)) {
            waits.add(unregister(target.name(), unit));
        }
    }

    /** Removes the registrations with a target at one of its units, durably. */
    public static CompletableFuture<Void> unregister(String targetName, LogicalUnit unit) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        unit.change(state -> withoutReserve(state, targetName), () -> {});
        ReservationRemoval change = ReservationRemoval.ofTarget(
                unit, targetName, unit.lane().clock().now());
        unit.change(change, () -> {
            for (Registration each : change.removed()) {
                if (change.failure() == null) {
                    ServerEvent.REGISTRATION_REMOVED.log(
                            LOG, unit, targetName, each.nexus(), "%016x".formatted(each.key()));
                } else {
                    ServerEvent.REGISTRATION_STAYS.log(
                            LOG,
                            unit,
                            targetName,
                            each.nexus(),
                            "%016x".formatted(each.key()),
                            change.failure().getMessage());
                }
            }
            done.complete(null);
        });
        return done;
    }

    private static UnitState withoutReserve(UnitState state, String targetName) {
        ITNexus holder = state.reservedBy();
        boolean ends = holder != null && holder.targetName().equals(targetName);
        return ends ? state.withReservedBy(null) : state;
    }

    private static Set<LogicalUnit> units(LunMap luns) {
        Set<LogicalUnit> units = new LinkedHashSet<>();
        for (int lun : luns.luns()) {
            LogicalUnit unit = luns.get(lun);
            if (unit != null) {
                units.add(unit);
            }
        }
        return units;
    }
}
