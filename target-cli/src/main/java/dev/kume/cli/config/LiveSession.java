package dev.kume.cli.config;

import dev.kume.core.nexus.ITNexus;
import java.net.InetAddress;

/**
 * A session that is logged in to a target.
 *
 * @param initiator      normalised
 * @param isid           12 hexadecimal digits
 * @param from           where its connection comes from
 * @param address        the same for people
 * @param iqn            of the target
 * @param portalGroupTag of the portal that it came in by
 */
public record LiveSession(
        long id, String initiator, String isid, InetAddress from, String address, String iqn, int portalGroupTag) {
    /** True when it is the session of this nexus. */
    boolean isOf(ITNexus nexus) {
        return nexus.targetName().equals(iqn)
                && nexus.targetPortalGroup() == portalGroupTag
                && nexus.initiatorName().equals(initiator)
                && "%012x".formatted(nexus.isid()).equalsIgnoreCase(isid);
    }
}
