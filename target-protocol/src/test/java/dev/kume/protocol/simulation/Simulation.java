package dev.kume.protocol.simulation;

import dev.kume.core.Limits;
import dev.kume.core.Limits.Limit;
import dev.kume.core.scsi.LogicalUnit;
import dev.kume.core.scsi.LunMap;
import dev.kume.protocol.connection.Target;
import dev.kume.protocol.server.TargetSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One seed: a target with its loops, units and disks, initiators that use it, an administrator who changes it, and a
 * host that loses its power. Everything runs in the caller's thread, and a seed always runs the same.
 */
public final class Simulation {
    /** What a run came to. */
    public record Result(
            long seed,
            long hash,
            long steps,
            long commands,
            long answers,
            long aborts,
            long logins,
            long restarts,
            long pdus) {}

    private static final long SETTLE_NANOS = TimeUnit.SECONDS.toNanos(400);
    private static final long STEPS_MAX = 5_000_000;

    /** A time in which commands may end without an answer. */
    private static final class Disturbance {
        private final int lun;
        private final @Nullable String target;
        private @Nullable Session asker;
        private long untilNanos = Long.MAX_VALUE;

        private Disturbance(int lun, @Nullable String target) {
            this.lun = lun;
            this.target = target;
        }
    }

    final World world;
    final int tasksPerSession;
    final List<DiskModel> models = new ArrayList<>();
    final Set<Long> sealedStamps = new HashSet<>();
    private final Limits limits;
    private final int loopCount;
    private final long dataOutBytes;
    private final int failsOneIn;
    private final List<Initiator> initiators = new ArrayList<>();
    private final List<String> targetNames = new ArrayList<>();
    private final List<Disturbance> disturbances = new ArrayList<>();
    private SimulatedTarget target;

    // What the administrator wants, and what is withdrawn for certain.
    private final Map<String, Set<Integer>> mapped = new TreeMap<>();
    private final Set<Integer> denied = new TreeSet<>();
    private final Set<String> disabled = new TreeSet<>();
    /** Initiators that are denied, and since when for certain. */
    private final Map<Integer, Long> forbidden = new TreeMap<>();

    private final Map<String, Set<Integer>> withdrawn = new TreeMap<>();
    private boolean publishing;
    private boolean draining;
    private boolean drained;
    private boolean finishing;
    private final int actsMax;

    int acts;
    long commands;
    long answers;
    long aborts;
    long logins;
    long pdus;
    private long restarts;

    private Simulation(long seed) {
        world = new World(seed);
        var random = world.random;
        tasksPerSession = 8 << random.nextInt(3);
        limits = Limits.of(Map.of(
                Limit.TASKS_PER_SESSION, (long) tasksPerSession,
                Limit.DATA_OUT_BYTES_PER_SESSION, 1L << 20,
                Limit.OUTPUT_WAITING_BYTES, 65_536L << random.nextInt(3),
                Limit.FIRST_BURST_BYTES, 512L << random.nextInt(8),
                Limit.MAX_BURST_BYTES, 8_192L << random.nextInt(6)));
        loopCount = 1 + random.nextInt(3);
        dataOutBytes = 1L << 18 + random.nextInt(5);
        failsOneIn = world.oneIn(3) ? 0 : 30 + random.nextInt(500);
        actsMax = 200 + random.nextInt(1000);
        List<byte[]> disks = new ArrayList<>();
        int units = 1 + random.nextInt(3);
        for (int i = 0; i < units; i++) {
            disks.add(new byte[(512 + random.nextInt(1500)) * SimulatedStore.SECTOR_BYTES]);
        }
        int targetCount = 1 + random.nextInt(2);
        for (int i = 0; i < targetCount; i++) {
            String name = "iqn.2026-11.dev.kume:target" + i;
            targetNames.add(name);
            mapped.put(name, new TreeSet<>());
            withdrawn.put(name, new TreeSet<>());
            for (int lun = 0; lun < units; lun++) {
                mapped.get(name).add(lun);
            }
        }
        target = new SimulatedTarget(world, limits, loopCount, dataOutBytes, disks, failsOneIn);
        guardStores();
        for (int i = 0; i < units; i++) {
            models.add(new DiskModel(
                    world, "disk" + i, target.stores.get(i), disks.get(i).length / SimulatedStore.SECTOR_BYTES));
        }
        int initiatorCount = 2 + random.nextInt(4);
        for (int i = 1; i <= initiatorCount; i++) {
            initiators.add(new Initiator(this, i, world.any(targetNames)));
        }
        publish(() -> {});
        world.soon(TimeUnit.MILLISECONDS.toNanos(500), this::administrate);
    }

