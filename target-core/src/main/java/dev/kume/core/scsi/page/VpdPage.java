package dev.kume.core.scsi.page;

import dev.kume.core.scsi.UnitIdentity;
import dev.kume.core.scsi.UnitState;

/** One vital product data page, SPC-4 7.8. It says nothing of a port, so it reads the same through every target. */
interface VpdPage {
    /** PAGE CODE. */
    int code();

    /** What stands behind the page header. */
    byte[] content(UnitIdentity identity, UnitState state);
}
