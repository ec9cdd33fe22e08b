package dev.kume.protocol.login;

import dev.kume.core.Limits;
import dev.kume.core.Limits.Limit;
import java.util.EnumMap;
import java.util.Map;

/** The target's own side of every negotiation. Immutable. */
public final class TargetParameters {
    private final Map<TextKey, String> values;

    private TargetParameters(Map<TextKey, String> values) {
        this.values = values;
    }

    /** What this target wants within these limits: InitialR2T and ImmediateData, as most targets in the field. */
    public static TargetParameters of(Limits limits) {
        long maxBurstLength = limits.get(Limit.MAX_BURST_BYTES);
        Map<TextKey, String> values = new EnumMap<>(TextKey.class);
        values.put(TextKey.HEADER_DIGEST, "None,CRC32C");
        values.put(TextKey.DATA_DIGEST, "None,CRC32C");
        values.put(TextKey.MAX_CONNECTIONS, "1");
        values.put(TextKey.INITIAL_R2T, TextKey.YES);
        values.put(TextKey.IMMEDIATE_DATA, TextKey.YES);
        values.put(TextKey.MAX_RECV_DATA_SEGMENT_LENGTH, Long.toString(limits.get(Limit.MAX_RECV_DATA_SEGMENT_BYTES)));
        values.put(TextKey.MAX_BURST_LENGTH, Long.toString(maxBurstLength));
        values.put(
                TextKey.FIRST_BURST_LENGTH,
                Long.toString(Math.min(limits.get(Limit.FIRST_BURST_BYTES), maxBurstLength)));
        // Error recovery level 0 keeps no tasks for a reconnect, and an initiator need not wait for anything.
        values.put(TextKey.DEFAULT_TIME2WAIT, "0");
        values.put(TextKey.DEFAULT_TIME2RETAIN, "0");
        values.put(TextKey.MAX_OUTSTANDING_R2T, Long.toString(limits.get(Limit.MAX_OUTSTANDING_R2T)));
        values.put(TextKey.DATA_PDU_IN_ORDER, TextKey.YES);
        values.put(TextKey.DATA_SEQUENCE_IN_ORDER, TextKey.YES);
        values.put(TextKey.ERROR_RECOVERY_LEVEL, "0");
        values.put(TextKey.TASK_REPORTING, "RFC3720");
        values.put(TextKey.ISCSI_PROTOCOL_LEVEL, "1");
        return new TargetParameters(values);
    }

    /** The same with another preference; No still gives way to an initiator that says Yes. */
    public TargetParameters withInitialR2T(boolean initialR2T) {
        return with(TextKey.INITIAL_R2T, initialR2T);
    }

    /** The same with another preference; Yes still gives way to an initiator that says No. */
    public TargetParameters withImmediateData(boolean immediateData) {
        return with(TextKey.IMMEDIATE_DATA, immediateData);
    }

    /** The value of a key in which the target has a say. */
    String value(TextKey key) {
        String value = values.get(key);
        if (value == null) {
            throw new IllegalArgumentException(key + " is nothing that the target negotiates");
        }
        return value;
    }

    private TargetParameters with(TextKey key, boolean yes) {
        Map<TextKey, String> changed = new EnumMap<>(values);
        changed.put(key, yes ? TextKey.YES : TextKey.NO);
        return new TargetParameters(changed);
    }
}
