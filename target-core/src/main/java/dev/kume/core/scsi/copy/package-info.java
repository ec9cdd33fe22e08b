/** EXTENDED COPY: blocks from disk to disk of this daemon, without the initiator's network (SPC-4 5.17). */
@NullMarked
package dev.kume.core.scsi.copy;

import org.jspecify.annotations.NullMarked;
