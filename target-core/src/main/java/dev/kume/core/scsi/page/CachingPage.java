package dev.kume.core.scsi.page;

import dev.kume.core.scsi.ModeState;
import dev.kume.core.scsi.UnitState;

/** Caching mode page, SBC-3 6.4.5. WCE is the truth, and can be switched: off means that GOOD is durable. */
final class CachingPage implements ModePage {
    private static final int CONTENT_BYTES = 0x12;
    private static final byte WRITE_CACHE_ENABLE = 0x04;

    @Override
    public int code() {
        return 0x08;
    }

    @Override
    public byte[] content(ModeState modes, UnitState state) {
        byte[] content = new byte[CONTENT_BYTES];
        content[0] = modes.writeCacheEnabled() ? WRITE_CACHE_ENABLE : 0;
        return content;
    }

    @Override
    public byte[] changeable() {
        byte[] mask = new byte[CONTENT_BYTES];
        mask[0] = WRITE_CACHE_ENABLE;
        return mask;
    }

    @Override
    public ModeState select(ModeState modes, byte[] content) {
        return modes.withWriteCacheEnabled((content[0] & WRITE_CACHE_ENABLE) != 0);
    }
}
