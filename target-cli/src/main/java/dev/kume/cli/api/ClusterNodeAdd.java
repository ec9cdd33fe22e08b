package dev.kume.cli.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Body of {@code PUT /v1/clusters/NAME/nodes/NODE}.
 *
 * @param iqns    required: its initiator names
 * @param chap    names of credentials, one of which it must know; none by default
 * @param mutual  the credential by which its target proves itself
 * @param portals names of the portals through which its target is seen; all by default
 */
public record ClusterNodeAdd(
        @Nullable List<String> iqns,
        @Nullable List<String> chap,
        @Nullable String mutual,
        @Nullable List<String> portals) {}
