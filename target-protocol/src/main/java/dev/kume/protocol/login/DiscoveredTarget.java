package dev.kume.protocol.login;

import java.util.List;

/**
 * One target as SendTargets shows it (RFC 7143 appendix C).
 *
 * @param targetName normalised
 * @param addresses  where this initiator can reach it; none means: next to the address it asked
 */
public record DiscoveredTarget(String targetName, List<TargetAddress> addresses) {
    public DiscoveredTarget {
        addresses = List.copyOf(addresses);
    }
}
