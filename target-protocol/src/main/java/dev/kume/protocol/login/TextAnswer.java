package dev.kume.protocol.login;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Text for a peer: pairs, each behind the other with a NUL after it, handed out in segments that fit the
 * peer's MaxRecvDataSegmentLength. Belongs to one event loop.
 */
public final class TextAnswer {
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private byte[] pending = {};
    private int sentBytes;

    public TextAnswer() {}

    public void add(String key, String value) {
        written.writeBytes((key + "=" + value + "\0").getBytes(StandardCharsets.UTF_8));
    }

    /** What to send next, maybe empty; {@link #hasMore()} tells whether the C bit belongs to it. */
    public TextSegment next(int segmentBytesMax) {
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

    public boolean hasMore() {
        return sentBytes < pending.length;
    }

    public void clear() {
        written.reset();
        pending = new byte[0];
        sentBytes = 0;
    }
}
