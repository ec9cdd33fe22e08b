package dev.kume.core.scsi.page;

import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.scsi.BlockGeometry;
import dev.kume.core.scsi.UnitIdentity;
import dev.kume.core.scsi.UnitState;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Block limits, page B0h, SBC-3 6.5.3. UNMAP and WRITE SAME go as far as the disk: they run in steps, so their length
 * needs no bound.
 */
final class BlockLimitsPage implements VpdPage {
    private static final int CONTENT_BYTES = 0x3C;
    private static final int NO_LIMIT = 0xFFFF_FFFF;
    private static final int ALIGNMENT_VALID = 1 << 31;

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
        content.put(5 - 4, (byte) BlockLimits.compareAndWriteBlocksMax(geometry));
        content.putShort(6 - 4, (short) (1 << geometry.physicalBlockExponent())); // OPTIMAL ... GRANULARITY
        content.putInt(8 - 4, blocksMax); // MAXIMUM TRANSFER LENGTH
        content.putInt(16 - 4, blocksMax); // MAXIMUM PREFETCH LENGTH
        content.putInt(20 - 4, NO_LIMIT); // MAXIMUM UNMAP LBA COUNT
        content.putInt(24 - 4, BlockLimits.UNMAP_DESCRIPTORS_MAX);
        content.putInt(28 - 4, granularity(geometry, state.disk())); // OPTIMAL UNMAP GRANULARITY
        content.putInt(32 - 4, ALIGNMENT_VALID); // UGAVALID, UNMAP GRANULARITY ALIGNMENT 0
        return content.array();
    }

    /** The unit of space of the device below, in blocks, and never less than a physical block. */
    private static int granularity(BlockGeometry geometry, @Nullable VirtualDisk disk) {
        int physical = 1 << geometry.physicalBlockExponent();
        return disk == null ? physical : Math.max(physical, disk.info().spaceBytes() >>> geometry.blockShift());
    }
}
