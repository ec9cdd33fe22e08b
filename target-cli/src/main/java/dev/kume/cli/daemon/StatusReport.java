package dev.kume.cli.daemon;

import dev.kume.cli.api.DiskView;
import dev.kume.cli.api.StatusView;
import dev.kume.core.Clock;
import dev.kume.core.inventory.Inventory;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The daemon at one look. */
final class StatusReport {
    private final Settings settings;
    private final String version;
    private final String host;
    private final long pid;
    private final Clock clock;
    private final Instant started;
    private final long startedNanos;
    private final Exports exports;
    private final Operations operations;
    private final Drain drain;
    private final Supplier<StatusView.@Nullable Remote> remote;
    private volatile boolean stopping;

    StatusReport(
            Settings settings,
            HostSystem system,
            Exports exports,
            Operations operations,
            Drain drain,
            Supplier<StatusView.@Nullable Remote> remote) {
        this.settings = settings;
        this.version = system.version();
        this.host = system.name();
        this.pid = system.pid();
        this.clock = system.clock();
        this.started = clock.now();
        this.startedNanos = clock.nanoTime();
        this.exports = exports;
        this.operations = operations;
        this.drain = drain;
        this.remote = remote;
    }

    void stopping() {
        stopping = true;
    }

    StatusView of(Views views) {
        Inventory inventory = views.inventory();
        List<String> states = inventory.disks().stream().map(views::status).toList();
        return new StatusView(
                version,
                state(),
                pid,
                host,
                started,
                TimeUnit.NANOSECONDS.toSeconds(clock.nanoTime() - startedNanos),
                settings.stateDirectory().toString(),
                settings.file() == null ? null : Objects.toString(settings.file()),
                settings.adminSocket().toString(),
                exports.transport(),
                inventory.version(),
                exports.portals(),
                exports.isnsServers(),
                new StatusView.Counts(
                        states.size(),
                        count(states, DiskView.IN_USE),
                        count(states, DiskView.OFFLINE),
                        inventory.targets().size(),
                        inventory.mappings().size(),
                        (int) views.sessions().stream()
                                .filter(session -> session.targetIqn() != null)
                                .count(),
                        exports.initiators().size(),
                        operations.running()),
                settings.limits().asMap(),
                AlarmFacts.views(exports.alarms(), inventory),
                remote.get());
    }

    private String state() {
        if (stopping) {
            return StatusView.STOPPING;
        }
        return drain.hasBegun() ? StatusView.DRAINING : StatusView.READY;
    }

    private static int count(List<String> states, String state) {
        return (int) states.stream().filter(state::equals).count();
    }
}
