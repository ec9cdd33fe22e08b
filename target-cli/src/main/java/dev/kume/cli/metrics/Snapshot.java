package dev.kume.cli.metrics;

import dev.kume.cli.api.AlarmView;
import dev.kume.cli.api.SessionView;
import dev.kume.core.io.DiskThreads;
import dev.kume.core.measure.LoadFigures;
import dev.kume.core.measure.UnitEvents;
import dev.kume.protocol.server.ServerFigures;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * All that is counted, at one moment.
 *
 * @param upNanos  how long the daemon has been up
 * @param disks    by name
 * @param sessions by id
 * @param targets  by iSCSI name
 */
record Snapshot(
        long upNanos,
        SortedMap<String, Disk> disks,
        List<Session> sessions,
        SortedMap<String, LoadFigures> targets,
        List<Node> nodes,
        List<AlarmView> alarms,
        ServerFigures server,
        DiskThreads.Use threads) {
    /** @param online false when its file is closed */
    record Disk(LoadFigures load, UnitEvents.Figures events, boolean online, long sizeBytes) {}

    record Session(SessionView view, LoadFigures load) {}

    /**
     * One host.
     *
     * @param name    of the node; the iSCSI name of an initiator that is none
     * @param cluster null for such a one
     */
    record Node(String name, @Nullable String cluster, LoadFigures load, int sessions) {}
}
