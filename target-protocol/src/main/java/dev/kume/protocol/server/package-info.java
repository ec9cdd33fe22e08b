/** Portals, targets and sessions: the iSCSI server as the daemon sees it. */
@NullMarked
package dev.kume.protocol.server;

import org.jspecify.annotations.NullMarked;
