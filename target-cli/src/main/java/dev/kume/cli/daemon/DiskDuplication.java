package dev.kume.cli.daemon;

import dev.kume.cli.api.DiskDuplicate;
import dev.kume.cli.api.OperationView;
import dev.kume.core.Clock;
import dev.kume.core.disk.DiskFormats;
import dev.kume.core.inventory.DiskLayers;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Disks;
import dev.kume.core.inventory.Sharing;
import java.nio.file.Path;
import java.util.Objects;
import java.util.random.RandomGenerator;

/** Makes new disks of what a disk holds at one instant, while initiators use that. */
final class DiskDuplication {
    private final Settings settings;
    private final Changes changes;
    private final DiskShelf shelf;
    private final DiskWork work;
    private final DiskPlaces places;
    private final DiskProvisioning disks;
    private final DiskFilling filling;
    private final DiskFormats formats;
    private final Clock clock;
    private final RandomGenerator random;

    DiskDuplication(
            Settings settings,
            Changes changes,
            DiskShelf shelf,
            DiskWork work,
            DiskPlaces places,
            DiskProvisioning disks,
            DiskFilling filling,
            DiskFormats formats,
            Clock clock,
            RandomGenerator random) {
        this.settings = settings;
        this.changes = changes;
        this.shelf = shelf;
        this.work = work;
        this.places = places;
        this.disks = disks;
        this.filling = filling;
        this.formats = formats;
        this.clock = clock;
        this.random = random;
    }

    /** Checks the request, takes the name, and begins to make the file. */
    OperationView copy(String name, DiskDuplicate request) {
        String newName = Requests.required("name", request.name());
        String refused = "disk '%s' is not created".formatted(newName);
        return changes.inTurn(() -> {
            DiskRecord source = changes.current().disk(name);
            work.checkIdle(source);
            var _ = shelf.stack(source); // Only a disk that is online.
            ImageKind kind = ImageKind.of(
                    formats,
                    source,
                    new ImageKind.Words(request.format(), request.type(), request.sparse(), request.blockSizeMb()),
                    refused);
            Path file = request.file() == null
                    ? settings.diskDirectory().resolve(newName + kind.extension())
                    : Requests.absolutePath(request.file());
            Disks.checkNew(changes.current(), newName, file.toString(), settings.limits());
            places.checkNotTaken(newName, file);
            places.check(file, refused, request.file() != null);
            kind.checkSpace(file, source, refused);
            DiskRecord copy = described(request, newName, source, kind, file);
            work.begin(source, "copied");
            try {
                return disks.make("disk copy", copy, (made, working, progress) -> {
                    try {
                        filling.fill(working, kind, source, copy.identity().uuid(), progress, (all, chain) -> {
                                    filling.finish(all, () -> {});
                                    return chain;
                                })
                                .close();
                    } finally {
                        changes.inTurn(() -> {
                            work.end(source);
                            return source;
                        });
                    }
                });
            } catch (RuntimeException e) {
                work.end(source);
                throw e;
            }
        });
    }

    private DiskRecord described(DiskDuplicate request, String newName, DiskRecord source, ImageKind kind, Path file) {
        return new DiskRecord(
                newName,
                file.toString(),
                kind.format().name(),
                kind.type().word(),
                source.sizeBytes(),
                kind.thin(),
                source.sharing() == Sharing.READ_ONLY ? Sharing.EXCLUSIVE : source.sharing(),
                source.sectorFormat(),
                source.profile(),
                Objects.requireNonNullElse(request.description(), ""),
                changes.current().newIdentity(random),
                clock.now(),
                DiskLayers.NONE);
    }
}
