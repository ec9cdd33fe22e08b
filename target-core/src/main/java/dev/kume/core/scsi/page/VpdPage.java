package dev.kume.core.scsi.page;

import dev.kume.core.nexus.ITNexus;
import dev.kume.core.scsi.UnitIdentity;
import dev.kume.core.scsi.UnitState;
import org.jspecify.annotations.Nullable;

/** One vital product data page, SPC-4 7.8. */
interface VpdPage {
    /** PAGE CODE. */
    int code();

    /** What stands behind the page header, of the unit alone: the same through every target. */
    byte[] content(UnitIdentity identity, UnitState state);

    /** The same for a page that says something of the port it is read through, too. */
    default byte[] content(UnitIdentity identity, UnitState state, @Nullable ITNexus through) {
        return content(identity, state);
    }
}
