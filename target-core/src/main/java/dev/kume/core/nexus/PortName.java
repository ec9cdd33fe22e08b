package dev.kume.core.nexus;

/**
 * What makes a target port the one that it is, RFC 7143 4.4.1.
 *
 * @param targetName  iSCSI name, normalised
 * @param portalGroup portal group tag
 */
public record PortName(String targetName, int portalGroup) {}
