/**
 * Nodes of a failover cluster, as far as a target can tell: paths with the rules of Microsoft's DSM, arbitration for
 * disks, the storage tests of cluster validation, and what fence_scsi and ESXi do. Written from what is known of their
 * behaviour on the wire. The nodes know neither test framework nor clock nor thread of their own.
 */
@org.jspecify.annotations.NullMarked
package dev.kume.protocol.cluster;
