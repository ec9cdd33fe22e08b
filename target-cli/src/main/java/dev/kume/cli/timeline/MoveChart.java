package dev.kume.cli.timeline;

import dev.kume.cli.api.TimelineView;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One change of hands, close up: two lanes, the steps by name, and the time in which nobody used the disk. */
final class MoveChart {
    private static final int WIDTH = 1_000;
    private static final int LEFT = 130;
    private static final int RIGHT = 60;
    private static final int FROM_Y = 48;
    private static final int TO_Y = 76;
    private static final int BAR = 16;
    private static final int LABEL_Y = 116;
    private static final int LABEL_ROW = 15;
    private static final int LABEL_ROWS = 4;
    private static final double CHARACTER = 6.4;
    private static final long PAD_MILLIS_MIN = 200;

    private final TimelineView.Move move;
    private final List<Step> steps = new ArrayList<>();
    private final Svg svg = new Svg(WIDTH);
    private final Instant begin;
    private final Instant end;
    private final TimeAxis axis;

    private record Step(Instant at, String what, boolean ofNewOwner, String style) {}

    MoveChart(TimelineView.Move move) {
        this.move = move;
        boolean lost = move.kind().equals(TimelineView.Move.CHALLENGE_LOST);
        boolean failover = move.kind().equals(TimelineView.Move.FAILOVER);
        add(move.lastIo(), "last I/O", false, "io");
        if (move.heard() != null && !move.heard().equals(move.lastIo())) {
            add(move.heard(), "last heard", false, "heard");
        }
        add(move.challenged(), "challenge", true, "fight");
        add(move.released(), "released", false, "release");
        add(move.taken(), lost ? "fended off" : failover ? "preempt" : "reserved", !lost, "fight");
        add(move.firstRead(), "first read", true, "io");
        add(move.firstWrite(), "first write", true, "io");
        steps.sort(Comparator.comparing(Step::at));
        Instant first = steps.getFirst().at();
        Instant last = steps.getLast().at();
        long pad = Math.max(PAD_MILLIS_MIN, Duration.between(first, last).toMillis() / 8);
        begin = first.minusMillis(pad);
        end = last.plusMillis(pad);
        axis = new TimeAxis(begin, end, LEFT, WIDTH - LEFT - RIGHT);
    }

    private void add(@Nullable Instant at, String what, boolean ofNewOwner, String style) {
        if (at != null) {
            steps.add(new Step(at, what, ofNewOwner, style));
        }
    }

    String render() {
        for (TimeAxis.Tick tick : axis.ticks()) {
            double x = axis.x(tick.at());
            svg.line(x, FROM_Y - 6, x, TO_Y + BAR + 6, "tick");
            svg.text(x, 10, "middle", "small", tick.text());
        }
        svg.text(LEFT - 10, FROM_Y + BAR - 4, "end", "name", move.from());
        svg.text(LEFT - 10, TO_Y + BAR - 4, "end", "name", move.to());
        bars();
        outage();
        labels();
        return svg.render(move.text());
    }

    private void bars() {
        String owns = "has " + move.disk();
        if (move.kind().equals(TimelineView.Move.CHALLENGE_LOST)) {
            svg.bar(axis.x(begin), axis.x(end), FROM_Y, BAR, "owner", owns);
            return;
        }
        Instant lastIo = move.lastIo();
        Instant gone = move.released() == null ? move.taken() : move.released();
        Instant used = lastIo == null || lastIo.isAfter(gone) ? gone : lastIo;
        svg.bar(axis.x(begin), axis.x(used), FROM_Y, BAR, "owner", owns + " and uses it");
        svg.bar(axis.x(used), axis.x(gone), FROM_Y, BAR, "idle", owns + " and does nothing with it");
        svg.bar(axis.x(move.taken()), axis.x(end), TO_Y, BAR, "owner", owns);
    }

    private void outage() {
        Instant lastIo = move.lastIo();
        Instant firstWrite = move.firstWrite();
        Long millis = move.outageMillis();
        if (lastIo == null
                || firstWrite == null
                || millis == null
                || move.role().equals("csv")) {
            return;
        }
        double x1 = axis.x(lastIo);
        double x2 = axis.x(firstWrite);
        svg.bar(x1, x2, FROM_Y - 12, 4, "outage", "nobody used the disk");
        svg.text((x1 + x2) / 2, FROM_Y - 16, "middle", "outageText", Sentences.length(millis));
    }

    /** Words that would lie over each other stand in another row. */
    private void labels() {
        double[] free = new double[LABEL_ROWS];
        for (Step step : steps) {
            double x = axis.x(step.at());
            String words = step.what() + " " + Sentences.clock(step.at());
            double half = words.length() * CHARACTER / 2;
            double middle = Math.min(Math.max(x, half), WIDTH - half);
            int row = 0;
            while (row < LABEL_ROWS - 1 && free[row] > middle - half) {
                row++;
            }
            free[row] = middle + half + CHARACTER;
            double y = LABEL_Y + row * (double) LABEL_ROW;
            double laneY = (step.ofNewOwner() ? TO_Y : FROM_Y) + BAR / 2.0;
            svg.line(x, laneY, x, y - 11, "leader");
            svg.dot(x, laneY, step.style(), words);
            svg.text(middle, y, "middle", "label", words);
        }
    }
}
