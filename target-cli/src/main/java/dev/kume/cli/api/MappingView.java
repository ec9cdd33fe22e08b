package dev.kume.cli.api;

import java.util.List;

/**
 * A disk under a LUN of a target. {@code iqn} is the target's iSCSI name; {@code readOnly} means that nobody may write
 * the disk through this target.
 */
public record MappingView(String disk, String target, String iqn, int lun, boolean readOnly) {
    /** Answer of {@code GET /v1/mappings}, by target, then LUN. */
    public record Listing(List<MappingView> mappings) {}
}
