package dev.kume.cli.daemon;

import dev.kume.cli.api.ErrorCode;
import dev.kume.cli.api.ReloadView;
import dev.kume.cli.log.DaemonLog;
import dev.kume.cli.log.ServiceEvent;
import dev.kume.cli.metrics.MetricsService;
import dev.kume.cli.service.Supervisor;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.TargetRecord;
import dev.kume.protocol.server.PortalException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes a changed {@code kume.yaml} in while the daemon runs: whole or not at all. On the thread of changes. */
final class Reload {
    private static final Logger LOG = LoggerFactory.getLogger(Reload.class);

    private final Changes changes;
    private final Exports exports;
    private final RemoteManagement remote;
    private final MetricsService metrics;
    private final Supervisor supervisor;
    private final DaemonLog log;

    /** What the daemon works with; the thread of changes' alone. */
    private Settings running;

    Reload(
            Settings started,
            Changes changes,
            Exports exports,
            RemoteManagement remote,
            MetricsService metrics,
            Supervisor supervisor,
            DaemonLog log) {
        this.running = started;
        this.changes = changes;
        this.exports = exports;
        this.remote = remote;
        this.metrics = metrics;
        this.supervisor = supervisor;
        this.log = log;
    }

    /** Reads the file again and applies what can change at run time; any thread but that of changes. */
    ReloadView run() {
        return changes.inTurn(this::supervised);
    }

    private ReloadView supervised() {
        supervisor.reloading();
        String outcome = "Serving as before: kume.yaml was refused";
        try {
            ReloadView view = inTurn();
            outcome = "Serving; kume.yaml was read again";
            return view;
        } finally {
            supervisor.reloaded(outcome);
        }
    }

    private ReloadView inTurn() {
        if (running.file() == null) {
            throw new ApiException(
                    ErrorCode.CONFLICT,
                    "the daemon runs with built-in settings; there is no file to read again",
                    "start it with kume serve --config FILE");
        }
        Settings read;
        try {
            read = SettingsFile.reload(running, targetsTiedTo(changes.current()));
        } catch (DaemonException e) {
            throw new ApiException(ErrorCode.INVALID, String.valueOf(e.getMessage()), "nothing was changed");
        }
        remote.check(read.remote());
        ReloadView view = new ReloadView(running.file().toString(), SettingsChanges.between(running, read));
        try {
            if (!running.portals().equals(read.portals())) {
                exports.openPortals(read.portals());
            }
        } catch (PortalException e) {
            throw new ApiException(
                    e.isInUse() ? ErrorCode.BUSY : ErrorCode.FAILED,
                    String.valueOf(e.getMessage()),
                    "no setting was changed");
        }
        if (!running.chapAlgorithms().equals(read.chapAlgorithms())) {
            exports.chapAlgorithms(read.chapAlgorithms());
        }
        remote.apply(read.remote());
        metrics.apply(read.metrics());
        exports.unreservedWriters(read.unreservedWriters());
        exports.alerts(read.alerts());
        log.reload(read.log());
        running = running.withLiveOf(read);
        ServiceEvent.SETTINGS_READ.log(LOG, view.file(), view.changes().isEmpty() ? ": nothing is different" : "");
        view.changes()
                .forEach(
                        change -> ServiceEvent.SETTING_CHANGED.log(LOG, change.key(), change.text(), change.outcome()));
        return view;
    }

    private static Map<String, List<String>> targetsTiedTo(Inventory inventory) {
        Map<String, List<String>> targets = new HashMap<>();
        for (TargetRecord target : inventory.targets()) {
            for (String portal : target.portals()) {
                targets.computeIfAbsent(portal, name -> new ArrayList<>()).add(target.name());
            }
        }
        return targets;
    }
}
