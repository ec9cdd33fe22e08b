package dev.kume.cli.daemon;

import dev.kume.cli.api.ErrorCode;
import dev.kume.cli.api.OperationResult;
import dev.kume.cli.api.OperationView;
import dev.kume.core.disk.DiskFormat;
import dev.kume.core.disk.DiskType;
import dev.kume.core.disk.MappedDisk;
import dev.kume.core.disk.SparseCompaction;
import dev.kume.core.inventory.DiskRecord;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;

/** Gives back what dynamic and sparse disks take for nothing but zeroes, while initiators use them. */
final class DiskCompacting {
    private final Changes changes;
    private final DiskShelf shelf;
    private final DiskWork work;

    DiskCompacting(Changes changes, DiskShelf shelf, DiskWork work) {
        this.changes = changes;
        this.shelf = shelf;
        this.work = work;
    }

    /** Checks the request and begins. */
    OperationView compact(String name) {
        return changes.inTurn(() -> {
            DiskRecord disk = changes.current().disk(name);
            work.checkIdle(disk);
            DiskStack stack = shelf.stack(disk);
            check(disk, stack);
            return work.startTelling(
                    disk, "compacted", "disk compact", progress -> compact(disk, stack, progress), () -> {});
        });
    }

    private static void check(DiskRecord disk, DiskStack stack) {
        if (stack.isolated().info().readOnly()) {
            throw new ApiException(
                    ErrorCode.GUARD,
                    "%s: %s can only be read".formatted(notCompacted(disk), disk.file()),
                    "let the daemon write it first");
        }
        boolean fixed = stack.chain().disk() instanceof MappedDisk mapped
                ? mapped.type() == DiskType.FIXED
                : !stack.isolated().info().thin();
        if (fixed) {
            throw new ApiException(
                    ErrorCode.GUARD,
                    "%s: it is fixed, all of its space is reserved for it".formatted(notCompacted(disk)),
                    "make it one that takes space as it is written: kume disk convert %s --format vhdx --type dynamic"
                            .formatted(disk.name()));
        }
    }

    /** On an operation's thread. */
    private OperationResult compact(DiskRecord disk, DiskStack stack, DiskFormat.Progress progress) throws IOException {
        try {
            long beforeBytes = stack.chain().store().allocatedBytes();
            if (stack.chain().disk() instanceof MappedDisk mapped) {
                var _ = mapped.compact(progress);
            } else {
                new SparseCompaction(stack.isolated()).run(progress);
            }
            return OperationResult.ofFreedBytes(
                    Math.max(0, beforeBytes - stack.chain().store().allocatedBytes()));
        } catch (InterruptedIOException e) {
            throw e;
        } catch (IOException e) {
            throw Errors.ofFile(Path.of(disk.file()), notCompacted(disk), e);
        }
    }

    private static String notCompacted(DiskRecord disk) {
        return "disk '%s' is not compacted".formatted(disk.name());
    }
}
