package dev.kume.cli.daemon;

import dev.kume.cli.alarm.Alarm;
import dev.kume.cli.alert.AlertInbox;
import dev.kume.cli.alert.AlertSettings;
import dev.kume.cli.api.ErrorCode;
import dev.kume.cli.api.InitiatorView;
import dev.kume.cli.api.SessionView;
import dev.kume.cli.api.StatusView;
import dev.kume.cli.api.TraceView;
import dev.kume.cli.daemon.ScratchTargets.ScratchTarget;
import dev.kume.cli.daemon.Settings.PortalSettings;
import dev.kume.cli.files.Causes;
import dev.kume.cli.guard.Guards;
import dev.kume.cli.guard.UnreservedWriters;
import dev.kume.core.Clock;
import dev.kume.core.Limits;
import dev.kume.core.Limits.Limit;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.io.DiskLane;
import dev.kume.core.io.WriteRoom;
import dev.kume.core.scsi.CommandTable;
import dev.kume.core.scsi.Coverage;
import dev.kume.core.scsi.LogicalUnit;
import dev.kume.core.scsi.NexusActivity;
import dev.kume.core.scsi.ReservationClear;
import dev.kume.core.scsi.UnitState;
import dev.kume.core.scsi.sanitize.Sanitizer;
import dev.kume.core.store.PageCacheRoom;
import dev.kume.protocol.connection.PortalGroup;
import dev.kume.protocol.connection.SessionInfo;
import dev.kume.protocol.login.ChapAlgorithm;
import dev.kume.protocol.login.LoginSecurity;
import dev.kume.protocol.server.IscsiServer;
import dev.kume.protocol.server.PortalException;
import dev.kume.protocol.server.PortalSpec;
import dev.kume.protocol.server.ServerFigures;
import dev.kume.protocol.server.TargetSpec;
import dev.kume.protocol.trace.ConnectionTrace;
import dev.kume.protocol.trace.PduFields;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The inventory on a real {@link IscsiServer}: one logical unit per disk, however many targets map it. */
final class IscsiExports implements Exports {
    private static final int REVISION_CHARACTERS = 4;

    /** A device that hangs must not hold the changes of all other disks for ever. */
    private static final Duration FENCE_TIME = Duration.ofSeconds(60);

    private static final Duration ANSWER_TIME = Duration.ofSeconds(5);

    private final IscsiServer server;
    private final CommandTable commands;
    private final PortGroups portGroups;
    private final Executor diskThreads;
    private final SpaceWatch space;
    private final Guards guards;
    private final AlertInbox alerts;
    private final Clock clock;
    private final Limits limits;
    private final WriteRoom writeRoom;
    private final SecretShelf secrets;

    /** The provisioning thread's alone. */
    private List<ChapAlgorithm> algorithms;

    private final Announcements announcements = new Announcements();

    /** By the disk's uuid; written by the provisioning thread alone. */
    private final Map<UUID, LogicalUnit> units = new ConcurrentHashMap<>();

    /** The provisioning thread's alone. */
    private final UnitSettings settings;

    private final ScratchTargets scratch = new ScratchTargets();

    /** The provisioning thread's alone. */
    private final UnfinishedChanges unfinished = new UnfinishedChanges();

    /** Written by the provisioning thread alone. */
    private volatile Inventory published = Inventory.EMPTY;

    /** Set once, before the first disk comes. */
    private volatile @Nullable JournalService journal;

    private final Duration fenceTime;

    IscsiExports(
            IscsiServer server,
            CommandTable commands,
            PortGroups portGroups,
            Executor diskThreads,
            Clock clock,
            Limits limits,
            String version,
            SecretShelf secrets,
            AlertInbox alerts,
            List<ChapAlgorithm> algorithms) {
        this(
                server,
                commands,
                portGroups,
                diskThreads,
                clock,
                limits,
                version,
                secrets,
                alerts,
                algorithms,
                FENCE_TIME);
    }

    /** @param fenceTime how long a change may wait for a disk before it is answered as not finished */
    IscsiExports(
            IscsiServer server,
            CommandTable commands,
            PortGroups portGroups,
            Executor diskThreads,
            Clock clock,
            Limits limits,
            String version,
            SecretShelf secrets,
            AlertInbox alerts,
            List<ChapAlgorithm> algorithms,
            Duration fenceTime) {
        this.secrets = secrets;
        this.algorithms = List.copyOf(algorithms);
        this.fenceTime = fenceTime;
        this.server = server;
        server.hints(new LoginRemedies(() -> published));
        this.commands = commands;
        this.portGroups = portGroups;
        this.diskThreads = diskThreads;
        this.space = new SpaceWatch(limits.getInt(Limit.SOFT_THRESHOLD_PERCENT));
        this.alerts = alerts;
        this.guards = new Guards(alerts.alarms(), () -> published, server::sessions, diskThreads);
        this.clock = clock;
        this.limits = limits;
        this.writeRoom = PageCacheRoom.ofThisHost(clock, diskThreads);
        String digits = version.replaceAll("[^0-9.]", "");
        String revision = digits.substring(0, Math.min(digits.length(), REVISION_CHARACTERS));
        this.settings = new UnitSettings(revision, diskThreads);
    }

