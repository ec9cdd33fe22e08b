package dev.kume.cli.ownership;

import dev.kume.cli.api.ClusterStatusView.Advice;
import dev.kume.cli.api.InitiatorView;
import dev.kume.cli.api.SessionView;
import dev.kume.cli.api.StatusView;
import dev.kume.core.inventory.ClusterRecord;
import dev.kume.core.inventory.Inventory;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * All that is known of a cluster at one moment.
 *
 * @param inventory    what is provisioned
 * @param cluster      the one that it is about
 * @param sessions     of all initiators
 * @param initiators   everybody who has ever tried
 * @param portals      every address listened on
 * @param networks     those that this host is on
 * @param disks        by name; at least those of the cluster
 * @param keys         whose keys were whose
 * @param alarms       what is wrong already, in the words of others
 * @param spacePercent what a thin disk's file system must have free
 * @param now          the moment
 */
public record ClusterScene(
        Inventory inventory,
        ClusterRecord cluster,
        List<SessionView> sessions,
        List<InitiatorView> initiators,
        List<StatusView.Portal> portals,
        List<HostNetwork> networks,
        Map<String, DiskScene> disks,
        KeyBook.Keys keys,
        List<Advice> alarms,
        int spacePercent,
        Instant now) {
    DiskScene disk(String name) {
        return disks.getOrDefault(name, DiskScene.UNKNOWN);
    }
}
