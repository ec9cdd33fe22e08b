package dev.kume.cli.daemon;

import dev.kume.cli.api.ErrorCode;
import dev.kume.cli.api.OperationView;
import dev.kume.cli.files.Causes;
import dev.kume.core.Clock;
import dev.kume.core.disk.DiskFormat;
import dev.kume.core.disk.DiskMirror;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.disk.Zeroes;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.DiskReshaping;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.scsi.UnitState;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Makes disks smaller that nobody uses, and behind whose new end nothing lies: note, inventory, file, in this order.
 * What ends it before the inventory has the new size leaves the old one; what ends it later leaves a file that the next
 * start cuts to it.
 */
final class DiskShrinking {
    private static final Duration QUIET_TIME = Duration.ofSeconds(10);

    private final Changes changes;
    private final Exports exports;
    private final DiskShelf shelf;
    private final DiskWork work;
    private final UnfinishedGrowths unfinished;
    private final Clock clock;

    DiskShrinking(
            Changes changes,
            Exports exports,
            DiskShelf shelf,
            DiskWork work,
            UnfinishedGrowths unfinished,
            Clock clock) {
        this.changes = changes;
        this.exports = exports;
        this.shelf = shelf;
        this.work = work;
        this.unfinished = unfinished;
        this.clock = clock;
    }

    /** Hears of writes behind the new end while that is looked at. */
    private static final class TailWatch implements DiskMirror {
        private final long fromBytes;
        private volatile boolean written;

        TailWatch(long fromBytes) {
            this.fromBytes = fromBytes;
        }

        @Override
        public void written(long offsetBytes, ByteBuffer source) {
            if (offsetBytes + source.remaining() > fromBytes) {
                written = true;
            }
        }

        @Override
        public void zeroed(long offsetBytes, long lengthBytes) {
            // Zeroes are what is to be there.
        }
    }

    /** Checks the request and begins to look at what lies behind the new end. In turn. */
    OperationView shrink(DiskRecord disk, long sizeBytes) {
        work.checkIdle(disk);
        DiskReshaping.checkShrink(changes.current(), disk, sizeBytes);
        DiskStack stack = shelf.stack(disk);
        if (stack.chain().parent() != null) {
            throw new ApiException(
                    ErrorCode.GUARD,
                    "disk '%s' keeps its size: it is a child of %s"
                            .formatted(disk.name(), stack.chain().parent().file()),
                    "make it a disk of its own with 'kume disk convert %s' first".formatted(disk.name()));
        }
        if (stack.isolated().info().readOnly()) {
            throw new ApiException(
                    ErrorCode.GUARD,
                    "disk '%s' keeps its size: %s can only be read".formatted(disk.name(), disk.file()),
                    "let the daemon write it first");
        }
        checkUnused(changes.current(), disk);
        return work.start(disk, "resized", "disk resize", progress -> shrink(disk, stack, sizeBytes, progress));
    }

    private void checkUnused(Inventory inventory, DiskRecord disk) {
        Connected connected = Connected.to(inventory, disk, exports.connections());
        if (connected != null) {
            throw new ApiException(
                    ErrorCode.BUSY,
                    "disk '%s' is not made smaller: it is %s".formatted(disk.name(), connected),
                    "log off at the initiator first");
        }
        UnitState unit = exports.unitState(disk);
        if (unit != null && (unit.reservations().reservation() != null || unit.reservedBy() != null)) {
            throw new ApiException(
                    ErrorCode.BUSY,
                    "disk '%s' is not made smaller: a node has it reserved".formatted(disk.name()),
                    "see 'kume reservation show %s'".formatted(disk.name()));
        }
    }

    /** On an operation's thread. */
    private void shrink(DiskRecord disk, DiskStack stack, long sizeBytes, DiskFormat.Progress progress)
            throws IOException {
        TailWatch watch = new TailWatch(sizeBytes);
        stack.live().mirror(watch);
        try {
            long data = new Zeroes().firstData(stack.isolated(), sizeBytes, disk.sizeBytes(), progress);
            if (data >= 0) {
                throw new ApiException(
                        ErrorCode.GUARD,
                        "%s: there is data at byte %d, behind the new end".formatted(notResized(disk), data),
                        "let the host make its last partition smaller, and trim it, before the disk");
            }
            unfinished.note(disk, sizeBytes);
            changes.inTurn(() -> finish(disk, stack, watch, sizeBytes));
        } catch (InterruptedIOException e) {
            throw e;
        } catch (IOException e) {
            throw Errors.ofFile(Path.of(disk.file()), notResized(disk), e);
        } finally {
            stack.live().mirror(null);
        }
    }

    private Inventory finish(DiskRecord disk, DiskStack stack, TailWatch watch, long sizeBytes) throws IOException {
        try {
            checkUnused(changes.current(), DiskReshaping.current(changes.current(), disk));
            boolean quiet = stack.isolated().tryAlone(QUIET_TIME, clock, inside -> {
                if (watch.written) {
                    throw new ApiException(
                            ErrorCode.BUSY,
                            "%s: it was written behind the new end meanwhile".formatted(notResized(disk)),
                            "stop that, and repeat");
                }
                // A map that is cut after a crash is read from the file alone.
                inside.flush();
                changes.save(inventory -> DiskReshaping.shrink(inventory, disk, sizeBytes));
                cut(disk, inside, sizeBytes);
            });
            if (!quiet) {
                throw new ApiException(
                        ErrorCode.BUSY,
                        "%s: it has work under way that does not end".formatted(notResized(disk)),
                        "look after its device, and repeat");
            }
        } catch (RuntimeException e) {
            unfinished.finished(disk.identity().uuid());
            throw e;
        }
        unfinished.finished(disk.identity().uuid());
        return changes.apply(inventory -> inventory);
    }

    /** The inventory has the new size: when this fails, the note is left, and the next opening makes up for it. */
    private static void cut(DiskRecord disk, VirtualDisk inside, long sizeBytes) throws IOException {
        try {
            inside.shrink(sizeBytes);
        } catch (IOException e) {
            throw new IOException(
                    "disk '%s' has its new size, but %s could not be cut to it: %s; run 'kume disk offline %s' and 'kume disk online %s'"
                            .formatted(disk.name(), disk.file(), Causes.of(e), disk.name(), disk.name()),
                    e);
        }
    }

    private static String notResized(DiskRecord disk) {
        return "disk '%s' is not resized".formatted(disk.name());
    }
}
