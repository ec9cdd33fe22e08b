package dev.kume.cli.api;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What happened to a cluster in a span of time. Times are those of this host's clock, in UTC.
 *
 * @param cluster the cluster's name
 * @param from    the begin of the span
 * @param to      its end
 * @param moves   how disks changed hands, or were reached out for, oldest first
 * @param events  everything, oldest first: the last {@value #EVENTS_MAX}
 * @param lanes   one for each node, to be drawn
 * @param leftOut events that were too many to be written down, or to be told here
 */
public record TimelineView(
        String cluster,
        Instant from,
        Instant to,
        List<Move> moves,
        List<Event> events,
        List<Lane> lanes,
        long leftOut) {
    public static final int EVENTS_MAX = 10_000;

    public TimelineView {
        moves = Lists.orEmpty(moves);
        events = Lists.orEmpty(events);
        lanes = Lists.orEmpty(lanes);
    }

    /**
     * One thing that happened.
     *
     * @param kind one of {@code login}, {@code logout}, {@code lost}, {@code register}, {@code unregister},
     *             {@code challenge}, {@code reserve}, {@code release}, {@code preempt}, {@code clear}, {@code silent},
     *             {@code read}, {@code write}, {@code daemon} and {@code leftOut}
     * @param node the node that it is about; an initiator name when that is no node's; null when it is about none
     * @param disk the disk; null when it is about none
     * @param text for people
     */
    public record Event(
            Instant at,
            String kind,
            @Nullable String node,
            @Nullable String disk,
            String text) {}

    /**
     * A disk changes hands, or does not though somebody reached out for it.
     *
     * @param role       what the cluster uses the disk for: {@code witness}, {@code data} or {@code csv}
     * @param kind       {@code failover}: taken from its owner; {@code move}: the owner let go of it;
     *                   {@code challengeLost}: the owner kept it
     * @param from       the owner before
     * @param to         the owner afterwards; of a lost challenge the one that wanted it
     * @param lastIo     the last read or write of the owner before; null when it is not known
     * @param heard      when the owner before gave its last sign of life; null when that is not known
     * @param challenged when the other one registered; null when it did not have to
     * @param released   when the owner before let go; null when it did not
     * @param taken      when the new owner had the disk; of a lost challenge when it was fended off
     * @param firstRead  the first read of the new owner; null when there was none yet
     * @param firstWrite the first write of the new owner; null when there was none yet
     * @param outageMillis from the last I/O before to the first write afterwards; of a CSV, which every node writes,
     *                   the longest pause of a node that was there before and after; null when it is not known
     * @param text       for people
     */
    public record Move(
            String disk,
            String role,
            String kind,
            String from,
            String to,
            @Nullable Instant lastIo,
            @Nullable Instant heard,
            @Nullable Instant challenged,
            @Nullable Instant released,
            Instant taken,
            @Nullable Instant firstRead,
            @Nullable Instant firstWrite,
            @Nullable Long outageMillis,
            String text) {
        public static final String FAILOVER = "failover";
        public static final String MOVE = "move";
        public static final String CHALLENGE_LOST = "challengeLost";
    }

    /**
     * What is drawn for one node.
     *
     * @param sessions when it was logged in, once for each session
     * @param owned    when it held which disk
     */
    public record Lane(String node, List<Span> sessions, List<Span> owned) {
        public Lane {
            sessions = Lists.orEmpty(sessions);
            owned = Lists.orEmpty(owned);
        }
    }

    /**
     * A span of time, cut to that of the timeline.
     *
     * @param what the address of a session, or the name of a disk
     */
    public record Span(Instant from, Instant to, String what) {}
}
