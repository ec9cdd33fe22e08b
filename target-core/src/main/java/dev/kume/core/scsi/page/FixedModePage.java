package dev.kume.core.scsi.page;

import dev.kume.core.scsi.ModeState;

/** A mode page of which nothing can be changed. */
interface FixedModePage extends ModePage {
    /** Bytes behind the page length. */
    int contentBytes();

    @Override
    default byte[] changeable() {
        return new byte[contentBytes()];
    }

    @Override
    default ModeState select(ModeState modes, byte[] content) {
        return modes;
    }
}
