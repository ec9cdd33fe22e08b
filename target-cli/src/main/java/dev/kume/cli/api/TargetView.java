package dev.kume.cli.api;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One target.
 *
 * @param name        its name
 * @param iqn         its iSCSI name
 * @param description free text, maybe empty
 * @param enabled     false when new logins are refused
 * @param status      {@code connected}, {@code not connected} or {@code disabled}
 * @param initiators  who may log in: iSCSI names, addresses, networks, DNS names
 * @param chap        names of the credentials, one of which an initiator must know; empty: no proof is asked for
 * @param mutual      the credential by which the target proves itself; null: it does not
 * @param chapOf      initiators that have credentials of their own
 * @param portals     names of the portals through which it is seen; empty: all
 * @param redirect    where new logins are sent; null: nowhere
 * @param luns        what is mapped, by LUN
 * @param sessions    who is logged in now
 * @param created     when it was created
 */
public record TargetView(
        String name,
        String iqn,
        String description,
        boolean enabled,
        String status,
        List<String> initiators,
        List<String> chap,
        @Nullable String mutual,
        List<OwnChap> chapOf,
        List<String> portals,
        @Nullable String redirect,
        List<Lun> luns,
        List<Connected> sessions,
        Instant created) {
    public static final String CONNECTED = "connected";
    public static final String NOT_CONNECTED = "not connected";
    public static final String DISABLED = "disabled";

    public TargetView {
        initiators = Lists.orEmpty(initiators);
        chap = Lists.orEmpty(chap);
        chapOf = Lists.orEmpty(chapOf);
        portals = Lists.orEmpty(portals);
        luns = Lists.orEmpty(luns);
        sessions = Lists.orEmpty(sessions);
    }

    /**
     * The credentials of one initiator.
     *
     * @param initiator its iSCSI name
     * @param chap      one of which it must know
     * @param mutual    by which the target proves itself to it; null: it does not
     */
    public record OwnChap(
            String initiator, List<String> chap, @Nullable String mutual) {
        public OwnChap {
            chap = Lists.orEmpty(chap);
        }
    }

    /**
     * One mapped disk.
     *
     * @param lun       its number
     * @param disk      the disk's name
     * @param size      for people
     * @param sizeBytes in bytes
     * @param status    the disk's status
     * @param readOnly  true when nobody may write it through this target
     */
    public record Lun(int lun, String disk, String size, long sizeBytes, String status, boolean readOnly) {}

    /**
     * One session on this target.
     *
     * @param id        what {@code session logout} takes
     * @param initiator its name
     * @param address   where it comes from, without the port
     */
    public record Connected(long id, String initiator, String address) {}

    /** Answer of {@code GET /v1/targets}, sorted by name. */
    public record Listing(List<TargetView> targets) {}
}
