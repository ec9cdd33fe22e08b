package dev.kume.core.scsi.command;

import dev.kume.core.scsi.BlockGeometry;
import dev.kume.core.scsi.Command;
import dev.kume.core.scsi.CommandDescriptor;
import dev.kume.core.scsi.CommandDescriptor.ReservationClass;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.Task;
import dev.kume.core.scsi.page.ModePages;
import dev.kume.core.scsi.page.ModeSelection;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * MODE SELECT(6) and (10), SPC-4 6.12 and 6.13. All pages of a list are taken, or none. Every other nexus learns of a
 * change by a unit attention. With SP the values of all pages are saved: they outlive a reset and the daemon. Without
 * it they last until the unit is reset.
 */
final class ModeSelect extends Command {
    private static final long SHORT_BLOCKS_MAX = 0xFFFF_FFFFL;

    private final ModeForm form;
    private final ModePages pages;

    private ModeSelect(CommandDescriptor.Builder descriptor, ModeForm form, ModePages pages) {
        super(descriptor
                .reservation(ReservationClass.WRITE)
                .flushes()
                .toleratesScsi2Lun()
                .seconds(10, 120)
                .build());
        this.form = form;
        this.pages = pages;
    }

    static List<Command> family(ModePages pages) {
        return List.of(
                new ModeSelect(
                        CommandDescriptor.of(0x15, "MODE SELECT(6)").usage("15 11 00 00 FF 00"), ModeForm.SIX, pages),
                new ModeSelect(
                        CommandDescriptor.of(0x55, "MODE SELECT(10)").usage("55 11 00 00 00 00 00 FF FF 00"),
                        ModeForm.TEN,
                        pages));
    }

    @Override
    public void begin(Task task) {
        int listBytes = form.length(task.cdb());
        boolean pageFormat = Cdb.bit(task.cdb(), 1, 4);
        if (listBytes == 0) {
            select(task, ModeSelection.NOTHING);
        } else if (!pageFormat) {
            task.terminate(Sense.INVALID_FIELD_IN_CDB.inCdb(1, 4));
        } else {
            task.gather(listBytes);
        }
    }

    @Override
    public void gathered(Task task, ByteBuffer parameters) {
        ByteBuffer list = parameters.slice();
        int listBytes = list.remaining();
        if (listBytes < form.headerBytes() || listBytes < form.length(task.cdb())) {
            task.terminate(Sense.PARAMETER_LIST_LENGTH_ERROR);
            return;
        }
        int descriptorBytes = form == ModeForm.SIX ? list.get(3) & 0xFF : list.getShort(6) & 0xFFFF;
        int pagesAt = form.headerBytes() + descriptorBytes;
        if (listBytes < pagesAt) {
            task.terminate(Sense.PARAMETER_LIST_LENGTH_ERROR);
            return;
        }
        int wrongAt = wrongDescriptorField(list, descriptorBytes, task.geometry());
        if (wrongAt >= 0) {
            task.terminate(Sense.INVALID_FIELD_IN_PARAMETER_LIST.inParameters(wrongAt, -1));
            return;
        }
        ModeSelection selection = pages.select(list.position(pagesAt), task.unitState());
        Sense refusal = selection.refusal();
        if (refusal != null) {
            task.terminate(refusal);
        } else {
            select(task, selection);
        }
    }

    private static void select(Task task, ModeSelection selection) {
        boolean savesPages = Cdb.bit(task.cdb(), 1, 0);
        task.change(new ModeChange(task.unit(), task.nexus(), selection, savesPages));
    }

    /**
     * Where a block descriptor would change number or length of the blocks, which no MODE SELECT can; -1 when there is
     * no descriptor, or one that leaves both as they are.
     */
    private int wrongDescriptorField(ByteBuffer list, int descriptorBytes, BlockGeometry geometry) {
        if (descriptorBytes == 0) {
            return -1;
        }
        boolean longBlocks = form == ModeForm.TEN && (list.get(4) & 1) != 0;
        if (descriptorBytes != (longBlocks ? 16 : 8)) {
            return form == ModeForm.SIX ? 3 : 6;
        }
        int at = form.headerBytes();
        int blockBytesAt = at + (longBlocks ? 12 : 5);
        long blocks = longBlocks ? list.getLong(at) : list.getInt(at) & 0xFFFF_FFFFL;
        int blockBytes = longBlocks ? list.getInt(blockBytesAt) : list.getInt(at + 4) & 0xFF_FFFF;
        // SBC-3 6.4.2: zero means unchanged, all ones the capacity that there is.
        boolean sameBlocks =
                blocks == 0 || blocks == geometry.blocks() || blocks == (longBlocks ? -1 : SHORT_BLOCKS_MAX);
        if (!sameBlocks) {
            return at;
        }
        return blockBytes == geometry.blockBytes() ? -1 : blockBytesAt;
    }
}
