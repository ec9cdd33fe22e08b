package dev.kume.cli.api;

import java.util.List;

/** A disk under a LUN of a target. {@code iqn} is the target's iSCSI name. */
public record MappingView(String disk, String target, String iqn, int lun) {
    /** Answer of {@code GET /v1/mappings}, by target, then LUN. */
    public record Listing(List<MappingView> mappings) {}
}
