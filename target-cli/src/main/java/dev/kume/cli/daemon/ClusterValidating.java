package dev.kume.cli.daemon;

import dev.kume.cli.api.ErrorCode;
import dev.kume.cli.api.OperationResult;
import dev.kume.cli.api.OperationView;
import dev.kume.cli.api.SessionView;
import dev.kume.cli.api.ValidationStart;
import dev.kume.cli.daemon.ScratchTargets.ScratchTarget;
import dev.kume.cli.files.Causes;
import dev.kume.cli.report.ValidationFacts;
import dev.kume.core.disk.DiskFormat;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.inventory.ClusterDisk;
import dev.kume.core.inventory.ClusterNode;
import dev.kume.core.inventory.ClusterRecord;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.Mapping;
import dev.kume.core.inventory.TargetRecord;
import dev.kume.core.scsi.UnitState;
import dev.kume.protocol.cluster.ArbitrationTimes;
import dev.kume.protocol.login.ChapCredential;
import dev.kume.protocol.login.InitiatorCredentials;
import dev.kume.protocol.validation.ClusterValidator;
import dev.kume.protocol.validation.Consent;
import dev.kume.protocol.validation.Stop;
import dev.kume.protocol.validation.StorageValidation;
import dev.kume.protocol.validation.ValidationReport;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Validates the disks of a cluster with nodes that stand in for its own: on the disks themselves when nobody uses them,
 * else on scratch disks of the same kind. On operation threads, one validation at a time.
 */
final class ClusterValidating {
    private static final ArbitrationTimes FAST = ArbitrationTimes.scaled(Duration.ofMillis(100));
    private static final Duration LOOK = Duration.ofMillis(200);
    private static final int SECRET_BYTES = 16;
    private static final int SECRET_LETTERS = 26;

    private final String iqnPrefix;
    private final Changes changes;
    private final Operations operations;
    private final Exports exports;
    private final DiskShelf shelf;
    private final SecretShelf secrets;
    private final HostSystem system;
    private final RandomGenerator random;
    private final Supplier<ScratchDisks> scratchDisks;
    private final AtomicBoolean busy = new AtomicBoolean();

    /** What is tested in which way. */
    private record Plan(
            ClusterRecord cluster,
            Inventory inventory,
            ArbitrationTimes times,
            List<ClusterDisk> idle,
            List<DiskRecord> others,
            List<String> notes) {}

    ClusterValidating(
            Settings settings,
            HostSystem system,
            Changes changes,
            Operations operations,
            Exports exports,
            DiskShelf shelf,
            SecretShelf secrets) {
        this.iqnPrefix = settings.iqnPrefix();
        this.changes = changes;
        this.operations = operations;
        this.exports = exports;
        this.shelf = shelf;
        this.secrets = secrets;
        this.system = system;
        this.random = system.random();
        UnfinishedFiles unfinished = new UnfinishedFiles(settings.stateDirectory(), system.files(), system.stores());
        this.scratchDisks = () -> new ScratchDisks(
                changes, exports, shelf, unfinished, system.stores(), system.formats(), system.clock(), random);
    }

    /** Begins; the report is the operation's result. */
    OperationView start(String name, ValidationStart request) {
        ClusterRecord cluster = changes.current().cluster(name);
        List<ClusterDisk> disks = request.disk() == null ? cluster.disks() : List.of(cluster.disk(request.disk()));
        if (disks.isEmpty()) {
            throw new ApiException(
                    ErrorCode.INVALID, "cluster '%s' has no disk to validate".formatted(name), "add one to it first");
        }
        ArbitrationTimes times = Boolean.TRUE.equals(request.realTime()) ? ArbitrationTimes.WINDOWS : FAST;
        return operations.startTelling(
                "cluster validate", cluster.name(), progress -> run(cluster.name(), disks, times, progress));
    }