    /** Runs a seed to its end. What goes wrong is an {@link AssertionError} that names the seed. */
    public static Result run(long seed) {
        Simulation simulation = new Simulation(seed);
        try {
            return simulation.run();
        } catch (RuntimeException | Error failure) {
            String story = String.join("\n", simulation.world.story());
            throw new AssertionError(
                    "seed %d (replay: scripts/simulate --seed %d, or -Dkume.seed=%d): %s%n%s"
                            .formatted(seed, seed, seed, failure.getMessage(), story),
                    failure);
        }
    }

    private Result run() {
        while (acts < actsMax) {
            step();
        }
        finishing = true;
        long deadline = world.nanoTime() + SETTLE_NANOS;
        initiators.forEach(Initiator::finish);
        while (!initiators.stream().allMatch(Initiator::isFinished)
                || target.connectionCount() > 0
                || publishing
                || draining) {
            step();
            if (world.nanoTime() - deadline > 0) {
                throw new AssertionError("it does not come to an end: %d connections, %s, publishing %s, draining %s"
                        .formatted(
                                target.connectionCount(),
                                target.describe()
                                        + initiators.stream()
                                                .map(Initiator::describe)
                                                .toList(),
                                publishing,
                                draining));
            }
        }
        initiators.forEach(Initiator::endAll);
        models.forEach(DiskModel::checkAll);
        target.end();
        throwFailure();
        return new Result(world.seed, world.hash(), world.steps(), commands, answers, aborts, logins, restarts, pdus);
    }

    private void step() {
        if (!world.step()) {
            throw new AssertionError("nothing will ever happen again");
        }
        if (world.steps() > STEPS_MAX) {
            throw new AssertionError("it does not come to an end");
        }
        target.checkForBugs();
        throwFailure();
        if (drained || (!finishing && !draining && world.oneIn(60_000))) {
            restart();
        }
    }

    private void throwFailure() {
        Throwable failure = world.failure();
        if (failure != null) {
            throw new AssertionError(failure.getMessage() == null ? failure.toString() : failure.getMessage(), failure);
        }
    }

    SimulatedTarget target() {
        return target;
    }

    // ---- the host ---------------------------------------------------------------------------------------------------

    private void restart() {
        boolean powerCut = !drained;
        world.tell(powerCut ? "POWER CUT" : "the daemon has stopped and is started again");
        restarts++;
        List<byte[]> left = new ArrayList<>();
        target.stores.forEach(store -> {
            left.add(powerCut ? store.afterPowerCut() : store.bytes());
            store.guard = stamp -> {};
        });
        SimulatedTarget before = target;
        before.end();
        publishing = false;
        draining = false;
        drained = false;
        target = new SimulatedTarget(world, limits, loopCount, dataOutBytes, left, failsOneIn);
        guardStores();
        for (int i = 0; i < models.size(); i++) {
            models.get(i).restarted(target.stores.get(i), powerCut);
        }
        initiators.forEach(Initiator::targetRestarted);
        publish(() -> {});
    }

    private void guardStores() {
        for (int i = 0; i < target.stores.size(); i++) {
            int lun = i;
            target.stores.get(i).guard = stamp -> guard(lun, stamp);
        }
    }

    /** Looks at each sector that is about to be written. */
    private void guard(int lun, long stamp) {
        world.check(!sealedStamps.contains(stamp), "write %x reaches disk%d after its end".formatted(stamp, lun));
        int initiator = (int) (stamp & 0xFF);
        world.check(!forbidden.containsKey(initiator), "a write of node%d, which is denied".formatted(initiator));
        String of = initiators.get(initiator - 1).target;
        world.check(
                !withdrawnFrom(of).contains(lun),
                "a write of node%d to disk%d, which its target maps no more".formatted(initiator, lun));
    }

    private Set<Integer> withdrawnFrom(String name) {
        return withdrawn.getOrDefault(name, Set.of());
    }

    // ---- the administrator ------------------------------------------------------------------------------------------

    private void administrate() {
        try {
            if (!finishing && !publishing && !draining) {
                change();
            }
        } catch (RuntimeException | Error failure) {
            world.fail(failure);
        }
        world.soon(TimeUnit.SECONDS.toNanos(2), this::administrate);
    }

