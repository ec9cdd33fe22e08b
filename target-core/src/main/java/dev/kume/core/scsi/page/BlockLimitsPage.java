package dev.kume.core.scsi.page;

import dev.kume.core.scsi.BlockGeometry;
import dev.kume.core.scsi.UnitIdentity;
import dev.kume.core.scsi.UnitState;
import java.nio.ByteBuffer;

/** Block limits, page B0h, SBC-3 6.5.3. No limit is told for commands that are not there (UNMAP, WRITE SAME ...). */
final class BlockLimitsPage implements VpdPage {
    private static final int CONTENT_BYTES = 0x3C;

    private final long transferBytesMax;

    BlockLimitsPage(long transferBytesMax) {
        this.transferBytesMax = transferBytesMax;
    }

    @Override
    public int code() {
        return 0xB0;
    }

    @Override
    public byte[] content(UnitIdentity identity, UnitState state) {
        BlockGeometry geometry = state.geometry();
        int blocksMax = (int) (transferBytesMax >>> geometry.blockShift());
        ByteBuffer content = ByteBuffer.allocate(CONTENT_BYTES);
        content.putShort(6 - 4, (short) (1 << geometry.physicalBlockExponent())); // OPTIMAL ... GRANULARITY
        content.putInt(8 - 4, blocksMax); // MAXIMUM TRANSFER LENGTH
        content.putInt(16 - 4, blocksMax); // MAXIMUM PREFETCH LENGTH
        return content.array();
    }
}
