package dev.kume.cli.timeline;

import dev.kume.cli.api.TimelineView;
import dev.kume.cli.report.Html;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** A timeline as one page: no other file, no script; for screens, dark and light, and for paper. */
public final class TimelineHtml {
    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter EXACT =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneOffset.UTC);

    /** As many close-ups as anybody looks through. */
    private static final int CHARTS_MAX = 200;

    private static final String STYLE = """
            :root { color-scheme: light dark; --ink: #1b1f24; --paper: #ffffff; --soft: #59636e; --rule: #d7dce1;
              --card: #f6f8fa; --owner: #2f6fdb; --idle: #a9c3ef; --session: #9aa4af; --lost: #c62828; --io: #1a7f4b;
              --fight: #b3560b; --disk0: #2f6fdb; --disk1: #7a4fc9; --disk2: #0f8a8a; --disk3: #b3560b;
              --disk4: #a8327a; --disk5: #5b7a12; }
            @media (prefers-color-scheme: dark) { :root { --ink: #e6e9ec; --paper: #14181d; --soft: #9aa5b1;
              --rule: #333b44; --card: #1c2229; --owner: #5c95f0; --idle: #34527f; --session: #6d7884; --lost: #ff6b6b;
              --io: #4cc38a; --fight: #f0a04b; --disk0: #5c95f0; --disk1: #a98bf0; --disk2: #3fc1c1; --disk3: #f0a04b;
              --disk4: #e77cc0; --disk5: #a3c94f; } }
            @media print { :root { color-scheme: light; --ink: #000; --paper: #fff; --soft: #444; --rule: #bbb;
              --card: #fff; --owner: #2f6fdb; --idle: #a9c3ef; --session: #9aa4af; --lost: #c62828; --io: #1a7f4b;
              --fight: #b3560b; --disk0: #2f6fdb; --disk1: #7a4fc9; --disk2: #0f8a8a; --disk3: #b3560b;
              --disk4: #a8327a; --disk5: #5b7a12; }
              section.move { break-inside: avoid; } tr { break-inside: avoid; } thead { display: table-header-group; } }
            * { box-sizing: border-box; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
            body { margin: 0 auto; max-width: 68rem; padding: 1.5rem 1rem 3rem; background: var(--paper);
              color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
            h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
            p { margin: .3rem 0; } .soft { color: var(--soft); }
            section.move { background: var(--card); border: 1px solid var(--rule); border-radius: 8px;
              padding: .7rem 1rem; margin: .8rem 0; }
            .badge { display: inline-block; border-radius: 4px; padding: 0 .5rem; font-weight: 600; font-size: .85rem;
              border: 1px solid currentColor; margin-right: .4rem; }
            .failover { color: var(--lost); } .moved { color: var(--owner); } .kept { color: var(--io); }
            svg { width: 100%; height: auto; display: block; margin-top: .5rem; }
            svg text { fill: var(--ink); font: 12px system-ui, sans-serif; }
            svg .small { fill: var(--soft); font-size: 11px; } svg .name { font-weight: 600; }
            svg .inside { fill: var(--paper); font-size: 10px; }
            svg .outageText { fill: var(--lost); font-weight: 600; }
            .tick, .rule, .leader { stroke: var(--rule); stroke-width: 1; } .leader { stroke: var(--soft); }
            .owner { fill: var(--owner); } .idle { fill: var(--idle); } .session { fill: var(--session); }
            .outage, .lost, .release { fill: var(--lost); } .io { fill: var(--io); } .heard { fill: var(--session); }
            .fight { fill: var(--fight); } circle { stroke: var(--paper); stroke-width: 1.5; }
            .disk0 { fill: var(--disk0); } .disk1 { fill: var(--disk1); } .disk2 { fill: var(--disk2); }
            .disk3 { fill: var(--disk3); } .disk4 { fill: var(--disk4); } .disk5 { fill: var(--disk5); }
            .key { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; font-size: .85rem; margin-top: .3rem; }
            .key svg { width: 14px; height: 14px; display: inline-block; margin: 0 .3rem 0 0; vertical-align: -2px; }
            .scroll { overflow-x: auto; }
            table { border-collapse: collapse; width: 100%; font-size: .9rem; }
            th { text-align: left; color: var(--soft); font-weight: 600; }
            th, td { padding: .25rem .6rem .25rem 0; border-bottom: 1px solid var(--rule); vertical-align: top; }
            td.name { white-space: nowrap; }
            td.time { white-space: nowrap; font-variant-numeric: tabular-nums; }
            """;

    private TimelineHtml() {}

    /** The page. */
    public static String of(TimelineView view) {
        StringBuilder page = new StringBuilder();
        String title = "Cluster " + view.cluster() + ": what happened";
        page.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
                .append("<title>%s</title>\n<style>\n%s</style>\n</head>\n<body>\n"
                        .formatted(Html.escape(title), STYLE));
        head(page, view, title);
        overview(page, view);
        moves(page, view.moves());
        events(page, view.events());
        return page.append("</body>\n</html>\n").toString();
    }

    private static void head(StringBuilder page, TimelineView view, String title) {
        page.append("<h1>%s</h1>\n<p class=\"soft\">%s to %s, in UTC, by the clock of the storage server</p>\n"
                .formatted(Html.escape(title), DAY.format(view.from()), DAY.format(view.to())));
        long failovers = count(view, TimelineView.Move.FAILOVER);
        long moves = count(view, TimelineView.Move.MOVE);
        long kept = count(view, TimelineView.Move.CHALLENGE_LOST);
        page.append("<p>%s, %s, %s, %s.</p>\n"
                .formatted(
                        number(failovers, "failover", "failovers"),
                        number(moves, "planned move", "planned moves"),
                        number(kept, "challenge fended off", "challenges fended off"),
                        number(view.events().size(), "event", "events")));
        if (view.leftOut() > 0) {
            page.append("<p class=\"failover\">%d more events were too many to be kept or told.</p>\n"
                    .formatted(view.leftOut()));
        }
    }

    private static String number(long count, String one, String several) {
        return count + " " + (count == 1 ? one : several);
    }

    private static long count(TimelineView view, String kind) {
        return view.moves().stream().filter(move -> move.kind().equals(kind)).count();
    }

    private static void overview(StringBuilder page, TimelineView view) {
        LaneChart chart = new LaneChart(view);
        page.append("<h2>Nodes</h2>\n").append(chart.render()).append("<div class=\"key\">\n");
        key(page, "session", "logged in");
        key(page, "lost", "silent, or its session lost");
        List<String> disks = chart.disks();
        for (int i = 0; i < disks.size(); i++) {
            key(page, "disk" + i % LaneChart.COLOURS, "has " + disks.get(i));
        }
        page.append("</div>\n");
    }

    private static void key(StringBuilder page, String style, String words) {
        page.append("<span><svg viewBox=\"0 0 14 14\" aria-hidden=\"true\"><rect class=\"%s\"".formatted(style))
                .append(" width=\"14\" height=\"14\" rx=\"3\"/></svg>%s</span>\n".formatted(Html.escape(words)));
    }

    private static void moves(StringBuilder page, List<TimelineView.Move> moves) {
        page.append("<h2>Disks that changed hands</h2>\n");
        if (moves.isEmpty()) {
            page.append("<p class=\"soft\">None did.</p>\n");
        }
        // The last ones are those that somebody wants to have explained.
        List<TimelineView.Move> shown =
                moves.reversed().stream().limit(CHARTS_MAX).toList();
        for (TimelineView.Move move : shown) {
            page.append("<section class=\"move\"><p><span class=\"badge %s\">%s</span>%s</p>\n"
                            .formatted(style(move), words(move), Html.escape(move.text())))
                    .append("<p class=\"soft\">%s UTC</p>\n".formatted(DAY.format(move.taken())))
                    .append(new MoveChart(move).render())
                    .append("</section>\n");
        }
        if (shown.size() < moves.size()) {
            page.append(
                    "<p class=\"soft\">%d earlier ones are not shown.</p>\n".formatted(moves.size() - shown.size()));
        }
    }

    private static String style(TimelineView.Move move) {
        return switch (move.kind()) {
            case TimelineView.Move.FAILOVER -> "failover";
            case TimelineView.Move.CHALLENGE_LOST -> "kept";
            default -> "moved";
        };
    }

    private static String words(TimelineView.Move move) {
        return switch (move.kind()) {
            case TimelineView.Move.FAILOVER -> "failover";
            case TimelineView.Move.CHALLENGE_LOST -> "challenge lost";
            default -> "planned move";
        };
    }

    private static void events(StringBuilder page, List<TimelineView.Event> events) {
        page.append("<h2>Events</h2>\n");
        if (events.isEmpty()) {
            page.append("<p class=\"soft\">None.</p>\n");
            return;
        }
        page.append("<div class=\"scroll\"><table>\n<thead><tr><th>Time, UTC</th><th>Node</th><th>Disk</th>")
                .append("<th>What happened</th></tr></thead>\n<tbody>\n");
        for (TimelineView.Event event : events) {
            page.append("<tr><td class=\"time\">%s</td><td class=\"name\">%s</td><td>%s</td><td>%s</td></tr>\n"
                    .formatted(
                            exact(event.at()),
                            Html.escape(Objects.requireNonNullElse(event.node(), "")),
                            Html.escape(Objects.requireNonNullElse(event.disk(), "")),
                            Html.escape(event.text())));
        }
        page.append("</tbody>\n</table></div>\n");
    }

    private static String exact(Instant at) {
        return EXACT.format(at);
    }
}
