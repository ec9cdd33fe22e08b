package dev.kume.core.scsi.command;

import dev.kume.core.scsi.BlockGeometry;
import dev.kume.core.scsi.Command;
import dev.kume.core.scsi.CommandDescriptor;
import dev.kume.core.scsi.CommandDescriptor.ReservationClass;
import dev.kume.core.scsi.ITLNexus;
import dev.kume.core.scsi.LogicalUnit;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.Task;
import dev.kume.core.scsi.UnitChange;
import dev.kume.core.scsi.UnitState;
import dev.kume.core.scsi.page.ModePages;
import dev.kume.core.scsi.page.ModeSelection;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * MODE SELECT(6) and (10), SPC-4 6.12 and 6.13. All pages of a list are taken, or none. Every other nexus learns of a
 * change by a unit attention. SP is accepted, as Windows may set it; values last until the unit is reset.
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
            task.good();
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
        if (!keepsBlocks(list, descriptorBytes, task.geometry())) {
            task.terminate(Sense.INVALID_FIELD_IN_PARAMETER_LIST.inParameters(form.headerBytes(), -1));
            return;
        }
        ModeSelection selection = pages.select(list.position(pagesAt), task.unitState());
        Sense refusal = selection.refusal();
        if (refusal != null) {
            task.terminate(refusal);
        } else {
            task.change(new Change(task.unit(), task.nexus(), selection));
        }
    }

    /** True when there is no block descriptor, or one that leaves number and length of the blocks as they are. */
    private boolean keepsBlocks(ByteBuffer list, int descriptorBytes, BlockGeometry geometry) {
        if (descriptorBytes == 0) {
            return true;
        }
        boolean longBlocks = form == ModeForm.TEN && (list.get(4) & 1) != 0;
        if (descriptorBytes != (longBlocks ? 16 : 8)) {
            return false;
        }
        int at = form.headerBytes();
        long blocks = longBlocks ? list.getLong(at) : list.getInt(at) & 0xFFFF_FFFFL;
        int blockBytes = longBlocks ? list.getInt(at + 12) : list.getInt(at + 4) & 0xFF_FFFF;
        // SBC-3 6.4.2: zero means unchanged, all ones the capacity that there is.
        boolean sameBlocks =
                blocks == 0 || blocks == geometry.blocks() || blocks == (longBlocks ? -1 : SHORT_BLOCKS_MAX);
        return sameBlocks && blockBytes == geometry.blockBytes();
    }

    /** The selection on its way: published in turn, then made true on a disk thread. */
    private static final class Change implements UnitChange {
        private final LogicalUnit unit;
        private final ITLNexus from;
        private final ModeSelection selection;
        private boolean writeCacheOff;

        Change(LogicalUnit unit, ITLNexus from, ModeSelection selection) {
            this.unit = unit;
            this.from = from;
            this.selection = selection;
        }

        @Override
        public UnitState apply(UnitState now) {
            return now.withModes(selection.change().apply(now.modes()));
        }

        @Override
        public void published(UnitState before, UnitState after) {
            writeCacheOff = !after.modes().writeCacheEnabled();
            if (!before.modes().equals(after.modes())) {
                unit.raise(Sense.MODE_PARAMETERS_CHANGED, nexus -> nexus != from);
            }
        }

        @Override
        public void ended(Task task) {
            // Published before the flush: a write that still saw the cache on has returned by now and is flushed here,
            // and every other one flushes for itself.
            if (writeCacheOff) {
                task.work((flushing, disk) -> disk.flush());
            } else {
                task.good();
            }
        }
    }
}
