package dev.kume.cli.config;

import dev.kume.cli.yaml.YamlKeys;
import dev.kume.core.inventory.ChapRule;
import dev.kume.core.inventory.ClusterRole;
import dev.kume.core.inventory.DiskIdentity;
import dev.kume.core.inventory.DiskProfile;
import dev.kume.core.inventory.SectorFormat;
import dev.kume.core.inventory.Sharing;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A desired state as it is written, each thing with its place in the file; nothing of it has been compared with what
 * there is.
 *
 * @param at          the whole file
 * @param disks       those that are described on their own
 * @param targets     those that are described on their own
 * @param discovery   how initiators prove themselves before they may look for targets
 * @param discoveryAt where that stands; the whole file when it is left out
 */
public record ConfigDocument(
        YamlKeys at,
        List<Credential> credentials,
        ChapRule discovery,
        YamlKeys discoveryAt,
        List<Disk> disks,
        List<Target> targets,
        List<Cluster> clusters) {

    /**
     * A credential.
     *
     * @param secretFile as written, null where the secret that is there stays
     * @param longSecret true when the secret may be longer than Windows takes
     */
    public record Credential(
            YamlKeys at, String name, String user, @Nullable String secretFile, boolean longSecret) {}

    /**
     * A disk. What is null is as the disk is that there is, or as a new disk is without it.
     *
     * @param described false when the name alone is written, with role and LUN in a cluster
     */
    public record Disk(
            YamlKeys at,
            String name,
            boolean described,
            @Nullable String size,
            long sizeBytes,
            @Nullable String file,
            @Nullable String format,
            @Nullable String type,
            @Nullable Boolean sparse,
            @Nullable Integer blockSizeMb,
            @Nullable SectorFormat sectors,
            @Nullable Sharing sharing,
            DiskProfile profile,
            String description,
            @Nullable DiskIdentity identity) {}

    /** A target; {@code chapOf} by normalised initiator name. */
    public record Target(
            YamlKeys at,
            String name,
            @Nullable String iqn,
            String description,
            boolean enabled,
            List<String> initiators,
            ChapRule chap,
            SortedMap<String, ChapRule> chapOf,
            List<String> portals,
            @Nullable String redirect,
            List<Lun> luns) {
        public Target {
            chapOf = new TreeMap<>(chapOf);
        }
    }

    /** @param lun null for the lowest that is free */
    public record Lun(YamlKeys at, @Nullable Integer lun, String disk, boolean readOnly) {}

    /**
     * A cluster.
     *
     * @param target    the name of the one target of all nodes, null where each node has its own, or for the usual name
     * @param targetIqn the IQN of that target, or null
     */
    public record Cluster(
            YamlKeys at,
            String name,
            String description,
            boolean oneTarget,
            @Nullable String target,
            @Nullable String targetIqn,
            List<Node> nodes,
            List<ClusterDisk> disks) {}

    /** A node; {@code target} and {@code targetIqn} are null for the usual ones and in a cluster of one target. */
    public record Node(
            YamlKeys at,
            String name,
            List<String> iqns,
            @Nullable String target,
            @Nullable String targetIqn,
            ChapRule chap) {}

    /** @param lun null for the lowest that is free */
    public record ClusterDisk(
            Disk disk, ClusterRole role, @Nullable Integer lun) {}
}
