package dev.kume.cli.daemon;

import dev.kume.cli.alarm.Alarms;
import dev.kume.cli.alarm.LogAlarms;
import dev.kume.cli.api.StatusView;
import dev.kume.cli.audit.AuditLog;
import dev.kume.cli.files.Causes;
import dev.kume.cli.log.DiskEvent;
import dev.kume.cli.log.ServiceEvent;
import dev.kume.cli.metrics.MetricsService;
import dev.kume.cli.ownership.HostNetwork;
import dev.kume.cli.ownership.KeyBook;
import dev.kume.cli.service.Supervisor;
import dev.kume.core.Limits.Limit;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.TargetRecord;
import dev.kume.core.io.DiskThreads;
import io.netty.channel.Channel;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything between the management socket and the running server: inventory, disk files, provisioning, API. Started
 * and stopped by the daemon's main thread, under the lock of the state directory.
 */
final class Management {
    private static final Logger LOG = LoggerFactory.getLogger(Management.class);
    private static final int OPERATION_THREADS = 4;
    private static final int NAME_THREADS = 4;
    private static final Duration NAME_TIME = Duration.ofSeconds(5);
    private static final long END_SECONDS = 1;

    private final Exports exports;
    private final DiskShelf shelf;
    private final Changes changes;
    private final Operations operations;
    private final StatusReport status;
    private final Drain drain;
    private final DiskServices disks;
    private final ManagementApi api;
    private final ClusterReports clusterReports;
    private final KeysFile keysFile;
    private final AuditLog audit;
    private final RemoteManagement remote;
    private final DaemonMetrics metrics;
    private final ApiRoutes routes;
    private final Settings settings;
    private final ExecutorService changesThread = Executors.newSingleThreadExecutor(threads("kume-changes"));
    private final ExecutorService operationThreads =
            Executors.newFixedThreadPool(OPERATION_THREADS, threads("kume-operation-"));
    private final ExecutorService nameThreads = Executors.newFixedThreadPool(NAME_THREADS, threads("kume-name-check-"));
    private final ExecutorService workers = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("kume-api-", 1).factory());

    private Management(
            Settings settings,
            HostSystem system,
            Exports exports,
            DiskShelf shelf,
            SecretShelf secrets,
            Alarms alarms,
            Supplier<DiskThreads.Use> diskThreads,
            InventoryFile file,
            Inventory loaded) {
        this.settings = settings;
        this.exports = exports;
        this.shelf = shelf;
        this.changes = new Changes(changesThread, file, settings.stateDirectory(), exports, loaded);
        this.operations = new Operations(system.clock(), operationThreads);
        this.audit = new AuditLog(settings.stateDirectory().resolve("audit"), new LogAlarms(alarms));
        Auditing auditing = new Auditing(audit, system.clock());
        operations.onEnd(auditing::ended);
        this.disks = new DiskServices(settings, system, changes, operations, exports, shelf);
        HostNameCheck hostNames = new HostNameCheck(system.names(), nameThreads, NAME_TIME);
        TargetProvisioning targets = targets(settings, system, changes, exports, hostNames, secrets);
        CredentialProvisioning credentials = new CredentialProvisioning(
                settings.stateDirectory(), settings.limits(), changes, secrets, system.clock());
        this.drain = new Drain(exports, system.pid(), system.supervisor());
        this.remote = new RemoteManagement(settings, system, alarms, this::takeRequests, threads("kume-remote"));
        this.status = new StatusReport(settings, system, exports, operations, drain, remote::view);
        KeyBook keys = new KeyBook(settings.limits().getInt(Limit.KEYS_PER_CLUSTER));
        this.keysFile = new KeysFile(settings.stateDirectory(), system.files(), keys);
        this.clusterReports = new ClusterReports(
                changes, exports, shelf, system.clock(), settings.limits(), keys, HostNetwork::ofThisHost);
        this.metrics = new DaemonMetrics(changes, exports, diskThreads, system, alarms, workers);
        this.routes = new ApiRoutes(
                changes,
                disks.routes(),
                targets,
                new CredentialRoutes(changes, credentials, secrets),
                operations,
                exports,
                shelf,
                status::of,
                metrics.routes(),
                service(settings, system, changes, exports, remote, metrics.service(), drain),
                disks.snapshots(),
                disks.clusters(secrets),
                clusterReports,
                disks.config(file, secrets, hostNames, targets::redirect),
                new ValidationRoutes(
                        new ClusterValidating(settings, system, changes, operations, exports, shelf, secrets)),
                remote.routes(),
                new StateBackups(settings, system, changes, shelf.memories(), metrics::page),
                auditing);
        this.api = new ManagementApi(settings.adminSocket(), routes, workers, threads("kume-admin"));
    }

    private static TargetProvisioning targets(
            Settings settings,
            HostSystem system,
            Changes changes,
            Exports exports,
            HostNameCheck hostNames,
            SecretShelf secrets) {
        return new TargetProvisioning(
                settings.iqnPrefix(),
                system.name(),
                settings.limits(),
                changes,
                exports,
                hostNames,
                secrets,
                system.clock());
    }

    private static ServiceRoutes service(
            Settings settings,
            HostSystem system,
            Changes changes,
            Exports exports,
            RemoteManagement remote,
            MetricsService metrics,
            Drain drain) {
        Reload reload = new Reload(settings, changes, exports, remote, metrics, system.supervisor(), system.log());
        return new ServiceRoutes(reload, drain);
    }

    /**
     * Loads the inventory, settles what a crash has left, opens all disks and publishes the targets. Nothing listens
     * yet; the
     * caller closes the shelf in the end.
     */
    static Management load(
            Settings settings,
            HostSystem system,
            Exports exports,
            DiskShelf shelf,
            SecretShelf secrets,
            Alarms alarms,
            Supplier<DiskThreads.Use> diskThreads)
            throws DaemonException {
        int versionsKept = settings.limits().getInt(Limit.INVENTORY_VERSIONS);
        InventoryFile file = new InventoryFile(settings.stateDirectory(), versionsKept, system.files());
        Inventory loaded = file.load();
        try {
            new UnfinishedFiles(settings.stateDirectory(), system.files(), system.stores()).settle(loaded);
            growths(settings, system).settle(loaded);
        } catch (IOException e) {
            throw DaemonException.failed(
                    "an unfinished disk file could not be settled: %s; see unfinished/ and growing/ in %s"
                            .formatted(Causes.of(e), settings.stateDirectory()));
        }
        recall(settings, file, loaded, shelf.memories());
        secrets.load(loaded);
        Management management =
                new Management(settings, system, exports, shelf, secrets, alarms, diskThreads, file, loaded);
        management.changes.inTurn(() -> management.openDisks(loaded, system.supervisor()));
        management.disks.resume();
        management.keysFile.load();
        return management;
    }

    private static UnfinishedGrowths growths(Settings settings, HostSystem system) {
        return new UnfinishedGrowths(settings.stateDirectory(), system.files(), system.stores(), system.formats());
    }

    /**
     * Disks of an older version have no memories yet, and the inventory says so: they get empty ones before it says
     * otherwise. From then on a memory that is missing is lost, and nobody makes an empty one in its place.
     */
    private static void recall(Settings settings, InventoryFile file, Inventory loaded, UnitMemories memories)
            throws DaemonException {
        try {
            if (!file.hasUnits()) {
                for (DiskRecord disk : loaded.disks()) {
                    memories.createMissing(disk);
                }
                file.rewrite(loaded);
            }
            memories.settle(loaded);
        } catch (IOException e) {
            throw DaemonException.failed("what the disks must remember cannot be kept in %s: %s"
                    .formatted(settings.stateDirectory().resolve("units"), Causes.of(e)));
        }
    }

    private Inventory openDisks(Inventory loaded, Supervisor supervisor) {
        int number = 0;
        for (DiskRecord disk : loaded.disks()) {
            number++;
            supervisor.starting(
                    "opening disk %d of %d: %s".formatted(number, loaded.disks().size(), disk.name()));
            exports.add(shelf.open(disk));
        }
        exports.publish(loaded);
        return loaded;
    }

    /** Learns whose reservation keys are whose, and writes down what is new. One thread at a time. */
    void rememberKeys() {
        clusterReports.learn();
        keysFile.flush();
    }

    /** Tells the log what is served. */
    void logInventory() {
        Inventory inventory = changes.current();
        ServiceEvent.INVENTORY_LOADED.log(
                LOG,
                inventory.version(),
                inventory.disks().size(),
                inventory.targets().size(),
                inventory.mappings().size());
        List<String> portals = exports.portalNames();
        for (TargetRecord target : inventory.targets()) {
            if (!target.portals().isEmpty() && Collections.disjoint(target.portals(), portals)) {
                ServiceEvent.TARGET_WITHOUT_PORTAL.log(
                        LOG, target.name(), String.join(", ", target.portals()), target.name());
            }
        }
        for (DiskRecord disk : inventory.disks()) {
            OpenDisk opened = shelf.find(disk);
            if (opened != null && opened.offlineReason() != null) {
                DiskEvent.OFFLINE_AT_START.log(LOG, disk.name(), opened.offlineReason());
            }
        }
    }

    /** How the daemon stands in a few words, asked on the way that a client's request takes. */
    String pulse(Duration within) throws Exception {
        StatusView view = api.pulse(within);
        StatusView.Counts counts = view.counts();
        return "Serving %d sessions and %d disks; %d disks offline, %d alarms"
                .formatted(
                        counts.sessions(),
                        counts.disks(),
                        counts.disksOffline(),
                        view.alarms().size());
    }

    /** Completes when a drain is over, and the process may end. */
    CompletableFuture<Void> drained() {
        return drain.ended();
    }

    /** What carries out the requests of a connection from the network. */
    private void takeRequests(Channel channel) {
        channel.pipeline().addLast(new ApiBodies()).addLast(new ApiHandler(routes, workers));
    }

    /** Opens the management socket; the port on the network opens with the first look at it. */
    void listen() throws DaemonException {
        api.start();
        remote.want(settings.remote());
        metrics.service().want(settings.metrics());
    }

    /** Tries again what keeps the ports on the network closed. */
    void lookAtPorts() {
        remote.look();
        metrics.service().look();
    }

    /** Stops changes and the API, so that nothing new comes in; what is being made is given up and cleaned away. */
    void stop() {
        operations.close();
        status.stopping();
        end(operationThreads);
        end(changesThread);
        nameThreads.shutdownNow();
        // Whoever still waits for something is told to stop; answers that are ready leave before the socket closes.
        workers.shutdownNow();
        end(workers);
        remote.close();
        metrics.service().close();
        api.close();
        audit.close();
    }

    private static void end(ExecutorService threads) {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(END_SECONDS, TimeUnit.SECONDS)) {
                ServiceEvent.WORK_LEFT_BEHIND.log(LOG);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static ThreadFactory threads(String name) {
        return Thread.ofPlatform().name(name, 1).daemon(true).factory();
    }
}
