package dev.kume.core.volume;

/** What lies on a disk or on one of its partitions, as far as its signature tells. */
public enum VolumeKind {
    NTFS("NTFS", false),
    REFS("ReFS", false),
    EXT("ext2/3/4", false),
    XFS("XFS", false),
    BTRFS("Btrfs", false),
    LVM("an LVM2 physical volume", false),
    CLUSTERED_LVM("an LVM2 physical volume of a shared volume group", true),
    VMFS("VMFS", true),
    OCFS2("OCFS2", true),
    GFS2("GFS2", true);

    private final String text;
    private final boolean shared;

    VolumeKind(String text, boolean shared) {
        this.text = text;
        this.shared = shared;
    }

    /** For people: {@code NTFS}. */
    public String text() {
        return text;
    }

    /** True when it is made for several hosts that write it at once, and arbitrate by its own means. */
    public boolean isShared() {
        return shared;
    }
}
