package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.DiskView;
import dev.kume.cli.client.Answer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kume disk offline}. */
@Command(
        name = "offline",
        description =
                "Close the file of a disk, until 'disk online' or the next start of the daemon. Its mappings stay.")
final class DiskOfflineCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(paramLabel = "NAME", description = "The disk's name.")
    private String name = "";

    @Option(names = "--force", description = "Also under initiators that use it. Their commands fail from then on.")
    private boolean force;

    DiskOfflineCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        if (force) {
            invocation.confirm("disk '" + name + "' would be taken offline, also under initiators that use it");
        }
        Answer answer = invocation.api().post(ApiPaths.diskOffline(name, force), null);
        invocation.printChange(answer.tree(), () -> {
            DiskView disk = answer.as(DiskView.class);
            return "Disk '" + disk.name() + "' is offline; its file " + disk.file() + " is closed";
        });
        return 0;
    }
}
