/** Sanitize operations: work on a whole disk that outlives its command, its sessions and the daemon (SBC-3 4.11). */
@NullMarked
package dev.kume.core.scsi.sanitize;

import org.jspecify.annotations.NullMarked;