    /** The space that thin disks have left. */
    SpaceWatch space() {
        return space;
    }

    /** Who looks after the disks. */
    Guards guards() {
        return guards;
    }

    @Override
    public List<Alarm> alarms() {
        return guards.alarms().list();
    }

    @Override
    public void unreservedWriters(UnreservedWriters changed) {
        guards.unreservedWriters(changed);
    }

    @Override
    public void alerts(AlertSettings changed) {
        alerts.settings(changed);
    }

    @Override
    public Set<String> thaw(DiskRecord disk) {
        return guards.thaw(disk.identity().uuid());
    }

    /** What is published. Any thread. */
    Inventory published() {
        return published;
    }

    void journal(JournalService kept) {
        journal = kept;
    }

    @Override
    public Past past() {
        JournalService kept = journal;
        return kept == null ? Exports.super.past() : kept.past();
    }

    /** What is told to iSNS servers. */
    Announcements announcements() {
        return announcements;
    }

    @Override
    public void openPortals(List<PortalSettings> portals) throws PortalException {
        List<PortalSpec> specs = portals.stream()
                .map(portal -> new PortalSpec(portal.name(), portal.tag(), portal.listen()))
                .toList();
        List<PortalGroup> before = server.portals();
        portGroups.prepare(portals);
        try {
            var _ = server.open(specs, limits.getInt(Limit.STOP_SECONDS)).thenAccept(PortalLog::cut);
        } catch (PortalException failure) {
            portGroups.unchanged();
            throw failure;
        }
        portGroups.portals(portals);
        announcements.portals(server.portals());
        PortalLog.changed(before, server.portals());
    }

    // ---- disks ------------------------------------------------------------------------------------------------------

    @Override
    public void add(OpenDisk disk) {
        DiskRecord record = disk.record();
        LogicalUnit unit = new LogicalUnit(
                record.name(),
                settings.identity(record),
                new UnitState(
                        disk.disk(),
                        disk.offlineReason(),
                        UnitSettings.geometry(record),
                        UnitSettings.refusesWrites(record, disk.disk()),
                        disk.memory().state().savedModes(),
                        null,
                        disk.memory().state()),
                commands,
                new DiskLane(
                        diskThreads,
                        clock,
                        limits.getInt(Limit.DISK_THREADS_PER_DISK),
                        writeRoom,
                        limits.getInt(Limit.INLINE_WRITE_BYTES)),
                server.loops(),
                disk.memory().memory(),
                limits.getInt(Limit.NEXUSES_PER_DISK),
                new FailureLog(
                        record,
                        guards,
                        alerts,
                        (before, after) -> JournalService.changed(journal, record, before, after)));
        Sanitizer.resume(unit);
        space.add(record, unit);
        guards.add(record.identity().uuid(), unit);
        units.put(record.identity().uuid(), unit);
        settings.begin(record, unit);
    }

    @Override
    public @Nullable UnitState unitState(DiskRecord disk) {
        LogicalUnit unit = unit(disk);
        return unit == null ? null : unit.state();
    }

    @Override
    public Map<UUID, LogicalUnit> units() {
        return Map.copyOf(units);
    }

    @Override
    public ServerFigures figures() {
        return server.figures();
    }

    @Override
    public List<NexusActivity> activity(DiskRecord disk) {
        LogicalUnit unit = unit(disk);
        return unit == null ? List.of() : unit.activity();
    }

    @Override
    public @Nullable Integer freePercent(DiskRecord disk) {
        return space.freePercent(disk);
    }

    @Override
    public void clearReservations(DiskRecord disk) {
        LogicalUnit unit = unit(disk);
        if (unit == null) {
            return;
        }
        ReservationClear change = new ReservationClear(unit, clock.now());
        CompletableFuture<Void> done = new CompletableFuture<>();
        unit.change(change, () -> done.complete(null));
        Waits.await(done, fenceTime, "clearing the reservations of disk " + disk.name());
        IOException failure = change.failure();
        if (failure != null) {
            throw new ApiException(
                    ErrorCode.FAILED,
                    "the reservations of disk '%s' are as they were: %s".formatted(disk.name(), Causes.of(failure)),
                    "look after the state directory's device, then take the disk offline and online again");
        }
    }

    @Nullable
    LogicalUnit unit(DiskRecord disk) {
        return units.get(disk.identity().uuid());
    }

    @Override
    public void remove(DiskRecord disk) {
        space.remove(disk);
        guards.remove(disk.identity().uuid());
        settings.forget(disk);
        LogicalUnit unit = units.remove(disk.identity().uuid());
        if (unit != null) {
            CompletableFuture<Void> idle = new CompletableFuture<>();
            unit.fence(Coverage.ALL, null, affected -> idle.complete(null));
            Waits.await(idle, fenceTime, "removing disk " + disk.name());
        }
    }

