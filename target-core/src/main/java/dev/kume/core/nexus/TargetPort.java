package dev.kume.core.nexus;

/**
 * A SCSI target port: an iSCSI target seen through a portal group, RFC 7143 4.4.1.
 *
 * @param targetName  iSCSI name, normalised
 * @param portalGroup portal group tag
 * @param relativeId  RELATIVE TARGET PORT IDENTIFIER, 1 to 65535: unique over all targets of the daemon, and stable
 */
public record TargetPort(String targetName, int portalGroup, int relativeId) {}
