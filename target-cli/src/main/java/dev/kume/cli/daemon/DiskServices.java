package dev.kume.cli.daemon;

import java.nio.file.Path;
import java.util.function.UnaryOperator;

/** Everything that is done with disks and their snapshots, put together: what works on one disk knows of the others. */
final class DiskServices {
    private final Settings settings;
    private final HostSystem system;
    private final Changes changes;
    private final Operations operations;
    private final Exports exports;
    private final DiskShelf shelf;
    private final DiskWork work;
    private final DiskPlaces places;
    private final UnfinishedFiles unfinished;
    private final UnfinishedGrowths growths;
    private final UnfinishedClones clones;
    private final SnapshotRemoval removal;
    private final SnapshotRoutes snapshots;
    private final NewFiles files;
    private final DiskMaking making;
    private final DiskProvisioning disks;
    private final DiskRemoval removing;
    private final DiskResizing resizing;
    private final DiskRoutes routes;

    DiskServices(
            Settings settings,
            HostSystem system,
            Changes changes,
            Operations operations,
            Exports exports,
            DiskShelf shelf) {
        this.settings = settings;
        this.system = system;
        this.changes = changes;
        this.operations = operations;
        this.exports = exports;
        this.shelf = shelf;
        this.work = new DiskWork(changes, operations);
        Path state = settings.stateDirectory();
        this.places = new DiskPlaces(settings, changes);
        this.unfinished = new UnfinishedFiles(state, system.files(), system.stores());
        this.growths = new UnfinishedGrowths(state, system.files(), system.stores(), system.formats());
        this.clones = new UnfinishedClones(state, system.files());
        SnapshotFiles snapshotFiles = new SnapshotFiles(unfinished, system.stores(), system.random());
        this.removal = new SnapshotRemoval(changes, shelf, work, snapshotFiles, system.clock());
        this.snapshots = snapshotRoutes(snapshotFiles);
        this.files = new NewFiles(settings, changes, shelf, unfinished, system.stores());
        this.making = new DiskMaking(changes, operations, exports, shelf, places, files);
        this.disks = new DiskProvisioning(
                settings,
                changes,
                making,
                exports,
                shelf,
                places,
                unfinished,
                system.stores(),
                system.formats(),
                system.clock(),
                system.random());
        this.removing = new DiskRemoval(state, changes, exports, shelf, work, unfinished);
        this.resizing = new DiskResizing(
                changes,
                shelf,
                work,
                new DiskShrinking(changes, exports, shelf, work, growths, system.clock()),
                growths,
                system.formats());
        this.routes = new DiskRoutes(
                changes,
                disks,
                removing,
                new DiskAvailability(changes, exports, shelf, work, growths),
                verbs(disks),
                snapshots,
                exports,
                shelf);
    }

    /** The paths under {@code /v1/disks}. */
    DiskRoutes routes() {
        return routes;
    }

    /** The paths of snapshots. */
    SnapshotRoutes snapshots() {
        return snapshots;
    }

    /** Clusters are made of disks and more. */
    ClusterRoutes clusters(SecretShelf secrets) {
        return new ClusterRoutes(
                changes,
                exports,
                shelf,
                new ClusterProvisioning(
                        settings.iqnPrefix(),
                        system.name(),
                        settings.limits(),
                        changes,
                        exports,
                        disks,
                        making,
                        removing,
                        secrets,
                        system.clock()));
    }

    /**
     * The paths of desired states, which make, change and remove disks among other things.
     *
     * @param redirects checks where logins may be sent
     */
    ConfigRoutes config(
            InventoryFile file, SecretShelf secrets, HostNameCheck hostNames, UnaryOperator<String> redirects) {
        DiskPlanning planning =
                new DiskPlanning(settings, changes, shelf, places, system.formats(), system.clock(), system.random());
        ConfigSurroundings.Daemon daemon = new ConfigSurroundings.Daemon(
                settings,
                system.name(),
                system.clock(),
                exports,
                secrets,
                planning,
                new DiskAdoption(settings, changes, shelf, places, system.formats()),
                redirects);
        ConfigHistory history = new ConfigHistory(file, changes);
        ConfigPlanning plans = new ConfigPlanning(daemon, changes, resizing, history, hostNames);
        ConfigApplying applying = new ConfigApplying(
                changes,
                plans,
                new ConfigFiles(shelf, files, growths, system.stores()),
                new ConfigCommit(settings, changes, exports, shelf, secrets, files, unfinished, growths),
                work,
                places);
        return new ConfigRoutes(changes, plans, applying, history);
    }

    /** Goes on with what an earlier daemon has begun and promised. When the disks are open. */
    void resume() {
        removal.resumeAfter(clones);
    }

    private SnapshotRoutes snapshotRoutes(SnapshotFiles snapshotFiles) {
        SnapshotTaking taking =
                new SnapshotTaking(settings.limits(), changes, shelf, work, snapshotFiles, system.clock());
        return new SnapshotRoutes(
                changes,
                shelf,
                taking,
                removal,
                new SnapshotRestoring(changes, exports, shelf, work, snapshotFiles),
                new SnapshotMounting(
                        settings,
                        changes,
                        exports,
                        shelf,
                        work,
                        places,
                        snapshotFiles,
                        taking,
                        removal,
                        clones,
                        system.clock(),
                        system.random()));
    }

    private DiskVerbs verbs(DiskProvisioning disks) {
        DiskFilling filling = new DiskFilling(system.stores(), shelf, system.clock(), system.random());
        return new DiskVerbs(
                new DiskConversion(changes, shelf, work, places, unfinished, filling, system.formats()),
                new DiskDuplication(
                        settings,
                        changes,
                        shelf,
                        work,
                        places,
                        disks,
                        filling,
                        system.formats(),
                        system.clock(),
                        system.random()),
                new DiskExporting(changes, shelf, work, places, unfinished, filling, system.stores(), system.formats()),
                new DiskChecking(changes, operations, shelf, work, system.stores(), system.formats()),
                new DiskCompacting(changes, shelf, work),
                resizing);
    }
}
