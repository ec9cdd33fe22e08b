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
            paramLabel = "SERVER",
            scope = ScopeType.INHERIT,
            order = 102,
            description =
                    "The daemon: its management socket, or https://HOST:PORT (default: $KUME_SERVER, else /run/kume/admin.sock).")
    @Nullable
    String server;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            order = 103,
            description =
                    "With https: a file with the token, mode 0600 (default: $KUME_TOKEN_FILE, else ~/.config/kume/token).")
    @Nullable
    Path tokenFile;

    @Option(
            names = "--fingerprint",
            paramLabel = "SHA256",
            scope = ScopeType.INHERIT,
            order = 104,
            description =
                    "With https: what the server is known by, from its 'kume service status' (default: $KUME_FINGERPRINT).")
    @Nullable
    String fingerprint;

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            order = 105,
            description =
                    "With https: certificates in PEM that may vouch for the server (default: $KUME_CA, else Java's).")
    @Nullable
    Path ca;

    @Option(
            names = {"-y", "--yes"},
            scope = ScopeType.INHERIT,
            order = 106,
            description = "Answer yes to the question that a destructive command asks.")
    boolean yes;

    @Option(
            names = {"-q", "--quiet"},
            scope = ScopeType.INHERIT,
            order = 107,
            description = "Print data and errors only: no progress, no confirmations.")
    boolean quiet;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            order = 108,
            description = "Show this help.")
    boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            scope = ScopeType.INHERIT,
            order = 109,
            description = "Print the version.")
    boolean version;
}
