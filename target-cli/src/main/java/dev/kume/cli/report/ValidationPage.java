package dev.kume.cli.report;

import dev.kume.cli.api.ValidationView;
import dev.kume.cli.api.ValidationView.Line;
import dev.kume.cli.api.ValidationView.Test;
import dev.kume.core.Sizes;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.stream.Collectors;

/** The report of a validation as one HTML file, which needs no network and can be printed. */
public final class ValidationPage {
    private static final DateTimeFormatter DAY_AND_TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final ValidationView report;
    private final Html html = new Html();

    private ValidationPage(ValidationView report) {
        this.report = report;
    }

    public static String of(ValidationView report) {
        return new ValidationPage(report).build();
    }

    private String build() {
        html.markup("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
                .markup("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
                .markup("<meta name=\"color-scheme\" content=\"light dark\">\n")
                .element("title", "Validation report: " + report.title())
                .markup("\n<link rel=\"icon\" href=\"data:,\">\n<style>\n")
                .markup(ValidationStyle.CSS)
                .markup("</style>\n</head>\n<body>\n<main>\n<header>\n")
                .element("p class=\"kind\"", "Cluster validation report")
                .element("h1", report.title())
                .markup("\n<p class=\"verdict " + style(report.outcome()) + "\">")
                .markup(badge(report.outcome()))
                .markup(" ")
                .text(report.verdict())
                .markup("</p>\n</header>\n");
        facts();
        summary();
        report.tests().forEach(this::test);
        html.markup("<footer>\n").element("p", report.verdict()).markup("\n</footer>\n</main>\n</body>\n</html>\n");
        return html.toString();
    }

    // ---- what was validated -----------------------------------------------------------------------------------------

    private void facts() {
        html.markup("<section aria-label=\"What was validated\">\n<dl>\n");
        fact("Started", DAY_AND_TIME.format(report.started()) + " UTC");
        fact("Took", took(report.started(), report.finished()));
        fact(
                "Pace",
                "owners defended every %s, challengers waited %s: %s"
                        .formatted(
                                millis(report.defenceMillis()),
                                millis(report.challengeMillis()),
                                report.realTime()
                                        ? "the pace of Windows"
                                        : "faster than Windows, in the same proportion"));
        for (ValidationView.Node node : report.nodes()) {
            String paths = node.paths().stream()
                    .map(path -> path.initiator() + " to " + path.target() + " at " + path.portal())
                    .collect(Collectors.joining("\n"));
            fact("Node " + node.name(), paths);
        }
        for (ValidationView.Disk disk : report.disks()) {
            fact(
                    "Disk " + disk.serial(),
                    "%s, %s, blocks of %d bytes, identifier %s, paths of the nodes %s"
                            .formatted(
                                    disk.model(),
                                    Sizes.format(disk.sizeBytes()),
                                    disk.blockBytes(),
                                    disk.identifier().isEmpty() ? "(none)" : disk.identifier(),
                                    disk.paths()));
        }
        report.notes().forEach(note -> fact("Note", note));
        html.markup("</dl>\n</section>\n");
    }

    private void fact(String name, String value) {
        html.element("dt", name).element("dd", value).markup("\n");
    }

    private void summary() {
        html.markup("<section>\n<h2 id=\"summary\">Summary</h2>\n<table class=\"summary\">\n")
                .markup("<thead><tr><th scope=\"col\">Test</th><th scope=\"col\">Result</th>")
                .markup("<th scope=\"col\">What it checks</th></tr></thead>\n<tbody>\n");
        for (Test test : report.tests()) {
            html.markup("<tr><th scope=\"row\"><a href=\"#test-" + Html.escape(test.id()) + "\">")
                    .text(test.name())
                    .markup("</a></th><td>")
                    .markup(badge(test.result()))
                    .markup("</td>")
                    .element("td", test.description())
                    .markup("</tr>\n");
        }
        html.markup("</tbody>\n</table>\n</section>\n");
    }

    // ---- one test ---------------------------------------------------------------------------------------------------

    private void test(Test test) {
        String id = Html.escape(test.id());
        html.markup("<section class=\"test\" aria-labelledby=\"test-" + id + "\">\n<h2 id=\"test-" + id + "\">")
                .text(test.name())
                .markup(" ")
                .markup(badge(test.result()))
                .markup("</h2>\n")
                .element("p", test.description())
                .markup("\n");
        ValidationView.Finding finding = test.finding();
        if (finding != null) {
            html.markup("<div class=\"finding " + style(test.result()) + "\">\n<dl>\n");
            fact("Step", finding.step());
            fact("Expected", finding.expected());
            fact("Seen", finding.seen());
            fact("Why it matters", finding.meaning());
            html.markup("</dl>\n</div>\n");
        } else if (!test.reason().isEmpty()) {
            html.markup("<p class=\"finding " + style(test.result()) + "\">")
                    .text(test.reason())
                    .markup("</p>\n");
        }
        if (!test.log().isEmpty()) {
            log(test);
        }
        html.markup("<p class=\"up\"><a href=\"#summary\">Back to the summary</a></p>\n</section>\n");
    }

    private void log(Test test) {
        int lines = test.log().size() + test.linesLeftOut();
        html.markup("<details" + (test.finding() == null ? "" : " open") + ">\n<summary>")
                .text("Log: %d lines, %s".formatted(lines, took(test.started(), test.finished())))
                .markup("</summary>\n<div class=\"scroll\">\n<table class=\"log\">\n<thead><tr>")
                .markup("<th scope=\"col\">No.</th><th scope=\"col\">Time</th><th scope=\"col\">Node</th>")
                .markup("<th scope=\"col\">Disk</th><th scope=\"col\">Step or command</th>")
                .markup(
                        "<th scope=\"col\">Status and sense</th><th scope=\"col\">Latency</th></tr></thead>\n<tbody>\n");
        int number = 0;
        for (Line line : test.log()) {
            if (number > 0 && line.number() > number + 1 && test.linesLeftOut() > 0) {
                html.markup("<tr class=\"step\"><td colspan=\"7\">")
                        .text("%d lines are left out here".formatted(test.linesLeftOut()))
                        .markup("</td></tr>\n");
            }
            number = line.number();
            line(line);
        }
        html.markup("</tbody>\n</table>\n</div>\n</details>\n");
    }

    private void line(Line line) {
        String command = line.command();
        html.markup(command == null ? "<tr class=\"step\">" : "<tr>")
                .element("td", String.valueOf(line.number()))
                .element("td", TIME.format(line.at()))
                .element("td", line.node())
                .element("td", line.disk());
        if (command == null) {
            html.markup("<td colspan=\"3\">").text(line.step()).markup("</td></tr>\n");
            return;
        }
        html.markup("<td>")
                .text(line.step().isEmpty() ? command : line.step() + ": " + command)
                .markup("<span class=\"path\">")
                .text(String.valueOf(line.path()))
                .markup("</span></td><td>")
                .text(String.valueOf(line.status()))
                .markup(line.sense() == null || line.sense().isEmpty() ? "" : "<br>")
                .text(line.sense() == null ? "" : line.sense())
                .markup("</td><td class=\"number\">")
                .text("%.3f ms".formatted(line.latencyMicros() == null ? 0 : line.latencyMicros() / 1_000.0))
                .markup("</td></tr>\n");
    }

    // ---- words ------------------------------------------------------------------------------------------------------

    /** The word itself says the result; the colour only repeats it. */
    private static String badge(String result) {
        return "<span class=\"badge " + style(result) + "\">" + Html.escape(result) + "</span>";
    }

    private static String style(String result) {
        return switch (result) {
            case ValidationView.SUCCESS -> "success";
            case ValidationView.WARNING -> "warning";
            case ValidationView.FAILED -> "failed";
            default -> "canceled";
        };
    }

    private static String took(Instant from, Instant to) {
        return millis(Duration.between(from, to).toMillis());
    }

    private static String millis(long millis) {
        return millis < 1_000 ? millis + " ms" : "%.1f s".formatted(millis / 1_000.0);
    }
}
