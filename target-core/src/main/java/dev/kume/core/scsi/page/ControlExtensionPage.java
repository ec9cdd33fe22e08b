package dev.kume.core.scsi.page;

import dev.kume.core.scsi.ModeState;
import dev.kume.core.scsi.UnitState;

/**
 * Control extension mode page, 0Ah/01h, SPC-4 7.5.9. No priority of its own for commands (INITIAL COMMAND PRIORITY 0),
 * no timestamp (TCMOS, SCSIP 0), sense data of any length (MAXIMUM SENSE DATA LENGTH 0). IALUAE tells whether access
 * states change by themselves, which nobody can switch off here.
 */
final class ControlExtensionPage implements FixedModePage {
    private static final int CONTENT_BYTES = 0x1C;
    private static final byte IMPLICIT_ASYMMETRIC_ACCESS_ENABLED = 0x01;

    private final boolean asymmetricAccess;

    ControlExtensionPage(boolean asymmetricAccess) {
        this.asymmetricAccess = asymmetricAccess;
    }

    @Override
    public int code() {
        return 0x0A;
    }

    @Override
    public int subpage() {
        return 0x01;
    }

    @Override
    public int contentBytes() {
        return CONTENT_BYTES;
    }

    @Override
    public byte[] content(ModeState modes, UnitState state) {
        byte[] content = new byte[CONTENT_BYTES];
        content[0] = asymmetricAccess ? IMPLICIT_ASYMMETRIC_ACCESS_ENABLED : 0;
        return content;
    }
}
