package dev.kume.cli.api;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Long work, with progress.
 *
 * @param id         what the operations' paths take
 * @param kind       {@code disk create}
 * @param subject    the name of the disk it is about
 * @param state      {@code running}, {@code done}, {@code failed} or {@code cancelled}
 * @param revision   grows with every change; what {@code after=} takes
 * @param doneBytes  how far it has come
 * @param totalBytes how far it goes, 0 while that is unknown
 * @param started    when it began
 * @param finished   when it ended, null before
 * @param error      why it failed or was cancelled, null otherwise
 * @param result     what it came to; null before its end, and where there is nothing to say
 */
public record OperationView(
        long id,
        String kind,
        String subject,
        String state,
        long revision,
        long doneBytes,
        long totalBytes,
        Instant started,
        @Nullable Instant finished,
        @Nullable ApiError error,
        @Nullable OperationResult result) {
    public static final String RUNNING = "running";
    public static final String DONE = "done";
    public static final String FAILED = "failed";
    public static final String CANCELLED = "cancelled";

    /** True once nothing will change any more. */
    public boolean ended() {
        return !state.equals(RUNNING);
    }

    /** Answer of {@code GET /v1/operations}, newest first. */
    public record Listing(List<OperationView> operations) {}
}
