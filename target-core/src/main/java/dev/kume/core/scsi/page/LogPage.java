package dev.kume.core.scsi.page;

import dev.kume.core.scsi.UnitIdentity;
import dev.kume.core.scsi.UnitState;
import java.io.IOException;
import java.util.List;

/** One log page, SPC-4 7.3. */
interface LogPage {
    /** PAGE CODE. */
    int code();

    /** SUBPAGE CODE. */
    default int subpage() {
        return 0x00;
    }

    /** True when a unit in this state has the page. */
    default boolean isOf(UnitState state) {
        return true;
    }

    /** True when {@link #parameters} asks the host's file system, and so has to be asked on a disk thread. */
    default boolean waits() {
        return false;
    }

    /** The parameters by ascending code; never none. */
    List<LogParameter> parameters(UnitIdentity identity, UnitState state) throws IOException;
}
