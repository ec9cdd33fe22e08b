/**
 * The built-in initiator: sessions that survive lost connections, several paths to one disk, and a client for disks.
 */
@NullMarked
package dev.kume.protocol.initiator;

import org.jspecify.annotations.NullMarked;