    private void change() {
        int kind = world.random.nextInt(20);
        String name = world.any(targetNames);
        if (kind < 8) {
            int lun = world.random.nextInt(models.size());
            Set<Integer> luns = mapped.getOrDefault(name, Set.of());
            if (luns.remove(lun)) {
                world.tell("unmap disk%d from %s".formatted(lun, name));
                disturbances.add(new Disturbance(lun, name));
                publish(() -> withdrawnFrom(name).add(lun));
            } else {
                luns.add(lun);
                withdrawnFrom(name).remove(lun);
                world.tell("map disk%d to %s".formatted(lun, name));
                publish(() -> disturbances.stream()
                        .filter(each -> each.lun == lun && name.equals(each.target))
                        .forEach(each -> each.untilNanos = Math.min(each.untilNanos, world.nanoTime())));
            }
        } else if (kind < 14) {
            Initiator initiator = world.any(initiators);
            if (denied.remove(initiator.index)) {
                forbidden.remove(initiator.index);
                world.tell("allow " + initiator);
                initiator.mayBeClosedUntil = world.nanoTime() + TimeUnit.SECONDS.toNanos(60);
                publish(() -> {});
            } else {
                denied.add(initiator.index);
                world.tell("deny " + initiator);
                initiator.mayBeClosedUntil = Long.MAX_VALUE;
                publish(() -> forbidden.put(initiator.index, world.nanoTime()));
            }
        } else if (kind < 17) {
            world.tell("enable or disable " + name);
            if (!disabled.remove(name)) {
                disabled.add(name);
            }
            publish(() -> {});
        } else if (kind < 18) {
            world.tell("drain");
            draining = true;
            SimulatedTarget of = target;
            initiators.forEach(each -> each.mayBeClosedUntil =
                    Math.max(each.mayBeClosedUntil, world.nanoTime() + TimeUnit.SECONDS.toNanos(60)));
            of.drain(world.random.nextInt(4), () -> drained |= of == target);
        }
    }

    private void publish(Runnable whenReal) {
        publishing = true;
        SimulatedTarget of = target;
        List<TargetSpec> specs = new ArrayList<>();
        for (String name : targetNames) {
            Map<Integer, LogicalUnit> units = new TreeMap<>();
            mapped.getOrDefault(name, Set.of()).forEach(lun -> units.put(lun, of.units.get(lun)));
            Set<String> allowed = new TreeSet<>();
            initiators.stream().filter(each -> !denied.contains(each.index)).forEach(each -> allowed.add(each.name));
            specs.add(new TargetSpec(
                    name, new Target.Definition("", !disabled.contains(name), allowed, LunMap.of(units))));
        }
        of.publish(specs).whenComplete((nothing, failure) -> {
            if (failure != null) {
                world.fail(failure);
            }
            if (of == target && !of.isOver()) {
                publishing = false;
                whenReal.run();
            } else if (of.isOver()) {
                whenReal.run();
            }
        });
    }

    // ---- what initiators have to know -------------------------------------------------------------------------------

    /** True when it has been denied since before this time. */
    boolean isForbidden(Initiator initiator, long nanos) {
        return forbidden.getOrDefault(initiator.index, Long.MAX_VALUE) < nanos;
    }

    boolean isSurelyMapped(String name, int lun) {
        return mapped.getOrDefault(name, Set.of()).contains(lun) && !publishing;
    }

    boolean mayClose(Initiator initiator) {
        return world.nanoTime() < initiator.mayBeClosedUntil;
    }

    /** A function of this session that it is about to ask for may end tasks of others; LUN -1: of all units. */
    void disturb(Session asker, int lun) {
        Disturbance disturbance = new Disturbance(lun, null);
        disturbance.asker = asker;
        disturbances.add(disturbance);
    }

    void disturbanceOver(Session asker) {
        // Which of several it was does not matter: when none is under way all of them are over.
        if (asker.functions.isEmpty()) {
            disturbances.stream()
                    .filter(each -> each.asker == asker)
                    .forEach(each -> each.untilNanos = Math.min(each.untilNanos, world.nanoTime()));
        }
    }

    void willBeClosed(String name) {
        initiators.stream()
                .filter(each -> each.target.equals(name))
                .forEach(each -> each.mayBeClosedUntil =
                        Math.max(each.mayBeClosedUntil, world.nanoTime() + TimeUnit.SECONDS.toNanos(60)));
    }

    boolean mayVanish(Op op) {
        return disturbances.stream()
                .anyMatch(each -> (each.lun == op.lun || each.lun < 0)
                        && (each.target == null || each.target.equals(op.initiator.target))
                        && each.untilNanos >= op.issuedNanos);
    }
}
