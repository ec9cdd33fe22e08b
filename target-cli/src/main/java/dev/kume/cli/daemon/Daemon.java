package dev.kume.cli.daemon;

import dev.kume.cli.alarm.AlarmLog;
import dev.kume.cli.alarm.Alarms;
import dev.kume.cli.alarm.LogAlarms;
import dev.kume.cli.alert.AlertInbox;
import dev.kume.cli.files.Causes;
import dev.kume.cli.guard.Guards;
import dev.kume.cli.log.ServiceEvent;
import dev.kume.cli.remote.RemoteService;
import dev.kume.cli.state.StateAccess;
import dev.kume.cli.state.StateException;
import dev.kume.cli.state.StateUpgrade;
import dev.kume.core.Limits;
import dev.kume.core.Limits.Limit;
import dev.kume.core.io.DiskThreads;
import dev.kume.core.scsi.CommandTable;
import dev.kume.core.scsi.command.Commands;
import dev.kume.protocol.connection.DnsHostNames;
import dev.kume.protocol.connection.LoginServices;
import dev.kume.protocol.isns.IsnsOptions;
import dev.kume.protocol.isns.IsnsRegistration;
import dev.kume.protocol.login.TargetParameters;
import dev.kume.protocol.server.IscsiServer;
import dev.kume.protocol.server.PortalException;
import dev.kume.protocol.server.PublishedReach;
import dev.kume.protocol.server.Transport;
import dev.kume.protocol.trace.PduFields;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running daemon: state directory, disks, iSCSI server and management API as one. Started and stopped by one
 * thread.
 *
 * <p>A start that fails takes back what it has begun, in reverse, and leaves one line.
 */
