package dev.kume.cli.api;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One disk.
 *
 * @param name           its name
 * @param size           for people: {@code 30 GB}
 * @param sizeBytes      the size an initiator sees
 * @param allocatedBytes space that its file and its snapshots' files take, null when that cannot be told
 * @param format         {@code vhd}, {@code vhdx} or {@code raw}
 * @param type           {@code fixed}, {@code dynamic} or {@code differencing}: of its own file
 * @param sparse         true when space is taken as it is written
 * @param file           absolute path on the server
 * @param sharing        {@code exclusive}, {@code cluster} or {@code read-only}
 * @param status         {@code idle} (no session can reach it), {@code in use} (one can), {@code offline} (see the
 *     reason)
 * @param statusReason   why it is offline, and what to do; null otherwise
 * @param description    free text, maybe empty
 * @param identity       what the disk is known by on the wire, never changes
 * @param sector         its blocks
 * @param device         what else initiators are told; null from a daemon that does not say
 * @param layout         how its file is made; null from a daemon that does not say
 * @param accessBy       the targets it is mapped into, by target name
 * @param created        when it was created or imported
 * @param alarms         what is wrong with it now, the oldest first
 */
public record DiskView(
        String name,
        String size,
        long sizeBytes,
        @Nullable Long allocatedBytes,
        String format,
        String type,
        boolean sparse,
        String file,
        String sharing,
        String status,
        @Nullable String statusReason,
        String description,
        Identity identity,
        Sector sector,
        @Nullable Device device,
        @Nullable Layout layout,
        List<Access> accessBy,
        Instant created,
        List<AlarmView> alarms) {
    public static final String IDLE = "idle";
    public static final String IN_USE = "in use";
    public static final String OFFLINE = "offline";

    public DiskView {
        accessBy = Lists.orEmpty(accessBy);
        alarms = Lists.orEmpty(alarms);
    }

    /**
     * What the disk is known by on the wire.
     *
     * @param serial VPD page 80h
     * @param naa    NAA designator of VPD page 83h, 32 hexadecimal digits
     * @param uuid   the random id that both come from
     */
    public record Identity(String serial, String naa, String uuid) {}

    /**
     * The blocks of a disk.
     *
     * @param format        {@code 512e}, {@code 512n} or {@code 4kn}
     * @param logicalBytes  what an LBA counts
     * @param physicalBytes what a write should be aligned to
     */
    public record Sector(String format, int logicalBytes, int physicalBytes) {}

    /**
     * What initiators are told that the disk is.
     *
     * @param writeCache whether it has a write cache, until an initiator switches that by MODE SELECT
     * @param rotation   {@code ssd}, or revolutions per minute
     * @param vendor     VENDOR IDENTIFICATION
     * @param product    PRODUCT IDENTIFICATION
     */
    public record Device(boolean writeCache, String rotation, String vendor, String product) {}

    /**
     * How the file of a disk is made.
     *
     * @param fileBytes  its length; null while the disk is offline
     * @param blockBytes the unit in which it takes space; null for one whose bytes lie in order, and while it is
     *                   offline
     * @param parents    the files that are read below it, the nearest first; empty while it is offline
     * @param parent     the disk that it is a child of, or of whose snapshot; null for none
     * @param snapshots  how many it has
     */
    public record Layout(
            @Nullable Long fileBytes,
            @Nullable Long blockBytes,
            List<String> parents,
            @Nullable String parent,
            int snapshots) {
        public Layout {
            parents = Lists.orEmpty(parents);
        }
    }

    /**
     * One target that maps the disk.
     *
     * @param target     its name
     * @param iqn        its iSCSI name
     * @param lun        the number of the disk there
     * @param readOnly   true when nobody may write it through this target
     * @param initiators names of the initiators that have a session there now
     */
    public record Access(String target, String iqn, int lun, boolean readOnly, List<String> initiators) {
        public Access {
            initiators = Lists.orEmpty(initiators);
        }
    }

    /** Answer of {@code GET /v1/disks}, sorted by name. */
    public record Listing(List<DiskView> disks) {}
}