    @Override
    public void writeCache(DiskRecord disk) {
        LogicalUnit unit = unit(disk);
        if (unit != null) {
            Waits.await(
                    settings.writeCache(disk, unit, disk.profile().writeCache()),
                    fenceTime,
                    "switching the write cache of disk " + disk.name());
        }
    }

    @Override
    public void offline(DiskRecord disk, String reason) {
        LogicalUnit unit = unit(disk);
        if (unit != null) {
            CompletableFuture<Void> idle = new CompletableFuture<>();
            unit.takeOffline(reason, () -> idle.complete(null));
            Waits.await(idle, fenceTime, "taking disk " + disk.name() + " offline");
        }
    }

    @Override
    public void online(OpenDisk disk) {
        LogicalUnit unit = unit(disk.record());
        VirtualDisk open = disk.disk();
        if (unit != null && open != null) {
            CompletableFuture<Void> ready = new CompletableFuture<>();
            settings.online(disk.record(), open, unit, () -> ready.complete(null));
            Waits.await(ready, fenceTime, "bringing disk " + disk.record().name() + " online");
            Sanitizer.resume(unit);
        }
    }

    // ---- targets ----------------------------------------------------------------------------------------------------

    @Override
    public void check(Inventory now, Inventory next) {
        portGroups.check(next);
        unfinished.check(now, next);
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // Nothing was published yet: this is the start of the daemon.
    public void publish(Inventory inventory) {
        Inventory before = published;
        published = inventory;
        List<CompletableFuture<Void>> waits = new ArrayList<>();
        List<CompletableFuture<Void>> left = unfinished.left();
        if (before.version() == inventory.version()) {
            // Asked again for what is written down already: the answer is that it is real, not that it is written.
            waits.addAll(left);
        }
        for (DiskRecord disk : inventory.disks()) {
            LogicalUnit unit = unit(disk);
            if (unit != null) {
                settings.tell(disk, unit, waits);
            }
        }
        portGroups.inventory(inventory, units);
        LoginProofs proofs = new LoginProofs(inventory, secrets);
        secure(inventory, proofs);
        List<TargetSpec> specs = TargetSpecs.of(inventory, proofs, this::unit);
        waits.add(server.publish(scratch.beside(specs, this::unit)));
        if (before == Inventory.EMPTY) {
            waits.addAll(StaleRegistrations.remove(inventory, this::unit));
        }
        announcements.targets(specs, inventory.targets());
        CompletableFuture<Void> change = CompletableFuture.allOf(waits.toArray(CompletableFuture[]::new));
        unfinished.add(change, WriteReach.taken(before, inventory));
        Waits.await(change, fenceTime, "publishing inventory version " + inventory.version());
    }

    @Override
    public void publishBeside(List<ScratchTarget> targets) {
        scratch.set(targets);
        publish(published);
    }

    // ---- sessions and portals ---------------------------------------------------------------------------------------

    @Override
    public List<SessionView> sessions() {
        List<SessionInfo> infos = Waits.await(server.sessions(), ANSWER_TIME, "listing sessions");
        return infos == null ? List.of() : views(infos);
    }

    @Override
    public @Nullable TraceView trace(long id) {
        Optional<ConnectionTrace> trace = Waits.await(server.trace(id), ANSWER_TIME, "tracing a session");
        return trace == null || trace.isEmpty() ? null : TraceFacts.view(trace.get(), null, new PduFields(commands));
    }

    @Override
    public boolean logout(long id) {
        return Boolean.TRUE.equals(Waits.await(server.logout(id), ANSWER_TIME, "logging out a session"));
    }

    @Override
    public void chapAlgorithms(List<ChapAlgorithm> others) {
        algorithms = List.copyOf(others);
        secure(published, new LoginProofs(published, secrets));
    }

    private void secure(Inventory inventory, LoginProofs proofs) {
        server.security(new LoginSecurity(proofs.of(inventory.discovery()), algorithms));
    }

    @Override
    public CompletableFuture<List<SessionView>> drain(int seconds, Consumer<List<SessionView>> left) {
        // Before anything else, so that nobody is sent here any more.
        announcements.withdraw();
        return server.drain(seconds, infos -> left.accept(views(infos))).thenApply(IscsiExports::views);
    }

    private static List<SessionView> views(List<SessionInfo> infos) {
        return infos.stream().map(SessionFacts::view).toList();
    }

    @Override
    public List<InitiatorView> initiators() {
        return server.initiators().list().reversed().stream()
                .map(InitiatorFacts::view)
                .toList();
    }

    @Override
    public List<StatusView.Portal> portals() {
        return server.portals().stream()
                .flatMap(portal -> portal.listen().stream()
                        .map(ListenAddress::format)
                        .map(address -> new StatusView.Portal(portal.name(), address, StatusView.Portal.LISTENING)))
                .toList();
    }

    @Override
    public List<PortalGroup> portalGroups() {
        return server.portals();
    }

    @Override
    public List<StatusView.IsnsServer> isnsServers() {
        return announcements.views();
    }

    @Override
    public String transport() {
        return server.transport().name().toLowerCase(Locale.ROOT);
    }
}
