package dev.kume.core.scsi.command;

import dev.kume.core.scsi.AsymmetricAccess;
import dev.kume.core.scsi.Command;
import dev.kume.core.scsi.CommandDescriptor;
import dev.kume.core.scsi.CommandDescriptor.ReservationClass;
import dev.kume.core.scsi.LogicalUnit;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.Task;
import dev.kume.core.scsi.page.StandardInquiryData;
import dev.kume.core.scsi.page.VpdPages;
import java.nio.ByteBuffer;

/** INQUIRY, SPC-4 6.6. Answers at any LUN; where there is no unit, peripheral qualifier 011b says so. */
final class Inquiry extends Command {
    private static final int PAGE_CODE = 2;

    private final VpdPages pages;
    private final AsymmetricAccess access;

    Inquiry(VpdPages pages, AsymmetricAccess access) {
        super(CommandDescriptor.of(0x12, "INQUIRY")
                .usage("12 01 FF FF FF 00")
                .reservation(ReservationClass.ALWAYS)
                .passesAttention()
                .anyLun()
                .toleratesScsi2Lun()
                .build());
        this.pages = pages;
        this.access = access;
    }

    @Override
    public void begin(Task task) {
        byte[] cdb = task.cdb();
        boolean vitalProductData = Cdb.bit(cdb, 1, 0);
        int pageCode = Cdb.unsignedByte(cdb, PAGE_CODE);
        if (!vitalProductData && pageCode != 0) {
            task.terminate(Sense.INVALID_FIELD_IN_CDB.inCdb(PAGE_CODE, -1));
            return;
        }
        LogicalUnit unit = task.unitOrNull();
        byte[] data;
        if (vitalProductData) {
            data = unit == null
                    ? pages.withoutUnit(pageCode)
                    : pages.build(
                            pageCode,
                            unit.identity(),
                            task.unitState(),
                            task.nexus().nexus());
        } else {
            data = unit == null
                    ? StandardInquiryData.withoutUnit()
                    : StandardInquiryData.of(unit.identity(), access.isOn());
        }
        if (data == null) {
            task.terminate(Sense.INVALID_FIELD_IN_CDB.inCdb(PAGE_CODE, -1));
        } else {
            task.respond(ByteBuffer.wrap(data), Cdb.unsignedShort(cdb, 3));
        }
    }
}
