package dev.kume.core.scsi.page;

import dev.kume.core.scsi.UnitIdentity;
import dev.kume.core.scsi.UnitState;
import java.util.List;

/** Informational exceptions, log page 2Fh, SPC-4 7.3.8: there is none (ASC and ASCQ 0), and no temperature. */
final class InformationalExceptionsLogPage implements LogPage {
    private static final int GENERAL = 0x0000;
    private static final byte TEMPERATURE_NOT_AVAILABLE = (byte) 0xFF;

    @Override
    public int code() {
        return 0x2F;
    }

    @Override
    public List<LogParameter> parameters(UnitIdentity identity, UnitState state) {
        byte[] none = {0x00, 0x00, TEMPERATURE_NOT_AVAILABLE, 0x00};
        return List.of(new LogParameter(GENERAL, LogParameter.BINARY_LIST, none));
    }
}
