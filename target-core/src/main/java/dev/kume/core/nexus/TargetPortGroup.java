package dev.kume.core.nexus;

import java.util.List;

/**
 * The target ports of a disk that share an access state, SPC-4 5.15.2.1: those of one portal group, whatever targets
 * they belong to.
 *
 * @param id    TARGET PORT GROUP; the portal group tag, so that it is the same for every target and does not change
 * @param state access state of all of its ports
 * @param ports by relative identifier; one at least
 */
public record TargetPortGroup(int id, AccessState state, List<TargetPort> ports) {
    /** What TARGET PORT COUNT can tell. */
    public static final int PORTS_MAX = 255;

    public TargetPortGroup {
        if (ports.isEmpty() || ports.size() > PORTS_MAX) {
            throw new IllegalArgumentException("a target port group of %d ports".formatted(ports.size()));
        }
        ports = List.copyOf(ports);
    }

    /** The group that a port belongs to. */
    public static int idOf(TargetPort port) {
        return port.portalGroup();
    }
}
