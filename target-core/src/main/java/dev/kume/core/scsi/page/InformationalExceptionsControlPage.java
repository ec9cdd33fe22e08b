package dev.kume.core.scsi.page;

import dev.kume.core.scsi.ModeState;
import dev.kume.core.scsi.UnitState;

/**
 * Informational exceptions control mode page, SPC-4 7.5.13. DEXCPT is set, MRIE is 0 and there is no TEST: this disk
 * foretells no failures, so none are reported and none can be feigned. What does fail is told by the command it fails.
 */
final class InformationalExceptionsControlPage implements FixedModePage {
    private static final int CONTENT_BYTES = 0x0A;
    private static final byte DISABLE_EXCEPTION_CONTROL = 0x08;

    @Override
    public int code() {
        return 0x1C;
    }

    @Override
    public int contentBytes() {
        return CONTENT_BYTES;
    }

    @Override
    public byte[] content(ModeState modes, UnitState state) {
        byte[] content = new byte[CONTENT_BYTES];
        content[0] = DISABLE_EXCEPTION_CONTROL;
        return content;
    }
}
