package dev.kume.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kume.cli.api.ValidationView;
import dev.kume.cli.api.ValidationView.Test;
import dev.kume.cli.output.Documents;
import dev.kume.cli.output.Printable;
import dev.kume.cli.output.Table;
import dev.kume.cli.report.ValidationPage;
import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a validation is printed and kept, and with which status it ends. */
final class ValidationOutput {
    @Option(
            names = "--report",
            paramLabel = "FILE.html",
            description = "Write the report, with every command and answer, to this file.")
    private @Nullable Path report;

    @Option(names = "--json", description = "Print the report as JSON, with every command and answer.")
    private boolean json;

    /** Refuses a file that cannot be written before anything is done. */
    void check(Invocation invocation) {
        Path file = file(invocation);
        if (file == null) {
            return;
        }
        Path folder = file.getParent();
        if (Files.isDirectory(file)) {
            throw new CliException(ExitCode.USAGE, "the report cannot be written: %s is a directory".formatted(file));
        }
        if (folder != null && !Files.isDirectory(folder)) {
            throw new CliException(
                    ExitCode.NOT_FOUND, "the report cannot be written: there is no directory %s".formatted(folder));
        }
    }

    /** Prints and writes; returns the exit status. */
    int finish(Invocation invocation, JsonNode tree, ValidationView view) {
        Path file = file(invocation);
        if (file != null) {
            write(file, ValidationPage.of(view));
        }
        PrintStream out = invocation.terminal().out();
        if (json) {
            Documents.json(tree, out);
        } else {
            invocation.print(tree, table -> print(view, file, table));
        }
        return status(view).code();
    }

    private @Nullable Path file(Invocation invocation) {
        return report == null ? null : invocation.absolute(report);
    }

    private static void write(Path file, String page) {
        try {
            Files.writeString(file, page, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new CliException(ExitCode.FAILED, "the report cannot be written to %s: %s".formatted(file, e));
        }
    }

    private static ExitCode status(ValidationView view) {
        return switch (view.outcome()) {
            case ValidationView.SUCCESS -> ExitCode.OK;
            case ValidationView.WARNING -> ExitCode.VALIDATED_WITH_WARNINGS;
            case ValidationView.FAILED -> ExitCode.VALIDATION_FAILED;
            default -> ExitCode.FAILED;
        };
    }

    private static void print(ValidationView view, @Nullable Path file, PrintStream out) {
        Table table = new Table().column("TEST").column("RESULT");
        view.tests().forEach(test -> table.row(test.name(), test.result()));
        table.print(out);
        for (Test test : view.tests()) {
            if (!test.reason().isEmpty() && !test.result().equals(ValidationView.CANCELED)) {
                out.println();
                out.println(Printable.line(test.name() + ": " + test.reason() + "."));
            }
        }
        out.println();
        view.tests().stream()
                .filter(test -> test.result().equals(ValidationView.CANCELED))
                .findFirst()
                .ifPresent(test -> out.println(Printable.line("Canceled: " + test.reason() + ".")));
        view.notes().forEach(note -> out.println(Printable.line("Note: " + note + ".")));
        String pace = view.realTime()
                ? "at the pace of Windows: owners defend every 3 s, challengers wait 7 s"
                : "faster than Windows: owners defended every %d ms, challengers waited %d ms; see --real-time"
                        .formatted(view.defenceMillis(), view.challengeMillis());
        out.println("Arbitration was tested " + pace + ".");
        out.println(Printable.line(view.verdict()));
        if (file != null) {
            out.println(Printable.line("Report: " + file));
        }
    }
}
