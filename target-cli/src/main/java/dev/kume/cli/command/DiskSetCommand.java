package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.DiskSet;
import dev.kume.cli.api.DiskView;
import dev.kume.cli.client.Answer;
import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kume disk set}. */
@Command(
        name = "set",
        description = "Change a disk's name, sharing, description, or what hosts are told that it is. Its identity, its"
                + " blocks and its data stay.")
final class DiskSetCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(paramLabel = "NAME", description = "The disk's name.")
    private String name = "";

    @Option(names = "--rename", paramLabel = "NEW", description = "The new name.")
    private @Nullable String rename;

    @Option(
            names = "--sharing",
            paramLabel = "SHARING",
            description = "Who may have it at once: ${COMPLETION-CANDIDATES}.")
    private @Nullable Sharing sharing;

    @Option(names = "--description", paramLabel = "TEXT", description = "The new note; an empty one clears it.")
    private @Nullable String description;

    @Mixin
    private DeviceOptions device = new DeviceOptions();

    DiskSetCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        if (rename == null && sharing == null && description == null && !device.given()) {
            throw new CliException(
                    ExitCode.USAGE,
                    "nothing to change: give --rename, --sharing, --description, --write-cache, --rotation, --vendor or"
                            + " --product");
        }
        DiskSet request = new DiskSet(
                rename,
                Words.of(sharing),
                description,
                device.writeCache(),
                device.rotation(),
                device.vendor(),
                device.product());
        Answer answer = invocation.api().patch(ApiPaths.disk(name), request);
        invocation.printChange(answer.tree(), () -> {
            DiskView disk = answer.as(DiskView.class);
            return "Disk '" + disk.name() + "' changed";
        });
        return 0;
    }
}
