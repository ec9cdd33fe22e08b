package dev.kume.cli.timeline;

import dev.kume.cli.api.TimelineView;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** All nodes of a cluster over the whole span: who was logged in, who had which disk, and where disks changed hands. */
final class LaneChart {
    private static final int WIDTH = 1_000;
    private static final int LEFT = 130;
    private static final int RIGHT = 40;
    private static final int TOP = 8;
    private static final int ROW = 14;
    private static final int GAP = 14;
    private static final double CHARACTER = 6;

    /** As many colours as the page has for disks. */
    static final int COLOURS = 6;

    private final TimelineView view;
    private final TimeAxis axis;
    private final Svg svg = new Svg(WIDTH);

    /** The number of each disk, which is that of its colour. */
    private final Map<String, Integer> numbers = new TreeMap<>();

    LaneChart(TimelineView view) {
        this.view = view;
        this.axis = new TimeAxis(view.from(), view.to(), LEFT, WIDTH - LEFT - RIGHT);
        view.lanes().forEach(lane -> disks(lane).forEach(disk -> numbers.put(disk, 0)));
        int number = 0;
        for (Map.Entry<String, Integer> disk : numbers.entrySet()) {
            disk.setValue(number++);
        }
    }

    /** Those that a node has had: each has a row in its lane. */
    private static List<String> disks(TimelineView.Lane lane) {
        return lane.owned().stream()
                .map(TimelineView.Span::what)
                .distinct()
                .sorted()
                .toList();
    }

    private static double height(TimelineView.Lane lane) {
        return ROW * (1.0 + disks(lane).size()) + GAP;
    }

    /** The disks in the order of their colours. */
    List<String> disks() {
        return List.copyOf(numbers.keySet());
    }

    String render() {
        double bottom =
                TOP + view.lanes().stream().mapToDouble(LaneChart::height).sum();
        for (TimeAxis.Tick tick : axis.ticks()) {
            double x = axis.x(tick.at());
            svg.line(x, TOP, x, bottom, "tick");
            svg.text(x, bottom + 14, "middle", "small", tick.text());
        }
        double y = TOP;
        for (TimelineView.Lane lane : view.lanes()) {
            y = lane(lane, y);
        }
        return svg.render("sessions and disks of each node over time");
    }

    private double lane(TimelineView.Lane lane, double top) {
        double bottom = top + height(lane) - GAP;
        List<String> rows = disks(lane);
        svg.text(LEFT - 10, top + ROW - 3, "end", "name", lane.node());
        svg.line(LEFT, bottom + GAP / 2.0, WIDTH - RIGHT, bottom + GAP / 2.0, "rule");
        for (TimelineView.Span session : lane.sessions()) {
            svg.bar(
                    axis.x(session.from()),
                    axis.x(session.to()),
                    top + 3,
                    ROW - 7,
                    "session",
                    "%s logged in from %s, %s to %s"
                            .formatted(lane.node(), session.what(), clock(session.from()), clock(session.to())));
        }
        for (TimelineView.Span owned : lane.owned()) {
            double x = axis.x(owned.from());
            double y = top + ROW * (1.0 + rows.indexOf(owned.what()));
            svg.bar(
                    x,
                    axis.x(owned.to()),
                    y,
                    ROW - 3,
                    "disk" + numbers.getOrDefault(owned.what(), 0) % COLOURS,
                    "%s has %s, %s to %s".formatted(lane.node(), owned.what(), clock(owned.from()), clock(owned.to())));
            if (axis.x(owned.to()) - x > owned.what().length() * CHARACTER + 8) {
                svg.text(x + 4, y + ROW - 5, "start", "inside", owned.what());
            }
        }
        for (TimelineView.Event event : view.events()) {
            boolean lost = event.kind().equals("lost") || event.kind().equals("silent");
            if (lost && lane.node().equals(event.node())) {
                svg.dot(axis.x(event.at()), top + ROW / 2.0, "lost", event.text() + ", " + clock(event.at()));
            }
        }
        return bottom + GAP;
    }

    private static String clock(Instant at) {
        return Sentences.clock(at);
    }
}
