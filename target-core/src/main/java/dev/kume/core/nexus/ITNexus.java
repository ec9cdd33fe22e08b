package dev.kume.core.nexus;

/**
 * The relation between an initiator port and a target port, SAM-5 4.7. It outlives its sessions: a node that comes back
 * with the same names and ISID is the same nexus.
 *
 * @param initiatorName     iSCSI name, normalised
 * @param isid              the six ISID bytes, as a number
 * @param targetName        iSCSI name, normalised
 * @param targetPortalGroup portal group tag
 */
public record ITNexus(String initiatorName, long isid, String targetName, int targetPortalGroup) {
    /** The initiator port's name, RFC 7143 4.4.1: {@code name,i,0xISID}. */
    public String initiatorPort() {
        return "%s,i,0x%012x".formatted(initiatorName, isid);
    }

    @Override
    public String toString() {
        return initiatorPort() + " -> " + targetName + ",t,0x%04x".formatted(targetPortalGroup);
    }
}
