package dev.kume.core.scsi.command;

import dev.kume.core.disk.DiskExtent;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.scsi.BlockGeometry;
import dev.kume.core.scsi.Command;
import dev.kume.core.scsi.CommandDescriptor;
import dev.kume.core.scsi.CommandDescriptor.ReservationClass;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.Task;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * GET LBA STATUS, SBC-3 5.4: what is mapped and what is deallocated, from the real holes of the file. Neighbours of one
 * kind are one descriptor. A disk that keeps its space is mapped everywhere.
 *
 * <p>The answer may end before the disk does, as the clause allows: it holds as many descriptors as were asked for, at
 * most {@value #DESCRIPTORS_MAX}, and looks at most {@value #LOOKS_MAX} times.
 */
final class GetLbaStatus extends Command {
    private static final int DESCRIPTORS_MAX = 1024;
    private static final int LOOKS_MAX = 4096;
    private static final int HEADER_BYTES = 8;
    private static final int DESCRIPTOR_BYTES = 16;
    private static final int MAPPED = 0;
    private static final int DEALLOCATED = 1;
    private static final long BLOCKS_PER_DESCRIPTOR_MAX = 0xFFFF_FFFFL;

    GetLbaStatus() {
        super(CommandDescriptor.of(0x9E, 0x12, "GET LBA STATUS")
                .usage("9E 12 FF FF FF FF FF FF FF FF FF FF FF FF 00 00")
                .reservation(ReservationClass.READ)
                .needsMedium()
                .build());
    }

    @Override
    public void begin(Task task) {
        long lba = Cdb.longAt(task.cdb(), 2);
        if (task.geometry().contains(lba, 1)) {
            task.work((it, disk) -> look(it, disk, lba));
        } else {
            task.terminate(Sense.LBA_OUT_OF_RANGE);
        }
    }

    private static void look(Task task, VirtualDisk disk, long lba) throws IOException {
        long allocationBytes = Cdb.unsignedInt(task.cdb(), 10);
        long wanted = Math.max(1, (allocationBytes - HEADER_BYTES) / DESCRIPTOR_BYTES);
        int descriptorsMax = (int) Math.min(DESCRIPTORS_MAX, wanted);
        ByteBuffer data = ByteBuffer.allocate(HEADER_BYTES + descriptorsMax * DESCRIPTOR_BYTES);
        data.position(HEADER_BYTES);
        BlockGeometry geometry = task.geometry();
        long from = lba;
        long at = lba;
        int status = MAPPED;
        for (int look = 0; look < LOOKS_MAX && at < geometry.blocks() && data.hasRemaining(); look++) {
            if (task.givesUp()) {
                return;
            }
            long blocks = blocksOfOneKind(disk, geometry, at);
            int kind = blocks < 0 ? DEALLOCATED : MAPPED;
            if (kind != status && at > from) {
                put(data, from, at, status);
                from = at;
            }
            status = kind;
            at += Math.abs(blocks);
            while (at - from > BLOCKS_PER_DESCRIPTOR_MAX && data.hasRemaining()) {
                put(data, from, from + BLOCKS_PER_DESCRIPTOR_MAX, status);
                from += BLOCKS_PER_DESCRIPTOR_MAX;
            }
        }
        if (data.hasRemaining()) {
            put(data, from, at, status);
        }
        data.flip().putInt(0, data.limit() - Integer.BYTES);
        task.outcome(data, allocationBytes);
    }

    /** Blocks from {@code lba} on of one kind, negative for deallocated ones. A block with any data in it is mapped. */
    private static long blocksOfOneKind(VirtualDisk disk, BlockGeometry geometry, long lba) throws IOException {
        long left = geometry.blocks() - lba;
        if (!disk.info().thin()) {
            return left;
        }
        int shift = geometry.blockShift();
        DiskExtent extent = disk.extentAt(lba << shift, left << shift);
        if (extent.mapped()) {
            return (extent.lengthBytes() + geometry.blockBytes() - 1) >>> shift;
        }
        long whole = extent.lengthBytes() >>> shift;
        return whole == 0 ? 1 : -whole;
    }

    private static void put(ByteBuffer data, long from, long to, int status) {
        data.putLong(from)
                .putInt((int) (to - from))
                .put((byte) status)
                .put((byte) 0)
                .putShort((short) 0);
    }
}
