package dev.kume.core.scsi.copy;

import dev.kume.core.scsi.LogicalUnit;

/** What a unit says about who it is. */
@FunctionalInterface
public interface Designators {
    /** The unit's page 83h, with its header of four bytes. */
    byte[] of(LogicalUnit unit);
}