    private OperationResult run(
            String cluster, List<ClusterDisk> disks, ArbitrationTimes times, DiskFormat.Progress progress)
            throws IOException {
        if (!busy.compareAndSet(false, true)) {
            throw new ApiException(ErrorCode.BUSY, "another cluster is being validated", "wait for its end");
        }
        ScratchDisks scratch = scratchDisks.get();
        try {
            Plan plan = changes.inTurn(() -> plan(cluster, disks, times));
            return validate(plan, scratch, progress);
        } finally {
            changes.inTurn(() -> {
                exports.publishBeside(List.of());
                return cluster;
            });
            scratch.removeAll();
            busy.set(false);
        }
    }

    // ---- what is tested where ---------------------------------------------------------------------------------------

    private Plan plan(String name, List<ClusterDisk> disks, ArbitrationTimes times) {
        Inventory inventory = changes.current();
        ClusterRecord cluster = inventory.cluster(name);
        List<ClusterDisk> idle = new ArrayList<>();
        List<DiskRecord> others = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        for (ClusterDisk each : disks) {
            DiskRecord disk = inventory.disk(each.disk());
            String obstacle = obstacle(inventory, disk);
            if (obstacle.isEmpty()) {
                idle.add(each);
                notes.add("disk '%s' is idle and was tested itself; what was written to it is taken back"
                        .formatted(disk.name()));
            } else {
                if (others.stream().noneMatch(other -> ScratchDisks.isSameKind(other, disk))) {
                    others.add(disk);
                }
                notes.add("disk '%s' was left alone, for %s: a scratch disk of its kind was tested in its place"
                        .formatted(disk.name(), obstacle));
            }
        }
        return new Plan(cluster, inventory, times, idle, others, notes);
    }

    /** Why a disk is not tested itself, or empty. */
    private String obstacle(Inventory inventory, DiskRecord disk) {
        OpenDisk open = shelf.find(disk);
        VirtualDisk content = open == null ? null : open.disk();
        UnitState state = exports.unitState(disk);
        if (content == null || state == null) {
            return "it is offline";
        }
        SessionView host = host(targetsOf(inventory, Set.of(disk.name())));
        if (host != null) {
            return "%s is logged in to a target that has it".formatted(host.initiator());
        }
        if (!state.reservations().registrations().isEmpty() || state.reservedBy() != null) {
            return "somebody has it reserved, or registered a key on it";
        }
        if (content.info().readOnly()) {
            return "it is read-only";
        }
        try {
            return ScratchGround.obstacle(disk, content);
        } catch (IOException e) {
            return "it cannot be read: " + Causes.of(e);
        }
    }

    private static Set<String> targetsOf(Inventory inventory, Set<String> disks) {
        return inventory.mappings().stream()
                .filter(mapping -> disks.contains(mapping.disk()))
                .map(Mapping::target)
                .map(target -> inventory.target(target).iqn())
                .collect(Collectors.toSet());
    }

    /** A session at one of these targets that is no node of a validation, or null. */
    private @Nullable SessionView host(Set<String> iqns) {
        return exports.sessions().stream()
                .filter(session -> iqns.contains(String.valueOf(session.targetIqn())))
                .filter(session -> !ClusterValidator.isValidator(Long.parseLong(session.isid(), 16)))
                .findFirst()
                .orElse(null);
    }

    // ---- the run ----------------------------------------------------------------------------------------------------

    private OperationResult validate(Plan plan, ScratchDisks scratch, DiskFormat.Progress progress) throws IOException {
        Map<Integer, DiskRecord> stand = new LinkedHashMap<>();
        for (DiskRecord disk : plan.others()) {
            stand.put(stand.size(), scratch.make(disk, progress));
        }
        List<ClusterValidator.Node> nodes = changes.inTurn(() -> nodes(plan, stand));
        Watch watch = new Watch(plan, progress);
        ClusterValidator.Manner manner = new ClusterValidator.Manner(
                plan.times(), watch.stop, Consent.GIVEN, watch, !plan.idle().isEmpty(), plan.notes());
        ValidationReport report = new ClusterValidator(system.clock(), random)
                .run("Cluster " + plan.cluster().name(), nodes, manner);
        if (watch.cancelled) {
            throw new InterruptedIOException("cancelled");
        }
        return OperationResult.of(ValidationFacts.view(report));
    }

