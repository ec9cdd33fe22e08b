package dev.kume.core.scsi.page;

import dev.kume.core.disk.DiskSpace;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.scsi.UnitIdentity;
import dev.kume.core.scsi.UnitState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Logical block provisioning, log page 0Ch, SBC-3 6.2.4, of a thin disk: what its host's file system has left, which
 * others share, and what the disk takes of it.
 */
final class LogicalBlockProvisioningLogPage implements LogPage {
    private static final int AVAILABLE = 0x0001;
    private static final int USED = 0x0002;
    private static final byte DEDICATED = 0b01;
    private static final byte SHARED = 0b10;
    private static final int VALUE_BYTES = 8;

    @Override
    public int code() {
        return 0x0C;
    }

    @Override
    public boolean isOf(UnitState state) {
        VirtualDisk disk = state.disk();
        return disk != null && disk.info().thin();
    }

    @Override
    public boolean waits() {
        return true;
    }

    @Override
    public List<LogParameter> parameters(UnitIdentity identity, UnitState state) throws IOException {
        VirtualDisk disk = state.disk();
        DiskSpace space = disk == null ? null : disk.measureSpace();
        return space == null
                ? List.of(resource(USED, 0, DEDICATED))
                : List.of(resource(AVAILABLE, space.freeBytes(), SHARED), resource(USED, space.usedBytes(), DEDICATED));
    }

    private static LogParameter resource(int code, long bytes, byte scope) {
        byte[] value = ByteBuffer.allocate(VALUE_BYTES)
                .putInt(ThresholdSets.count(bytes))
                .put(scope)
                .array();
        return new LogParameter(code, LogParameter.BINARY_LIST, value);
    }
}
