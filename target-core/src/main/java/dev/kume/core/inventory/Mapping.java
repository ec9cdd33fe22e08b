package dev.kume.core.inventory;

/**
 * A disk under a LUN of a target.
 *
 * @param disk     the disk's name, as its record has it
 * @param target   the target's name, as its record has it
 * @param lun      0 to {@link #LUN_MAX}
 * @param readOnly true when nobody may write the disk through this target, whatever the disk's own sharing says
 */
public record Mapping(String disk, String target, int lun, boolean readOnly) {
    /** The largest LUN that flat space addressing reaches, SAM-5 4.6.8. */
    public static final int LUN_MAX = 16_383;

    /** A mapping through which the disk may be written. */
    public Mapping(String disk, String target, int lun) {
        this(disk, target, lun, false);
    }

    Mapping of(DiskRecord renamed) {
        return new Mapping(renamed.name(), target, lun, readOnly);
    }

    Mapping into(TargetRecord renamed) {
        return new Mapping(disk, renamed.name(), lun, readOnly);
    }

    Mapping withReadOnly(boolean newReadOnly) {
        return new Mapping(disk, target, lun, newReadOnly);
    }
}
