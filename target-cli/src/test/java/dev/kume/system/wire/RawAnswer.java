package dev.kume.system.wire;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/** How a command ended: SCSI status, the data it read, sense data (empty without) and the residual of the response. */
public record RawAnswer(int status, byte[] data, byte[] sense, boolean overflow, boolean underflow, int residual) {
    public static final int GOOD = 0x00;
    public static final int CHECK_CONDITION = 0x02;

    public boolean good() {
        return status == GOOD;
    }

    /** Sense key, additional sense code and qualifier as {@code 6/29/00}, or the status when there is no sense data. */
    public String outcome() {
        if (sense.length < 14) {
            return "status %02x".formatted(status);
        }
        boolean descriptor = (sense[0] & 0x7F) >= 0x72;
        int key = sense[descriptor ? 1 : 2] & 0x0F;
        int at = descriptor ? 2 : 12;
        HexFormat hex = HexFormat.of();
        return "%x/%s/%s".formatted(key, hex.toHexDigits(sense[at]), hex.toHexDigits(sense[at + 1]));
    }

    /** The data as a buffer, for its fields. */
    public ByteBuffer fields() {
        return ByteBuffer.wrap(data);
    }
}