public final class Daemon implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);
    private static final long FLUSH_SECONDS = 5;

    /** Lookups of DNS names at once, and those that may wait for their turn; a thread that has nothing to do ends. */
    private static final int NAME_THREADS = 4;

    private static final int NAMES_WAITING = 1_024;

    /** Saves of reservations at once; each unit has one under way. */
    private static final int MEMORY_THREADS = 4;

    private static final long NAME_THREAD_IDLE_SECONDS = 30;

    /** Between two looks at who uses which disk. */
    private static final long GUARD_SECONDS = 1;

    /** What the end of the server may take beyond the time that its sessions are given. */
    private static final long STOP_EXTRA_MILLIS = 500;

    /** What iSNS servers are waited for at the beginning of a stop. */
    private static final long DEREGISTER_MILLIS = 300;

    private final Settings settings;
    private final HostSystem system;

    /** What is undone at the end, last first. */
    private final Deque<Step> steps = new ArrayDeque<>();

    /** What is wrong now; whoever is part of the daemon may raise and clear its own. */
    private final Alarms alarms;

    private final AlertInbox alerts;

    private final CompletableFuture<Void> drained = new CompletableFuture<>();
    private @Nullable IscsiExports exports;
    private @Nullable Management management;

    private Daemon(Settings settings, HostSystem system) {
        this.settings = settings;
        this.system = system;
        this.alarms = new Alarms(system.clock(), new AlarmLog());
        this.alerts = new AlertInbox(alarms);
        system.log().tell(new LogAlarms(alarms));
    }

    private record Step(String what, AutoCloseable undo) {}

    /** Starts everything; when this returns, initiators and clients are served. */
    static Daemon start(Settings settings, HostSystem system) throws DaemonException {
        Daemon daemon = new Daemon(settings, system);
        try {
            daemon.start();
            return daemon;
        } catch (DaemonException | RuntimeException e) {
            daemon.close();
            throw e;
        }
    }

    private void start() throws DaemonException {
        Limits limits = settings.limits();
        StateDirectory state = openState();
        undo("state directory", state);
        DiskThreads diskThreads = new DiskThreads(limits.getInt(Limit.DISK_THREADS));
        undo("disk threads", diskThreads);
        // The files are closed when the loops have ended and no command can come any more.
        DiskShelf shelf = new DiskShelf(system.stores(), system.formats(), memories(state.path()), BootId.ofThisHost());
        undo("disks", shelf);
        SecretShelf secrets = new SecretShelf(state.path(), system.files());
        TargetPortsFile ports = TargetPortsFile.load(state.path(), system.files());
        PortGroups portGroups = new PortGroups(ports, state.path(), settings.alua());
        PublishedReach reach = new PublishedReach(ports);
        CommandTable commands = Commands.table(limits, ports, reach, portGroups);
        IscsiServer server = new IscsiServer(
                system.clock(),
                limits,
                commands,
                TargetParameters.of(limits),
                new LoginServices(system.random(), new DnsHostNames(nameThreads())),
                Transport.AUTO,
                Runtime.getRuntime().availableProcessors());
        undo("event loops", server);
        reach.serve(server);
        keepTraces(server, state.path().resolve("traces"), commands);
        IscsiExports served = new IscsiExports(
                server,
                commands,
                portGroups,
                diskThreads,
                system.clock(),
                limits,
                system.version(),
                secrets,
                alerts,
                settings.chapAlgorithms());
        exports = served;
        JournalService journal = new JournalService(state.path(), system.clock(), limits, server, served);
        undo("journal", journal);
        InitiatorsFile initiators = new InitiatorsFile(state.path(), system.files(), server.initiators());
        initiators.load();
        Management managed = Management.load(settings, system, served, shelf, secrets, alarms, diskThreads::use);
        management = managed;
        IsnsRegistration isns = isns(server);
        undo("sessions", () -> stop(server));
        undo("management", managed::stop);
        managed.drained().thenRun(() -> drained.complete(null));
        journal.begin(system.version());
        openPortals(served);
        managed.listen();
        flushNowAndThen("initiators seen", "kume-initiators", initiators::flush);
        flushNowAndThen("keys of nodes", "kume-keys", managed::rememberKeys);
        watchNowAndThen(served, shelf);
        lookAtPortsNowAndThen(managed);
        managed.logInventory();
        if (isns != null) {
            served.announcements().to(isns);
            undo("iSNS", () -> deregister(isns));
        }
    }

    /** The state directory, locked and of this version. Nothing is written into one that is not for this daemon. */
    private StateDirectory openState() throws DaemonException {
        Path place = settings.stateDirectory();
        StateUpgrade upgrade = new StateUpgrade(place, system.version(), system.files());
        try {
            StateAccess.check(place);
            upgrade.check();
            StateDirectory state = StateDirectory.lock(place, system.stores(), system.pid());
            try {
                StateUpgrade.Upgraded upgraded = upgrade.run(system.clock().now());
                if (upgraded != null) {
                    ServiceEvent.STATE_UPGRADED.log(LOG, place, upgraded.from(), upgraded.to(), upgraded.copy());
                }
                String concern = StateAccess.concern(place);
                if (concern != null) {
                    ServiceEvent.STATE_OPEN.log(LOG, concern);
                }
                return state;
            } catch (StateException | IOException | RuntimeException e) {
                state.close();
                throw e;
            }
        } catch (StateException e) {
            throw DaemonException.failed(e.getMessage());
        } catch (IOException e) {
            throw DaemonException.failed("the state directory %s cannot be used: %s; give it to the user of the daemon"
                    .formatted(place, Causes.of(e)));
        }
    }

    /** What the units of the disks remember, saved by threads of its own: no busy disk is before it. */
    private UnitMemories memories(Path stateDirectory) {
        ExecutorService threads = Executors.newFixedThreadPool(
                MEMORY_THREADS,
                Thread.ofPlatform().name("kume-memory-", 0).daemon(true).factory());
        return new SlotShelf(stateDirectory, system.stores(), threads, BootId.ofThisHost(), system.clock());
    }

    /** Where lookups of DNS names wait, out of the way of everything else. */
    private ExecutorService nameThreads() {
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                NAME_THREADS,
                NAME_THREADS,
                NAME_THREAD_IDLE_SECONDS,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(NAMES_WAITING),
                Thread.ofPlatform().name("kume-names-", 0).daemon(true).factory());
        threads.allowCoreThreadTimeOut(true);
        undo("DNS lookups", threads::shutdownNow);
        return threads;
    }

    private void keepTraces(IscsiServer server, Path directory, CommandTable commands) {
        ExecutorService writer = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().name("kume-traces").daemon(true).factory());
        undo("trace files", writer::shutdown);
        server.keepTraces(
                new TraceFiles(directory, system.clock(), writer, settings.limits(), new PduFields(commands)));
    }

    /** Every disk is open, or known to be offline, by now: an initiator never finds half of them. */
    private void openPortals(IscsiExports served) throws DaemonException {
        try {
            served.openPortals(settings.portals());
        } catch (PortalException e) {
            String message = String.valueOf(e.getMessage());
            throw e.isInUse() ? DaemonException.busy(message) : DaemonException.failed(message);
        } catch (ApiException e) {
            throw DaemonException.failed(String.valueOf(e.getMessage()));
        }
    }

    /** The client of the iSNS servers, which is told nothing yet; null when there are none. */
    private @Nullable IsnsRegistration isns(IscsiServer server) {
        IsnsSettings isns = settings.isns();
        if (isns.servers().isEmpty()) {
            return null;
        }
        Limits limits = settings.limits();
        IsnsRegistration registration = new IsnsRegistration(
                isns.servers(),
                new IsnsOptions(
                        Objects.requireNonNullElse(isns.entity(), system.name()),
                        isns.periodSeconds(),
                        limits.getInt(Limit.ISNS_SECONDS),
                        limits.getInt(Limit.ISNS_ANSWER_BYTES)),
                server.transport(),
                system.clock(),
                new SplittableRandom(system.random().nextLong()),
                HostAddresses::now);
        // Ended after the sessions: until then a slow server may still answer.
        undo("iSNS connections", registration);
        return registration;
    }

    /** First of all, so that nobody is sent here any more; but no server can hold up the stop for long. */
    private static void deregister(IsnsRegistration isns) throws IOException {
        try {
            isns.stop().get(DEREGISTER_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IOException("a server has not answered yet; the stop goes on", e);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Writes down now and then, and at the end, what nothing depends on but people. */
    private void flushNowAndThen(String what, String thread, Runnable flush) {
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name(thread).daemon(true).factory());
        var _ = timer.scheduleWithFixedDelay(flush, FLUSH_SECONDS, FLUSH_SECONDS, TimeUnit.SECONDS);
        undo(what, () -> {
            timer.shutdown();
            flush.run();
        });
    }

    /** Looks for what is worth an alarm. */
    private void watchNowAndThen(IscsiExports served, DiskShelf shelf) {
        alerts.settings(settings.alerts());
        undo(
                "alerts",
                new AlertService(alerts, served, shelf, settings.stateDirectory(), system.clock(), settings.limits()));
        served.unreservedWriters(settings.unreservedWriters());
        guardNowAndThen(served.guards());
    }

    private void lookAtPortsNowAndThen(Management managed) {
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("kume-port-look").daemon(true).factory());
        long seconds = RemoteService.LOOK.toSeconds();
        var _ = timer.scheduleWithFixedDelay(managed::lookAtPorts, 0, seconds, TimeUnit.SECONDS);
        undo("management on the network", timer::shutdownNow);
    }

    private void guardNowAndThen(Guards guards) {
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("kume-guards").daemon(true).factory());
        var _ = timer.scheduleWithFixedDelay(guards::look, GUARD_SECONDS, GUARD_SECONDS, TimeUnit.SECONDS);
        undo("guards", timer::shutdownNow);
    }

    /** Sessions are asked to log out and get a little time; then they are cut. */
    private void stop(IscsiServer server) throws IOException {
        int graceSeconds = settings.limits().getInt(Limit.STOP_SECONDS);
        CompletableFuture<Void> idle = server.stop(graceSeconds);
        try {
            idle.get(TimeUnit.SECONDS.toMillis(graceSeconds) + STOP_EXTRA_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IOException("commands still wait for disks; they are abandoned", e);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Completes when a drain is over: the daemon is to be closed. */
    CompletableFuture<Void> drained() {
        return drained;
    }

    /** How it stands, in a few words; fails when an event loop or the management does not answer in time. */
    String pulse(Duration within) throws Exception {
        Management managed = management;
        if (managed == null) {
            throw new IllegalStateException("the daemon has not started");
        }
        return managed.pulse(within);
    }

    /** Where initiators connect: {@code 192.168.10.1:3260}. */
    List<String> addresses() {
        IscsiExports served = exports;
        return served == null
                ? List.of()
                : served.portals().stream().map(portal -> portal.address()).toList();
    }

    /** Stops everything, in order. */
    @Override
    public void close() {
        while (!steps.isEmpty()) {
            Step step = steps.removeLast();
            try {
                step.undo.close();
            } catch (Exception e) {
                ServiceEvent.STOP_STEP_FAILED.log(LOG, step.what, Causes.of(e));
            }
        }
    }

    private void undo(String what, AutoCloseable undo) {
        steps.addLast(new Step(what, undo));
    }
}
