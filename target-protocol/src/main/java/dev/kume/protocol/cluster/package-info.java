/**
 * Nodes of a failover cluster, as far as a target can tell: paths with the rules of Microsoft's DSM, reservations,
 * arbitration for disks, and the sectors and files that nodes hand to each other. Written from what is known of their
 * behaviour on the wire. The nodes know neither clock nor thread of their own, and live on real sockets as well as in a
 * simulation.
 */
@NullMarked
package dev.kume.protocol.cluster;

import org.jspecify.annotations.NullMarked;
