package dev.kume.core.reservation;

import dev.kume.core.nexus.ITNexus;
import java.time.Instant;

/**
 * One I_T nexus that is registered with a disk.
 *
 * @param nexus          initiator port and target port
 * @param key            RESERVATION KEY, never 0
 * @param allTargetPorts registered with ALL_TG_PT
 * @param since          when the nexus was registered; a change of its key does not change this
 */
public record Registration(ITNexus nexus, long key, boolean allTargetPorts, Instant since) {}
