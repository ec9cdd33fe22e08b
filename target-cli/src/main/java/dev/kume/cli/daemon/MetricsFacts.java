package dev.kume.cli.daemon;

import dev.kume.cli.api.AlarmView;
import dev.kume.cli.api.SessionView;
import dev.kume.cli.metrics.MetricsSight;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.io.DiskThreads;
import dev.kume.core.scsi.LogicalUnit;
import dev.kume.protocol.server.ServerFigures;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;

/** The running daemon for those who measure it. */
record MetricsFacts(Changes changes, Exports exports, Supplier<DiskThreads.Use> threads) implements MetricsSight {
    @Override
    public Inventory inventory() {
        return changes.current();
    }

    @Override
    public Map<UUID, LogicalUnit> units() {
        return exports.units();
    }

    @Override
    public List<SessionView> sessions() {
        return exports.sessions();
    }

    @Override
    public List<AlarmView> alarms() {
        return AlarmFacts.views(exports.alarms(), changes.current());
    }

    @Override
    public ServerFigures server() {
        return exports.figures();
    }

    @Override
    public DiskThreads.Use diskThreads() {
        return threads.get();
    }
}
