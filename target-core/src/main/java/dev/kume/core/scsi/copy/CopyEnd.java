package dev.kume.core.scsi.copy;

import dev.kume.core.scsi.ITLNexus;
import dev.kume.core.scsi.LogicalUnit;

/**
 * Source or destination of a copy.
 *
 * @param nexus who asked for the copy, as this unit knows it: its rights at this unit count
 */
record CopyEnd(LogicalUnit unit, ITLNexus nexus) {}
