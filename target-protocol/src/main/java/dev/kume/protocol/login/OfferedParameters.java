package dev.kume.protocol.login;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** What an initiator offers in the operational stage of a login, in the order in which it says it. Immutable. */
public final class OfferedParameters {
    private final Map<TextKey, String> values;

    private OfferedParameters(Map<TextKey, String> values) {
        this.values = Collections.unmodifiableMap(values);
    }

    /** What a Windows host offers with the settings it comes with, but error recovery level 0. */
    public static OfferedParameters windows() {
        Map<TextKey, String> values = new LinkedHashMap<>();
        values.put(TextKey.HEADER_DIGEST, "None,CRC32C");
        values.put(TextKey.DATA_DIGEST, "None,CRC32C");
        values.put(TextKey.ERROR_RECOVERY_LEVEL, "0");
        values.put(TextKey.INITIAL_R2T, TextKey.NO);
        values.put(TextKey.IMMEDIATE_DATA, TextKey.YES);
        values.put(TextKey.MAX_RECV_DATA_SEGMENT_LENGTH, "65536");
        values.put(TextKey.MAX_BURST_LENGTH, "262144");
        values.put(TextKey.FIRST_BURST_LENGTH, "65536");
        values.put(TextKey.MAX_CONNECTIONS, "1");
        values.put(TextKey.MAX_OUTSTANDING_R2T, "16");
        values.put(TextKey.DATA_PDU_IN_ORDER, TextKey.YES);
        values.put(TextKey.DATA_SEQUENCE_IN_ORDER, TextKey.YES);
        values.put(TextKey.DEFAULT_TIME2WAIT, "0");
        values.put(TextKey.DEFAULT_TIME2RETAIN, "0");
        return new OfferedParameters(values);
    }

    /** The same with another value of one key; nothing checks that the standard allows it. */
    public OfferedParameters with(TextKey key, String value) {
        Map<TextKey, String> changed = new LinkedHashMap<>(values);
        changed.put(key, value);
        return new OfferedParameters(changed);
    }

    /** The same with CRC32C required, or no digest at all, for headers and for data. */
    public OfferedParameters withDigests(boolean header, boolean data) {
        return with(TextKey.HEADER_DIGEST, header ? "CRC32C" : "None")
                .with(TextKey.DATA_DIGEST, data ? "CRC32C" : "None");
    }

    /** The longest data segment that this initiator takes, in bytes. */
    public int maxRecvDataSegmentLength() {
        TextKey key = TextKey.MAX_RECV_DATA_SEGMENT_LENGTH;
        return Integer.parseInt(values.getOrDefault(key, key.defaultValue()));
    }

    Map<TextKey, String> values() {
        return values;
    }
}
