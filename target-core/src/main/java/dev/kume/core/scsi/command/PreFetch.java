package dev.kume.core.scsi.command;

import dev.kume.core.scsi.BlockGeometry;
import dev.kume.core.scsi.Command;
import dev.kume.core.scsi.CommandDescriptor;
import dev.kume.core.scsi.CommandDescriptor.ReservationClass;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.Task;
import java.util.List;

/**
 * PRE-FETCH(10) and (16), SBC-3 5.9 and 5.10. The blocks are read into the host's cache, as far as MAXIMUM PREFETCH
 * LENGTH of page B0h goes; IMMED answers first.
 *
 * <p>The status is GOOD, not CONDITION MET: that one promises room in the cache for all of the blocks, and this cache
 * is shared with everything else that the host does.
 */
final class PreFetch extends Command {
    private final CdbForm form;
    private final long prefetchBytesMax;

    private PreFetch(CommandDescriptor.Builder descriptor, CdbForm form, long prefetchBytesMax) {
        super(descriptor
                .reservation(ReservationClass.READ)
                .needsMedium()
                .toleratesScsi2Lun()
                .build());
        this.form = form;
        this.prefetchBytesMax = prefetchBytesMax;
    }

    static List<Command> family(long prefetchBytesMax) {
        return List.of(
                new PreFetch(
                        CommandDescriptor.of(0x34, "PRE-FETCH(10)").usage("34 02 FF FF FF FF 1F FF FF 00"),
                        CdbForm.TEN,
                        prefetchBytesMax),
                new PreFetch(
                        CommandDescriptor.of(0x90, "PRE-FETCH(16)")
                                .usage("90 02 FF FF FF FF FF FF FF FF FF FF FF FF 1F 00"),
                        CdbForm.SIXTEEN,
                        prefetchBytesMax));
    }

    @Override
    public void begin(Task task) {
        BlockGeometry geometry = task.geometry();
        BlockRange asked = form.range(task.cdb());
        if (!asked.isOn(geometry)) {
            task.terminate(Sense.LBA_OUT_OF_RANGE);
            return;
        }
        boolean immediate = Cdb.bit(task.cdb(), 1, 1);
        if (immediate) {
            task.good();
            return;
        }
        BlockRange range = asked.zeroMeansToTheEnd(geometry);
        long offsetBytes = range.offsetBytes(geometry);
        long lengthBytes = Math.min(prefetchBytesMax, range.lengthBytes(geometry));
        task.work((it, disk) -> Medium.readThrough(it, disk, offsetBytes, lengthBytes));
    }
}
