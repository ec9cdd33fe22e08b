package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.TimelineView;
import dev.kume.cli.client.Answer;
import dev.kume.cli.output.Printable;
import dev.kume.cli.output.Table;
import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import dev.kume.cli.timeline.TimelineHtml;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kume cluster timeline}. */
@Command(
        name = "timeline",
        description = "Tell what happened to a cluster: who held which disk, failovers, moves, and what they cost.")
final class ClusterTimelineCommand implements Callable<Integer> {
    private static final String STANDARD_OUTPUT = "-";
    private static final DateTimeFormatter EXACT =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final Invocation invocation;

    @Parameters(paramLabel = "CLUSTER", description = "The cluster's name.")
    private String cluster = "";

    @Option(names = "--disk", paramLabel = "DISK", description = "Only what happened to this disk of it.")
    private @Nullable String disk;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "Where to begin: 90s, 30m, 1h, 2d or 1w ago, or a time of UTC such as 2026-11-27 or"
                    + " 2026-11-27T12:00. A day ago when left out.")
    private String since = "1d";

    @Option(
            names = "--html",
            paramLabel = "FILE",
            description = "Write a page to this new file; - writes it to stdout.")
    private @Nullable Path html;

    ClusterTimelineCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        Instant from = PastTime.parse(
                "--since", since, invocation.environment().clock().now());
        Answer answer = invocation.api().get(ApiPaths.timeline(cluster, from, disk));
        TimelineView view = answer.as(TimelineView.class);
        Path page = html;
        if (page == null) {
            invocation.print(answer.tree(), out -> print(view, out));
        } else {
            write(TimelineHtml.of(view), page);
        }
        return 0;
    }

    private void print(TimelineView view, PrintStream out) {
        for (TimelineView.Move move : view.moves()) {
            out.println(Printable.line("%s %s".formatted(day(move.taken()), move.text())));
        }
        if (!view.moves().isEmpty()) {
            out.println();
        }
        Table table =
                new Table().column("TIME (UTC)").column("NODE").column("DISK").column("WHAT");
        for (TimelineView.Event event : view.events()) {
            table.row(
                    EXACT.format(event.at()),
                    Invocation.orEmpty(event.node()),
                    Invocation.orEmpty(event.disk()),
                    event.text());
        }
        if (view.events().isEmpty()) {
            invocation.say("Nothing happened to cluster %s since %s".formatted(view.cluster(), view.from()));
        } else {
            table.print(out);
        }
        if (view.leftOut() > 0) {
            invocation.say("%d more events were too many to be kept or told".formatted(view.leftOut()));
        }
    }

    private static String day(Instant at) {
        return at.atOffset(ZoneOffset.UTC).toLocalDate().toString();
    }

    private void write(String page, Path file) {
        if (file.toString().equals(STANDARD_OUTPUT)) {
            invocation.terminal().out().print(page);
            return;
        }
        try {
            Files.writeString(
                    invocation.absolute(file),
                    page,
                    StandardCharsets.UTF_8,
                    StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.WRITE);
        } catch (FileAlreadyExistsException e) {
            throw new CliException(ExitCode.CONFLICT, file + " exists already; give the name of a new file");
        } catch (IOException e) {
            throw new CliException(ExitCode.FAILED, file + " could not be written: " + e.getMessage());
        }
        invocation.say("%s is written".formatted(file));
    }
}
