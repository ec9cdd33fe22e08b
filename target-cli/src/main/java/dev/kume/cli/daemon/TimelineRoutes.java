package dev.kume.cli.daemon;

import dev.kume.cli.api.ErrorCode;
import dev.kume.cli.api.TimelineView;
import dev.kume.cli.timeline.Timeline;
import dev.kume.cli.timeline.TimelineNames;
import dev.kume.core.inventory.ClusterRecord;
import dev.kume.core.inventory.Inventory;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The path {@code /v1/clusters/NAME/timeline}. Any thread; requests may wait. */
final class TimelineRoutes {
    private static final Duration OTHERWISE = Duration.ofHours(24);

    private final Changes changes;
    private final Exports exports;

    TimelineRoutes(Changes changes, Exports exports) {
        this.changes = changes;
        this.exports = exports;
    }

    /** What happened to a cluster: {@code since}, {@code until} and {@code disk} say what of it is of interest. */
    ApiAnswer answer(ApiRequest request, String name) {
        if (!request.method().equals("GET")) {
            throw request.unsupported();
        }
        request.allowParameters(Set.of("since", "until", "disk"));
        Inventory inventory = changes.current();
        ClusterRecord cluster = inventory.cluster(name);
        TimelineNames names = TimelineNames.of(cluster, inventory, request.parameter("disk"));
        Past past = exports.past();
        Instant until = time("until", request.parameter("until"), past.until());
        Instant since = time("since", request.parameter("since"), until.minus(OTHERWISE));
        if (since.isAfter(until)) {
            throw new ApiException(
                    ErrorCode.INVALID,
                    "since %s is later than until %s".formatted(since, until),
                    "times are UTC, and those of this host's clock");
        }
        TimelineView view = Timeline.of(names, past.events(), since, until);
        return ApiAnswer.ok(view);
    }

    private static Instant time(String name, @Nullable String text, Instant otherwise) {
        if (text == null) {
            return otherwise;
        }
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw new ApiException(
                    ErrorCode.INVALID, "%s=%s is not a time".formatted(name, text), "write it as 2026-11-23T07:00:00Z");
        }
    }
}
