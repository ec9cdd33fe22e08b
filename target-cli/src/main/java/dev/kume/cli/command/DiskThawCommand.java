package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.DiskView;
import dev.kume.cli.client.Answer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code kume disk thaw}. */
@Command(name = "thaw", description = "Let hosts write a disk again that were kept from it.")
final class DiskThawCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(paramLabel = "NAME", description = "The disk's name.")
    private String name = "";

    DiskThawCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        Answer answer = invocation.api().post(ApiPaths.diskThaw(name), null);
        invocation.printChange(answer.tree(), () -> {
            DiskView disk = answer.as(DiskView.class);
            return "Disk '" + disk.name() + "' is written by all its hosts again";
        });
        return 0;
    }
}
