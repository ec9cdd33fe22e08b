package dev.kume.cli.command;

import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.DiskView;
import dev.kume.cli.client.Answer;
import dev.kume.cli.output.Facts;
import dev.kume.core.Sizes;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code kume disk show}. */
@Command(name = "show", description = "Show one disk in full.")
final class DiskShowCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(paramLabel = "NAME", description = "The disk's name.")
    private String name = "";

    DiskShowCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        Answer answer = invocation.api().get(ApiPaths.disk(name));
        invocation.print(answer.tree(), out -> facts(answer.as(DiskView.class)).print(out));
        return 0;
    }

    private static Facts facts(DiskView disk) {
        String status = disk.statusReason() == null ? disk.status() : disk.status() + ": " + disk.statusReason();
        String type = disk.sparse() ? disk.type() + ", sparse" : disk.type();
        List<String> accessBy =
                disk.accessBy().stream().map(DiskShowCommand::access).toList();
        Facts facts = new Facts()
                .add("name", disk.name())
                .add("status", status)
                .add("size", bytes(disk.size(), disk.sizeBytes()))
                .add("space taken", spaceTaken(disk))
                .add("format", disk.format())
                .add("type", type)
                .add("file", disk.file());
        if (!disk.alarms().isEmpty()) {
            facts.add("alarms", Alarms.lines(disk.alarms()), "none");
        }
        layout(facts, disk.layout());
        facts.add("sharing", disk.sharing())
                .add(
                        "sectors",
                        disk.sector().format() + " (logical " + disk.sector().logicalBytes() + ", physical "
                                + disk.sector().physicalBytes() + " bytes)");
        DiskView.Device device = disk.device();
        if (device != null) {
            facts.add("write cache", device.writeCache() ? "on" : "off")
                    .add("rotation", device.rotation().equals("ssd") ? "ssd" : device.rotation() + " rpm")
                    .add("vendor", device.vendor())
                    .add("product", device.product());
        }
        return facts.add("serial", disk.identity().serial())
                .add("NAA", disk.identity().naa())
                .add("description", disk.description())
                .add("created", disk.created().toString())
                .add("access by", accessBy, "nobody; map it: kume map " + disk.name() + " TARGET");
    }

    private static void layout(Facts facts, DiskView.@Nullable Layout layout) {
        if (layout == null) {
            return;
        }
        Long fileBytes = layout.fileBytes();
        if (fileBytes != null) {
            facts.add("file size", bytes(Sizes.format(fileBytes), fileBytes));
        }
        Long blockBytes = layout.blockBytes();
        if (blockBytes != null) {
            facts.add("blocks", Sizes.format(blockBytes));
        }
        if (layout.parent() != null) {
            facts.add("parent", layout.parent());
        }
        if (!layout.parents().isEmpty()) {
            facts.add("over", layout.parents(), "");
        }
        if (layout.snapshots() > 0) {
            facts.add("snapshots", String.valueOf(layout.snapshots()));
        }
    }

    private static String spaceTaken(DiskView disk) {
        Long allocatedBytes = disk.allocatedBytes();
        return allocatedBytes == null ? "unknown" : bytes(Sizes.format(allocatedBytes), allocatedBytes);
    }

    private static String bytes(String human, long bytes) {
        return String.format(Locale.ROOT, "%s (%,d bytes)", human, bytes);
    }

    private static String access(DiskView.Access access) {
        String who = access.initiators().isEmpty() ? "" : ", in use by " + String.join(", ", access.initiators());
        return access.target() + " as LUN " + access.lun() + (access.readOnly() ? ", read-only" : "") + who;
    }
}
