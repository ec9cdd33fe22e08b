package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.DiskView;
import dev.kume.cli.client.Answer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code kume disk online}. */
@Command(name = "online", description = "Open the file of a disk that is offline, and serve it again.")
final class DiskOnlineCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(paramLabel = "NAME", description = "The disk's name.")
    private String name = "";

    DiskOnlineCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        Answer answer = invocation.api().post(ApiPaths.diskOnline(name), null);
        invocation.printChange(answer.tree(), () -> {
            DiskView disk = answer.as(DiskView.class);
            return "Disk '" + disk.name() + "' is online";
        });
        return 0;
    }
}
