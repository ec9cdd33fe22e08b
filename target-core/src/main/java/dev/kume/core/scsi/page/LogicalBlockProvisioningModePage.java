package dev.kume.core.scsi.page;

import dev.kume.core.disk.DiskSpace;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.scsi.ModeState;
import dev.kume.core.scsi.UnitState;
import java.nio.ByteBuffer;

/**
 * Logical block provisioning mode page, 1Ch/02h, SBC-3 6.3.7, of a thin disk: one soft threshold, of available space,
 * armed while it decreases. The administrator sets it, for all disks; every initiator hears of it (SITUA 0).
 */
final class LogicalBlockProvisioningModePage implements FixedModePage {
    private static final int CONTENT_BYTES = 20;
    private static final int DESCRIPTOR_AT = 12;
    private static final byte ENABLED = (byte) 0x80;
    private static final byte AVAILABLE_SPACE = 0x01;

    private final int percent;

    LogicalBlockProvisioningModePage(int percent) {
        this.percent = percent;
    }

    @Override
    public int code() {
        return 0x1C;
    }

    @Override
    public int subpage() {
        return 0x02;
    }

    @Override
    public boolean isOf(UnitState state) {
        VirtualDisk disk = state.disk();
        return disk != null && disk.info().thin();
    }

    @Override
    public int contentBytes() {
        return CONTENT_BYTES;
    }

    @Override
    public byte[] content(ModeState modes, UnitState state) {
        ByteBuffer content = ByteBuffer.allocate(CONTENT_BYTES);
        VirtualDisk disk = state.disk();
        DiskSpace space = disk == null ? null : disk.lastSpace();
        content.put(DESCRIPTOR_AT + 1, AVAILABLE_SPACE);
        if (space != null && percent > 0) {
            content.put(DESCRIPTOR_AT, ENABLED);
            content.putInt(DESCRIPTOR_AT + 4, ThresholdSets.count(space.percentBytes(percent)));
        }
        return content.array();
    }
}
