package dev.kume.cli.daemon;

import dev.kume.cli.alert.AlertInbox;
import dev.kume.cli.alert.AlertSight;
import dev.kume.cli.alert.Alerts;
import dev.kume.cli.alert.DiskLook;
import dev.kume.cli.alert.HostFiles;
import dev.kume.cli.api.InitiatorView;
import dev.kume.cli.api.SessionView;
import dev.kume.cli.api.StatusView;
import dev.kume.cli.log.WatchEvent;
import dev.kume.core.Clock;
import dev.kume.core.Limits;
import dev.kume.core.Limits.Limit;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.reservation.PersistentReservations;
import dev.kume.core.scsi.LogicalUnit;
import dev.kume.core.scsi.UnitState;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The looks for alerts as the daemon runs them: their thread, and those that may be stuck at a file system. */
final class AlertService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AlertService.class);
    private static final long LOOK_SECONDS = 5;
    private static final int HOST_THREADS = 16;
    private static final int HOST_LOOKS_WAITING = 16_384;
    private static final long HOST_THREAD_IDLE_SECONDS = 30;

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("kume-alerts").daemon(true).factory());
    private final ThreadPoolExecutor hostThreads = new ThreadPoolExecutor(
            HOST_THREADS,
            HOST_THREADS,
            HOST_THREAD_IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(HOST_LOOKS_WAITING),
            Thread.ofPlatform().name("kume-host-", 0).daemon(true).factory());

    private record Sight(IscsiExports exports, DiskShelf shelf) implements AlertSight {
        @Override
        public Inventory inventory() {
            return exports.published();
        }

        @Override
        public DiskLook look(DiskRecord disk) {
            LogicalUnit unit = exports.unit(disk);
            UnitState state = unit == null ? null : unit.state();
            OpenDisk opened = shelf.find(disk);
            return new DiskLook(
                    disk,
                    opened == null ? null : opened.offlineReason(),
                    shelf.isOfflineAsAsked(disk),
                    state == null ? PersistentReservations.EMPTY : state.reservations(),
                    state == null ? null : state.reservedBy(),
                    unit == null ? 0 : unit.lane().longestNanos(),
                    unit == null ? null : unit.lane().times(),
                    exports.space().growBytes(disk));
        }

        @Override
        public List<SessionView> sessions() {
            return exports.sessions();
        }

        @Override
        public List<InitiatorView> initiators() {
            return exports.initiators();
        }

        @Override
        public List<StatusView.Portal> portals() {
            return exports.portals();
        }
    }

    /** Begins to look; all disks are there. */
    AlertService(
            AlertInbox inbox, IscsiExports exports, DiskShelf shelf, Path stateDirectory, Clock clock, Limits limits) {
        hostThreads.allowCoreThreadTimeOut(true);
        Alerts alerts = new Alerts(
                inbox, new Sight(exports, shelf), clock, stateDirectory, HostFiles.OF_THIS_HOST, hostThreads);
        int seconds = limits.getInt(Limit.SPACE_CHECK_SECONDS);
        SpaceWatch space = exports.space();
        again(() -> space.look(hostThreads), 0, seconds);
        again(alerts::lookAtHost, 0, seconds);
        again(alerts::look, LOOK_SECONDS, LOOK_SECONDS);
    }

    private void again(Runnable look, long firstSeconds, long seconds) {
        var _ = timer.scheduleWithFixedDelay(
                () -> {
                    try {
                        look.run();
                    } catch (RuntimeException e) {
                        // The next look may do better; a timer whose task throws would never look again.
                        WatchEvent.LOOK_FAILED.log(LOG, e);
                    }
                },
                firstSeconds,
                seconds,
                TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        timer.shutdownNow();
        hostThreads.shutdownNow();
    }
}
