package dev.kume.core.inventory;

/**
 * A disk under a LUN of a target.
 *
 * @param disk   the disk's name, as its record has it
 * @param target the target's name, as its record has it
 * @param lun    0 to {@link #LUN_MAX}
 */
public record Mapping(String disk, String target, int lun) {
    /** The largest LUN that flat space addressing reaches, SAM-5 4.6.8. */
    public static final int LUN_MAX = 16_383;
}
