package dev.kume.core.scsi.command;

import dev.kume.core.scsi.BlockGeometry;
import dev.kume.core.scsi.Command;
import dev.kume.core.scsi.CommandDescriptor;
import dev.kume.core.scsi.CommandDescriptor.ReservationClass;
import dev.kume.core.scsi.ModeState;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.Task;
import dev.kume.core.scsi.UnitState;
import dev.kume.core.scsi.page.ModePages;
import dev.kume.core.scsi.page.PageControl;
import java.nio.ByteBuffer;
import java.util.List;

/** MODE SENSE(6) and (10), SPC-4 6.14 and 6.15. */
final class ModeSense extends Command {
    private static final int PAGE = 2;
    private static final int SUBPAGE = 3;
    private static final byte WRITE_PROTECT = (byte) 0x80;
    private static final byte DPO_AND_FUA = 0x10;
    private static final int SHORT_DESCRIPTOR_BYTES = 8;
    private static final int LONG_DESCRIPTOR_BYTES = 16;
    private static final long SHORT_BLOCKS_MAX = 0xFFFF_FFFFL;

    private final ModeForm form;
    private final ModePages pages;

    private ModeSense(CommandDescriptor.Builder descriptor, ModeForm form, ModePages pages) {
        super(descriptor.reservation(ReservationClass.READ).toleratesScsi2Lun().build());
        this.form = form;
        this.pages = pages;
    }

    static List<Command> family(ModePages pages) {
        return List.of(
                new ModeSense(
                        CommandDescriptor.of(0x1A, "MODE SENSE(6)").usage("1A 08 FF FF FF 00"), ModeForm.SIX, pages),
                new ModeSense(
                        CommandDescriptor.of(0x5A, "MODE SENSE(10)").usage("5A 18 FF FF 00 00 00 FF FF 00"),
                        ModeForm.TEN,
                        pages));
    }

    @Override
    public void begin(Task task) {
        byte[] cdb = task.cdb();
        PageControl control = PageControl.of(cdb[PAGE]);
        UnitState state = task.unitState();
        int pageCode = cdb[PAGE] & 0x3F;
        int subpageCode = Cdb.unsignedByte(cdb, SUBPAGE);
        if (!pages.hasPage(pageCode, state)) {
            task.terminate(Sense.INVALID_FIELD_IN_CDB.inCdb(PAGE, 5));
            return;
        }
        if (!pages.hasSubpage(pageCode, subpageCode, state)) {
            task.terminate(Sense.INVALID_FIELD_IN_CDB.inCdb(SUBPAGE, -1));
            return;
        }
        byte[] content = pages.sense(control, pageCode, subpageCode, state, ModeState.DEFAULT);
        task.respond(parameters(task, control, content), form.length(cdb));
    }

    private ByteBuffer parameters(Task task, PageControl control, byte[] content) {
        byte[] cdb = task.cdb();
        UnitState state = task.unitState();
        boolean withoutDescriptor = Cdb.bit(cdb, 1, 3);
        boolean longBlocks = form == ModeForm.TEN && Cdb.bit(cdb, 1, 4);
        int fullDescriptorBytes = longBlocks ? LONG_DESCRIPTOR_BYTES : SHORT_DESCRIPTOR_BYTES;
        int descriptorBytes = withoutDescriptor ? 0 : fullDescriptorBytes;
        int totalBytes = form.headerBytes() + descriptorBytes + content.length;
        byte deviceSpecific = (byte) (DPO_AND_FUA | (state.refusesWrites() ? WRITE_PROTECT : 0));
        ByteBuffer data = ByteBuffer.allocate(totalBytes);
        if (form == ModeForm.SIX) {
            data.put((byte) (totalBytes - 1)).put((byte) 0).put(deviceSpecific).put((byte) descriptorBytes);
        } else {
            data.putShort((short) (totalBytes - 2)).put((byte) 0).put(deviceSpecific);
            data.put((byte) (longBlocks && !withoutDescriptor ? 1 : 0)).put((byte) 0);
            data.putShort((short) descriptorBytes);
        }
        // No field of the descriptor can be changed, so its changeable values are zeroes.
        if (descriptorBytes > 0 && control != PageControl.CHANGEABLE) {
            putDescriptor(data, state.geometry(), longBlocks);
        }
        data.position(form.headerBytes() + descriptorBytes);
        return data.put(content).flip();
    }

    private static void putDescriptor(ByteBuffer data, BlockGeometry geometry, boolean longBlocks) {
        if (longBlocks) {
            data.putLong(geometry.blocks()).putInt(0).putInt(geometry.blockBytes());
        } else {
            data.putInt((int) Math.min(geometry.blocks(), SHORT_BLOCKS_MAX)).putInt(geometry.blockBytes());
        }
    }
}