    /** Looks again and again, in the validation's thread: is it cancelled, and does a host want an idle disk? */
    private final class Watch implements Runnable, StorageValidation.Progress {
        private final Stop stop = new Stop(this);
        private final Set<String> iqns;
        private final DiskFormat.Progress progress;
        private int done;
        private boolean cancelled;
        private long nextNanos = system.clock().nanoTime();

        private Watch(Plan plan, DiskFormat.Progress progress) {
            this.iqns = targetsOf(
                    plan.inventory(),
                    plan.idle().stream().map(ClusterDisk::disk).collect(Collectors.toSet()));
            this.progress = progress;
        }

        @Override
        public void begins(int number, String name) {
            done = number;
        }

        @Override
        public void run() {
            if (system.clock().nanoTime() - nextNanos < 0) {
                return;
            }
            nextNanos = system.clock().nanoTime() + LOOK.toNanos();
            try {
                progress.at(done, StorageValidation.TESTS);
            } catch (IOException e) {
                cancelled = true;
                stop.ask("canceled");
            }
            SessionView host = iqns.isEmpty() ? null : host(iqns);
            if (host != null) {
                stop.ask("%s has logged in to %s, whose disks were idle when the validation began: run it again"
                        .formatted(host.initiator(), host.targetIqn()));
            }
        }
    }

    // ---- nodes ------------------------------------------------------------------------------------------------------

    /** Publishes the targets of the scratch disks. In turn. */
    private List<ClusterValidator.Node> nodes(Plan plan, Map<Integer, DiskRecord> stand) {
        ClusterPaths paths =
                new ClusterPaths(plan.inventory(), new LoginProofs(plan.inventory(), secrets), exports.portalGroups());
        Set<Integer> luns = plan.idle().stream().map(ClusterDisk::lun).collect(Collectors.toSet());
        List<ScratchTarget> targets = new ArrayList<>();
        List<ClusterValidator.Node> nodes = new ArrayList<>();
        for (ClusterNode node : plan.cluster().nodes()) {
            List<ClusterValidator.Path> ways = new ArrayList<>();
            if (!plan.idle().isEmpty()) {
                ways.addAll(paths.of(node, luns::contains));
            }
            if (!stand.isEmpty()) {
                TargetRecord target = plan.inventory().target(node.target());
                ScratchTarget beside = beside(node, target, stand);
                targets.add(beside);
                InitiatorCredentials credentials = InitiatorCredentials.of(beside.credential(), null);
                paths.addresses(beside.portals())
                        .forEach(address -> ways.add(new ClusterValidator.Path(
                                beside.initiator(), credentials, beside.iqn(), address, lun -> true)));
            }
            if (ways.isEmpty()) {
                throw new ApiException(
                        ErrorCode.CONFLICT,
                        "target '%s' of node '%s' is seen through no portal that is open"
                                .formatted(node.target(), node.name()),
                        "open one of its portals, or tie it to one that is open");
            }
            nodes.add(new ClusterValidator.Node(node.name(), ways));
        }
        exports.publishBeside(targets);
        return nodes;
    }

    /** A target that only the node of this one validation can use: nobody else knows the secret, which is used once. */
    private ScratchTarget beside(ClusterNode node, TargetRecord target, Map<Integer, DiskRecord> stand) {
        String word = node.name().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9.-]", "-");
        byte[] secret = new byte[SECRET_BYTES];
        for (int i = 0; i < SECRET_BYTES; i++) {
            secret[i] = (byte) ('a' + random.nextInt(SECRET_LETTERS));
        }
        return new ScratchTarget(
                "%s:validation.%08x.%s".formatted(iqnPrefix, random.nextInt(), word),
                iqnPrefix + ":validation-node." + word,
                new ChapCredential("validation", secret),
                Set.copyOf(target.portals()),
                stand);
    }
}
