package dev.kume.cli.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Body of {@code POST /v1/clusters}. What is null gets its default.
 *
 * @param name        required: letters, digits, {@code . _ -}, at most 63
 * @param nodes       required: at least one
 * @param disks       in the order in which they get LUNs; none by default
 * @param oneTarget   true: all nodes log in to one target of the cluster's name; by default each has its own
 * @param description free text
 * @param chap        names of credentials, one of which a node must know; by default none, and targets that are there
 *     keep theirs
 * @param mutual      the credential by which the targets prove themselves
 * @param portals     names of the portals through which the targets are seen; all by default
 */
public record ClusterCreate(
        @Nullable String name,
        @Nullable List<Node> nodes,
        @Nullable List<ClusterDiskAdd> disks,
        @Nullable Boolean oneTarget,
        @Nullable String description,
        @Nullable List<String> chap,
        @Nullable String mutual,
        @Nullable List<String> portals) {
    /**
     * A node.
     *
     * @param name required; also that of its target
     * @param iqns required: its initiator names
     */
    public record Node(@Nullable String name, @Nullable List<String> iqns) {}
}
