package dev.kume.protocol.initiator;

import dev.kume.core.scsi.ScsiStatus;
import java.nio.ByteBuffer;

/** How a command ended. */
public final class ScsiResult {
    private static final int FIXED_CURRENT = 0x70;
    private static final int FIXED_DEFERRED = 0x71;

    private final int status;
    private final byte[] sense;
    private final ByteBuffer dataIn;
    private final long residual;

    ScsiResult(int status, byte[] sense, ByteBuffer dataIn, long residual) {
        this.status = status;
        this.sense = sense;
        this.dataIn = dataIn;
        this.residual = residual;
    }

    /** One of {@link ScsiStatus}. */
    public int status() {
        return status;
    }

    /** The sense data, empty when there is none. */
    public byte[] sense() {
        return sense.clone();
    }

    /** What was read, as long as what came: a view of its own. */
    public ByteBuffer dataIn() {
        return dataIn.duplicate();
    }

    /** The same for who keeps it and wants no memory for what was read. */
    public ScsiResult withoutData() {
        return new ScsiResult(status, sense, ByteBuffer.allocate(0), residual);
    }

    /** Bytes: positive, the target had so many more than were expected; negative, so many did not move. */
    public long residual() {
        return residual;
    }

    public boolean isGood() {
        return status == ScsiStatus.GOOD || status == ScsiStatus.CONDITION_MET;
    }

    /** The sense key, or -1 without sense data. */
    public int senseKey() {
        return isFixed() ? at(2, 0x0F) : at(1, 0x0F);
    }

    /** Additional sense code and qualifier as one number, such as 0x2900, or -1 without sense data. */
    public int additionalSense() {
        int code = isFixed() ? at(12, 0xFF) : at(2, 0xFF);
        int qualifier = isFixed() ? at(13, 0xFF) : at(3, 0xFF);
        return code < 0 || qualifier < 0 ? -1 : code << 8 | qualifier;
    }

    private boolean isFixed() {
        int format = at(0, 0x7F);
        return format == FIXED_CURRENT || format == FIXED_DEFERRED;
    }

    private int at(int index, int mask) {
        return index < sense.length ? sense[index] & mask : -1;
    }

    /** {@code status 02, sense 6 2900}. */
    @Override
    public String toString() {
        String words = "status %02x".formatted(status);
        if (sense.length > 0) {
            words += ", sense %x %04x".formatted(senseKey(), additionalSense());
        }
        return residual == 0 ? words : words + ", residual " + residual;
    }
}
