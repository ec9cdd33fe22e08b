package dev.kume.cli.daemon;

import dev.kume.cli.api.ErrorCode;
import dev.kume.cli.files.Causes;
import dev.kume.cli.log.DiskEvent;
import dev.kume.core.Clock;
import dev.kume.core.disk.DiskFiles;
import dev.kume.core.disk.DiskFormat;
import dev.kume.core.disk.DiskFormats;
import dev.kume.core.inventory.DiskLayers;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Sharing;
import dev.kume.core.store.StoreProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Small disks of the same kind as others, for a while: no inventory has them, and what a crash leaves of them goes at
 * the next start. On operation threads.
 */
final class ScratchDisks {
    private static final Logger LOG = LoggerFactory.getLogger(ScratchDisks.class);
    private static final long SIZE_BYTES = 16L << 20;

    private final Changes changes;
    private final Exports exports;
    private final DiskShelf shelf;
    private final UnfinishedFiles unfinished;
    private final StoreProvider stores;
    private final DiskFormats formats;
    private final Clock clock;
    private final RandomGenerator random;
    private final List<DiskRecord> made = new ArrayList<>();

    ScratchDisks(
            Changes changes,
            Exports exports,
            DiskShelf shelf,
            UnfinishedFiles unfinished,
            StoreProvider stores,
            DiskFormats formats,
            Clock clock,
            RandomGenerator random) {
        this.changes = changes;
        this.exports = exports;
        this.shelf = shelf;
        this.unfinished = unfinished;
        this.stores = stores;
        this.formats = formats;
        this.clock = clock;
        this.random = random;
    }

    /** Whether one disk is of the same kind as another: what is found on it holds for that. */
    static boolean isSameKind(DiskRecord one, DiskRecord other) {
        return one.format().equals(other.format())
                && one.type().equals(other.type())
                && one.sparse() == other.sparse()
                && one.sectorFormat().equals(other.sectorFormat())
                && one.profile().equals(other.profile())
                && Objects.equals(
                        Path.of(one.file()).getParent(), Path.of(other.file()).getParent());
    }

    /** A new disk, in the folder of that one, with a unit that is mapped nowhere. */
    DiskRecord make(DiskRecord like, DiskFormat.Progress progress) throws IOException {
        DiskRecord disk = changes.inTurn(() -> record(like));
        Path file = Path.of(disk.file());
        UUID uuid = disk.identity().uuid();
        unfinished.note(uuid, file, file);
        made.add(disk);
        ImageKind kind = ImageKind.of(
                formats,
                disk,
                new ImageKind.Words(null, null, null, null),
                "no scratch disk for '%s' is made".formatted(like.name()));
        new DiskFiles(stores).make(file, kind.format(), kind.options(disk, uuid, (done, total) -> progress.at(0, 1)));
        changes.inTurn(() -> {
            OpenDisk open = shelf.openForgetful(disk);
            if (open.offlineReason() != null) {
                throw new ApiException(
                        ErrorCode.FAILED, "a scratch disk cannot be opened: " + open.offlineReason(), null);
            }
            exports.add(open);
            return disk;
        });
        return disk;
    }

    private DiskRecord record(DiskRecord like) {
        String name = "scratch-%08x".formatted(random.nextInt());
        String file = String.valueOf(Path.of(like.file()).getFileName());
        String ending = file.contains(".") ? file.substring(file.lastIndexOf('.')) : "";
        return new DiskRecord(
                name,
                Path.of(like.file()).resolveSibling("." + name + ending).toString(),
                like.format(),
                like.type().equals("differencing") ? "dynamic" : like.type(),
                SIZE_BYTES,
                like.sparse(),
                Sharing.CLUSTER,
                like.sectorFormat(),
                like.profile(),
                "",
                changes.current().newIdentity(random),
                clock.now(),
                DiskLayers.NONE);
    }

    /** All of them go, mapped nowhere by now. What does not, goes at the next start. */
    void removeAll() {
        for (DiskRecord disk : made) {
            try {
                changes.inTurn(() -> {
                    exports.remove(disk);
                    shelf.close(disk);
                    return disk;
                });
                unfinished.remove(Path.of(disk.file()));
                unfinished.finished(disk.identity().uuid());
            } catch (IOException | RuntimeException e) {
                DiskEvent.SCRATCH_DISK_STAYS.log(LOG, disk.file(), Causes.of(e));
            }
        }
        made.clear();
    }
}
