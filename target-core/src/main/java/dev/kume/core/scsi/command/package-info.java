/** The SCSI commands, one file each, and their contents page {@link dev.kume.core.scsi.command.Commands}. */
@NullMarked
package dev.kume.core.scsi.command;

import org.jspecify.annotations.NullMarked;
