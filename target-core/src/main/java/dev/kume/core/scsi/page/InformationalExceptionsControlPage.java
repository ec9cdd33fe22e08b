package dev.kume.core.scsi.page;

import dev.kume.core.scsi.ModeState;

/** Informational exceptions control mode page, SPC-4 7.5.13. DEXCPT: this disk foretells no failures. */
final class InformationalExceptionsControlPage implements ModePage {
    private static final int CONTENT_BYTES = 0x0A;
    private static final byte DISABLE_EXCEPTION_CONTROL = 0x08;

    @Override
    public int code() {
        return 0x1C;
    }

    @Override
    public byte[] content(ModeState modes) {
        byte[] content = new byte[CONTENT_BYTES];
        content[0] = DISABLE_EXCEPTION_CONTROL;
        return content;
    }

    @Override
    public byte[] changeable() {
        return new byte[CONTENT_BYTES];
    }

    @Override
    public ModeState select(ModeState modes, byte[] content) {
        return modes;
    }
}
