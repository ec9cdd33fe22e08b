package dev.kume.core.scsi.page;

import dev.kume.core.scsi.UnitIdentity;
import dev.kume.core.scsi.UnitState;

/** Block device characteristics, page B1h, SBC-3 6.5.2: how fast the medium rotates, or that it does not. */
final class BlockDeviceCharacteristicsPage implements VpdPage {
    private static final int CONTENT_BYTES = 0x3C;

    /** WABEREQ 01b. */
    private static final byte READS_SUCCEED_AFTER_BLOCK_ERASE = 0x40;

    @Override
    public int code() {
        return 0xB1;
    }

    @Override
    public byte[] content(UnitIdentity identity, UnitState state) {
        byte[] content = new byte[CONTENT_BYTES];
        content[0] = (byte) (identity.rotationRate() >> 8);
        content[1] = (byte) identity.rotationRate();
        content[3] = READS_SUCCEED_AFTER_BLOCK_ERASE;
        return content;
    }
}
