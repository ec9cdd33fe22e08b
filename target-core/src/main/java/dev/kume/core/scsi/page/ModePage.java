package dev.kume.core.scsi.page;

import dev.kume.core.scsi.ModeState;

/** One mode page, SPC-4 7.5. Contents are what stands behind the page code and the page length. */
interface ModePage {
    /** PAGE CODE; none of the pages has a subpage. */
    int code();

    byte[] content(ModeState modes);

    /** One bits where MODE SELECT may change something. */
    byte[] changeable();

    /** The modes after this content has been selected. It differs from {@link #content} in changeable bits only. */
    ModeState select(ModeState modes, byte[] content);
}
