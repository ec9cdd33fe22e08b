package dev.kume.core.scsi.page;

import dev.kume.core.scsi.ModeState;
import dev.kume.core.scsi.UnitState;

/** One mode page or subpage, SPC-4 7.5. Contents are what stands behind the page code and the page length. */
interface ModePage {
    /** SUBPAGE CODE of a page that has the page_0 format, SPC-4 7.5.7. */
    int NO_SUBPAGE = 0x00;

    /** PAGE CODE. */
    int code();

    /** SUBPAGE CODE. */
    default int subpage() {
        return NO_SUBPAGE;
    }

    /** True when a unit in this state has the page. */
    default boolean isOf(UnitState state) {
        return true;
    }

    /**
     * The page with these values.
     *
     * @param state the unit, for what does not follow from the values; fixed bits may depend on nothing else
     */
    byte[] content(ModeState values, UnitState state);

    /** One bits where MODE SELECT may change something, and save it; as long as the content. */
    byte[] changeable();

    /** The modes after this content has been selected. It differs from {@link #content} in changeable bits only. */
    ModeState select(ModeState modes, byte[] content);
}
