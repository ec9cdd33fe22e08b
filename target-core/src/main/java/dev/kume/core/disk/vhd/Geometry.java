package dev.kume.core.disk.vhd;

/**
 * Cylinders, heads and sectors per track of a VHD footer: what BIOS calls of old machines saw. It rounds down, so it
 * never tells the size of a disk.
 */
record Geometry(int cylinders, int heads, int sectorsPerTrack) {
    private static final int CYLINDERS_MAX = 65_535;
    private static final int CYLINDERS_PER_BIOS_DISK = 1_024;
    private static final int HEADS_MIN = 4;
    private static final int HEADS_MAX = 16;
    private static final long LARGEST_SECTORS = (long) CYLINDERS_MAX * HEADS_MAX * 255;

    /** The algorithm of the VHD specification's appendix "CHS calculation". */
    static Geometry of(long diskSectors) {
        long sectors = Math.min(diskSectors, LARGEST_SECTORS);
        if (sectors >= (long) CYLINDERS_MAX * HEADS_MAX * 63) {
            return withTracks(sectors, HEADS_MAX, 255);
        }
        long tracks = sectors / 17;
        int heads = (int) Math.max(HEADS_MIN, (tracks + CYLINDERS_PER_BIOS_DISK - 1) / CYLINDERS_PER_BIOS_DISK);
        if (heads <= HEADS_MAX && tracks < (long) heads * CYLINDERS_PER_BIOS_DISK) {
            return withTracks(sectors, heads, 17);
        }
        boolean fits31 = sectors / 31 < (long) HEADS_MAX * CYLINDERS_PER_BIOS_DISK;
        return withTracks(sectors, HEADS_MAX, fits31 ? 31 : 63);
    }

    private static Geometry withTracks(long sectors, int heads, int sectorsPerTrack) {
        return new Geometry((int) (sectors / sectorsPerTrack / heads), heads, sectorsPerTrack);
    }
}
