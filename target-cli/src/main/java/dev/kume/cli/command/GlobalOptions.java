package dev.kume.cli.command;

import dev.kume.cli.output.OutputFormat;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The options that every command takes, before or behind its name. */
public final class GlobalOptions {
    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            scope = ScopeType.INHERIT,
            order = 101,
            description = "How to print: ${COMPLETION-CANDIDATES} (default: table).")
    OutputFormat format = OutputFormat.table;

    @Option(
            names = "--server",
            paramLabel = "SOCKET",
            scope = ScopeType.INHERIT,
            order = 102,
            description = "The daemon's management socket (default: $KUME_SERVER, else /run/kume/admin.sock).")
    @Nullable
    Path server;

    @Option(
            names = {"-y", "--yes"},
            scope = ScopeType.INHERIT,
            order = 103,
            description = "Answer yes to the question that a destructive command asks.")
    boolean yes;

    @Option(
            names = {"-q", "--quiet"},
            scope = ScopeType.INHERIT,
            order = 104,
            description = "Print data and errors only: no progress, no confirmations.")
    boolean quiet;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            order = 105,
            description = "Show this help.")
    boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            scope = ScopeType.INHERIT,
            order = 106,
            description = "Print the version.")
    boolean version;
}
