package dev.kume.cli.metrics;

import dev.kume.cli.api.AlarmView;
import dev.kume.cli.api.SessionView;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.io.DiskThreads;
import dev.kume.core.scsi.LogicalUnit;
import dev.kume.protocol.server.ServerFigures;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What can be measured. Any thread; it waits for the event loops. */
public interface MetricsSight {
    Inventory inventory();

    /** The units of all disks that have one, by the disks' uuids. */
    Map<UUID, LogicalUnit> units();

    List<SessionView> sessions();

    List<AlarmView> alarms();

    ServerFigures server();

    DiskThreads.Use diskThreads();
}
