/** Logical units, tasks and the command table: SAM-5, SPC-4 and SBC-3. */
@NullMarked
package dev.kume.core.scsi;

import org.jspecify.annotations.NullMarked;
