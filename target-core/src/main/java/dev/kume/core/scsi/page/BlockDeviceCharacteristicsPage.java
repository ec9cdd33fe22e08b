package dev.kume.core.scsi.page;

import dev.kume.core.scsi.UnitIdentity;
import dev.kume.core.scsi.UnitState;

/** Block device characteristics, page B1h, SBC-3 6.5.2: a medium that does not rotate, so nobody defragments it. */
final class BlockDeviceCharacteristicsPage implements VpdPage {
    private static final int CONTENT_BYTES = 0x3C;
    private static final byte NON_ROTATING = 0x01;

    @Override
    public int code() {
        return 0xB1;
    }

    @Override
    public byte[] content(UnitIdentity identity, UnitState state) {
        byte[] content = new byte[CONTENT_BYTES];
        content[1] = NON_ROTATING;
        return content;
    }
}
