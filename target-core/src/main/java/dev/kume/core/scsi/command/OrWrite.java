package dev.kume.core.scsi.command;

import dev.kume.core.disk.IsolatedDisk;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.scsi.Command;
import dev.kume.core.scsi.CommandDescriptor;
import dev.kume.core.scsi.CommandDescriptor.ReservationClass;
import dev.kume.core.scsi.Task;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * ORWRITE(16), SBC-3 5.7: the bits that are set in the data are set on the medium. Each piece is read and written as
 * one step, so that no bit which another command sets or writes meanwhile is lost.
 */
final class OrWrite extends Command {
    private final long transferBytesMax;

    OrWrite(long transferBytesMax) {
        super(CommandDescriptor.of(0x8B, "ORWRITE(16)")
                .usage("8B 1A FF FF FF FF FF FF FF FF FF FF FF FF 1F 00")
                .reservation(ReservationClass.WRITE)
                .writes()
                .build());
        this.transferBytesMax = transferBytesMax;
    }

    @Override
    public void begin(Task task) {
        Transfer.takeBlocks(task, CdbForm.SIXTEEN, transferBytesMax);
    }

    @Override
    public void consume(Task task, VirtualDisk disk, long offsetBytes, ByteBuffer piece) throws IOException {
        int bytes = piece.remaining();
        ByteBuffer merged = ByteBuffer.allocate(bytes);
        IsolatedDisk.of(disk).alone(offsetBytes, bytes, alone -> {
            alone.read(offsetBytes, merged);
            merged.flip();
            merge(merged, piece);
            alone.write(offsetBytes, merged);
        });
        piece.position(piece.limit());
    }

    @Override
    public void consumed(Task task, VirtualDisk disk) throws IOException {
        if (Transfer.writesThrough(task, CdbForm.SIXTEEN)) {
            disk.flush();
        }
    }

    /** Blocks are multiples of eight bytes. */
    private static void merge(ByteBuffer into, ByteBuffer piece) {
        int from = piece.position();
        for (int at = 0; at < into.limit(); at += Long.BYTES) {
            into.putLong(at, into.getLong(at) | piece.getLong(from + at));
        }
    }
}
