package dev.kume.protocol.login;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Text for the initiator: pairs, each behind the other with a NUL after it, handed out in segments that fit the
 * initiator's MaxRecvDataSegmentLength. Belongs to one event loop.
 */
final class TextAnswer {
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private byte[] pending = {};
    private int sentBytes;

    void add(String key, String value) {
        written.writeBytes((key + "=" + value + "\0").getBytes(StandardCharsets.UTF_8));
    }

    /** What to send next, maybe empty; {@link #hasMore()} tells whether the C bit belongs to it. */
    TextSegment next(int segmentBytesMax) {
        if (written.size() > 0) {
            assert !hasMore() : "an answer is added to only between exchanges";
            pending = written.toByteArray();
            written.reset();
            sentBytes = 0;
        }
        int endBytes = Math.min(pending.length, sentBytes + segmentBytesMax);
        TextSegment segment = TextSegment.of(pending, sentBytes, endBytes);
        sentBytes = endBytes;
        return segment;
    }

    boolean hasMore() {
        return sentBytes < pending.length;
    }

    void clear() {
        written.reset();
        pending = new byte[0];
        sentBytes = 0;
    }
}
