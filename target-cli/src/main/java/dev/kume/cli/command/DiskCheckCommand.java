package dev.kume.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.CheckView;
import dev.kume.cli.api.DiskCheck;
import dev.kume.cli.api.OperationResult;
import dev.kume.cli.api.OperationView;
import dev.kume.cli.client.Answer;
import dev.kume.cli.output.Printable;
import dev.kume.cli.output.Table;
import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kume disk check}. */
@Command(
        name = "check",
        description = "Check the structures of a disk's file, while it is used, or of a file that is no disk yet. Exits"
                + " with 1 when something is wrong.",
        footer = {"", "Examples: kume disk check vms", "          kume disk check --file /srv/old.vhdx --repair"})
final class DiskCheckCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(arity = "0..1", paramLabel = "NAME", description = "The disk's name.")
    private @Nullable String name;

    @Option(names = "--file", paramLabel = "PATH", description = "In place of a name: a file on the server.")
    private @Nullable Path file;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "Of that file: ${COMPLETION-CANDIDATES} (default: what its signature says).")
    private @Nullable Format format;

    @Option(names = "--repair", description = "Mend what can be mended without a loss. The disk is offline meanwhile.")
    private boolean repair;

    DiskCheckCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        String path = file == null ? null : invocation.pathOnServer(file);
        String disk = name;
        if ((disk == null) == (path == null)) {
            throw new CliException(ExitCode.USAGE, "give the name of a disk, or --file PATH");
        }
        if (format != null && path == null) {
            throw new CliException(ExitCode.USAGE, "--format goes together with --file");
        }
        DiskCheck request = new DiskCheck(path, Words.of(format), repair);
        Answer accepted = invocation.api().post(disk == null ? ApiPaths.DISK_CHECK : ApiPaths.diskCheck(disk), request);
        String subject = disk == null ? String.valueOf(path) : disk;
        Answer ended = new OperationWait(invocation, "Checking " + subject).await(accepted);
        OperationResult result = ended.as(OperationView.class).result();
        CheckView check = result == null ? null : result.check();
        if (check == null) {
            throw new CliException(
                    ExitCode.FAILED,
                    "the daemon does not say what it has found; are daemon and command line of the same version?");
        }
        print(ended.tree().path("result").path("check"), check);
        return check.clean() ? 0 : ExitCode.FAILED.code();
    }

    private void print(JsonNode tree, CheckView check) {
        invocation.print(tree, out -> {
            if (!check.findings().isEmpty()) {
                table(check).print(out);
            }
            out.println(Printable.line(summary(check)));
        });
    }

    private static String summary(CheckView check) {
        String blocks = check.blocks() == 0 ? "" : ", " + Words.count(check.blocks(), "block");
        String leaked = check.leakedBytes() == 0
                ? ""
                : ", " + Words.count(check.leakedBytes(), "byte") + " in it that belong to nothing";
        String more = check.moreFindings() == 0 ? "" : "; and " + check.moreFindings() + " more";
        return check.file() + " (" + check.format() + blocks + leaked + ") is "
                + (check.clean() ? "clean" : "not clean") + more;
    }

    private static Table table(CheckView check) {
        Table table =
                new Table().column("SEVERITY").column("WHERE").column("PROBLEM").column("REPAIRED");
        for (CheckView.Finding finding : check.findings()) {
            table.row(finding.severity(), finding.field(), finding.problem(), finding.repaired() ? "yes" : "no");
        }
        return table;
    }
}
