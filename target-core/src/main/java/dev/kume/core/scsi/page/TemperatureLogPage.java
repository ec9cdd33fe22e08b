package dev.kume.core.scsi.page;

import dev.kume.core.scsi.UnitIdentity;
import dev.kume.core.scsi.UnitState;
import java.util.List;

/** Temperature, log page 0Dh, SPC-4 7.3.20: a virtual disk has none, and none at which it should not run. */
final class TemperatureLogPage implements LogPage {
    private static final int TEMPERATURE = 0x0000;
    private static final int REFERENCE_TEMPERATURE = 0x0001;
    private static final byte NOT_AVAILABLE = (byte) 0xFF;

    @Override
    public int code() {
        return 0x0D;
    }

    @Override
    public List<LogParameter> parameters(UnitIdentity identity, UnitState state) {
        byte[] none = {0, NOT_AVAILABLE};
        return List.of(
                new LogParameter(TEMPERATURE, LogParameter.BINARY_LIST, none),
                new LogParameter(REFERENCE_TEMPERATURE, LogParameter.BINARY_LIST, none));
    }
}
