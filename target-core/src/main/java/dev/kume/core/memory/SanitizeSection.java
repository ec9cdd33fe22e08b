package dev.kume.core.memory;

import dev.kume.core.scsi.SanitizeState;
import dev.kume.core.scsi.SanitizeState.Method;
import dev.kume.core.scsi.SanitizeState.Phase;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A sanitize operation as bytes. */
final class SanitizeSection {
    private SanitizeSection() {}

    static void write(DataOutputStream out, SanitizeState sanitize) throws IOException {
        out.writeByte(sanitize.phase().ordinal());
        out.writeByte(sanitize.method().ordinal());
        out.writeBoolean(sanitize.unrestricted());
        byte[] pattern = sanitize.pattern();
        out.writeInt(pattern.length);
        out.write(pattern);
        out.writeInt(sanitize.passes());
        out.writeBoolean(sanitize.inverts());
        out.writeLong(sanitize.doneBytes());
        out.writeLong(sanitize.diskBytes());
    }

    static SanitizeState read(ByteBuffer in) {
        Phase phase = Phase.values()[in.get() & 0xFF];
        Method method = Method.values()[in.get() & 0xFF];
        boolean unrestricted = in.get() != 0;
        int patternBytes = in.getInt();
        if (patternBytes < 0 || patternBytes > in.remaining()) {
            throw new IllegalArgumentException("a pattern of %d bytes".formatted(patternBytes));
        }
        byte[] pattern = new byte[patternBytes];
        in.get(pattern);
        return new SanitizeState(
                phase, method, unrestricted, pattern, in.getInt(), in.get() != 0, in.getLong(), in.getLong());
    }
}
