package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.DiskView;
import dev.kume.cli.client.Answer;
import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kume disk remove}. */
@Command(name = "remove", description = "Remove a disk that no target maps. Its file stays unless told.")
final class DiskRemoveCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(paramLabel = "NAME", description = "The disk's name.")
    private String name = "";

    @Option(names = "--delete-file", description = "Delete the file too, and all data in it.")
    private boolean deleteFile;

    @Option(names = "--with-snapshots", description = "Also when it has snapshots, which go with it.")
    private boolean withSnapshots;

    DiskRemoveCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        DiskView disk = invocation.api().get(ApiPaths.disk(name)).as(DiskView.class);
        if (!disk.accessBy().isEmpty()) {
            // Said before the question is asked: no answer to it could help.
            throw new CliException(ExitCode.BUSY, inUse(disk));
        }
        invocation.confirm(
                deleteFile
                        ? "disk '" + disk.name() + "' (" + disk.size() + ") and all data in " + disk.file()
                                + " would be deleted"
                        : "disk '" + disk.name() + "' would be removed; its file " + disk.file() + " would stay");
        Answer answer = invocation.api().delete(ApiPaths.diskRemoval(disk.name(), deleteFile, withSnapshots));
        invocation.printChange(
                answer.tree(),
                () -> "Disk '" + disk.name() + "' removed; its file " + disk.file()
                        + (deleteFile ? " is deleted" : " stays"));
        return 0;
    }

    private static String inUse(DiskView disk) {
        String targets = disk.accessBy().stream()
                .map(access -> access.target() + " (LUN " + access.lun() + ")")
                .collect(Collectors.joining(", "));
        String initiators = disk.accessBy().stream()
                .flatMap(access -> access.initiators().stream())
                .distinct()
                .collect(Collectors.joining(", "));
        String sessions = initiators.isEmpty() ? "" : " and in use by " + initiators;
        return "disk '" + disk.name() + "' is mapped into " + targets + sessions + "; unmap it first: kume unmap "
                + disk.name() + " " + disk.accessBy().getFirst().target();
    }
}
