package dev.kume.cli.daemon;

import dev.kume.cli.api.DiskCreate;
import dev.kume.cli.api.DiskImport;
import dev.kume.cli.api.DiskSet;
import dev.kume.cli.api.ErrorCode;
import dev.kume.cli.api.OperationView;
import dev.kume.core.Clock;
import dev.kume.core.disk.DiskFiles;
import dev.kume.core.disk.DiskFormat;
import dev.kume.core.disk.DiskFormatException;
import dev.kume.core.disk.DiskFormats;
import dev.kume.core.disk.DiskImage;
import dev.kume.core.inventory.DiskIdentity;
import dev.kume.core.inventory.DiskLayers;
import dev.kume.core.inventory.DiskProfile;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Disks;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.SectorFormat;
import dev.kume.core.inventory.Sharing;
import dev.kume.core.store.StoreProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Creates, imports, changes and removes disks: the file and the inventory as one. Any thread; each call waits its
 * turn.
 */
final class DiskProvisioning {
    private static final String FIXED = "fixed";

    private final Settings settings;
    private final Changes changes;
    private final Operations operations;
    private final Exports exports;
    private final DiskShelf shelf;
    private final DiskWork work;
    private final DiskPlaces places;
    private final UnfinishedFiles unfinished;
    private final StoreProvider stores;
    private final DiskFormats formats;
    private final Clock clock;
    private final RandomGenerator random;

    DiskProvisioning(
            Settings settings,
            Changes changes,
            Operations operations,
            Exports exports,
            DiskShelf shelf,
            DiskWork work,
            DiskPlaces places,
            UnfinishedFiles unfinished,
            StoreProvider stores,
            DiskFormats formats,
            Clock clock,
            RandomGenerator random) {
        this.settings = settings;
        this.changes = changes;
        this.operations = operations;
        this.exports = exports;
        this.shelf = shelf;
        this.work = work;
        this.places = places;
        this.unfinished = unfinished;
        this.stores = stores;
        this.formats = formats;
        this.clock = clock;
        this.random = random;
    }

    // ---- create -----------------------------------------------------------------------------------------------------

    /** Checks the request, takes the name, and begins to make the file. */
    OperationView create(DiskCreate request) {
        return changes.inTurn(() -> make("disk create", planned(request), this::makeEmpty));
    }

    /** Makes the file of a new disk, under another name first. */
    @FunctionalInterface
    interface Maker {
        void make(DiskRecord disk, Path working, DiskFormat.Progress progress) throws IOException;
    }

    /**
     * Takes the name of a disk that may be made, and begins to make its file. In turn.
     *
     * @param kind of the operation
     */
    OperationView make(String kind, DiskRecord disk, Maker maker) {
        Path file = Path.of(disk.file());
        places.take(disk.name(), file);
        try {
            return operations.start(kind, disk.name(), progress -> make(disk, maker, progress));
        } catch (RuntimeException e) {
            places.free(file);
            throw e;
        }
    }

    private void makeEmpty(DiskRecord disk, Path working, DiskFormat.Progress progress) throws IOException {
        DiskFormat.CreateOptions options =
                new DiskFormat.CreateOptions(disk.sizeBytes(), disk.identity().uuid(), disk.sparse(), progress);
        new DiskFiles(stores).create(working, format(disk.format()), options).close();
    }

    private DiskRecord planned(DiskCreate request) throws IOException {
        String name = Requests.required("name", request.name());
        long sizeBytes = DiskRequests.size(Requests.required("size", request.size()));
        DiskFormat format = format(Objects.requireNonNullElse(request.format(), "vhd"));
        Requests.oneOf("type of disk", Objects.requireNonNullElse(request.type(), FIXED), List.of(FIXED));
        Sharing sharing = Sharing.ofWord(Objects.requireNonNullElse(request.sharing(), Sharing.EXCLUSIVE.word()));
        SectorFormat sectors = DiskRequests.sectors(request);
        DiskProfile profile = DiskRequests.profile(request);
        Disks.checkSectors(name, format.name(), sectors);
        String extension = format.name().equals("raw") ? ".img" : "." + format.name();
        Path file = request.file() == null
                ? settings.diskDirectory().resolve(name + extension)
                : Requests.absolutePath(request.file());
        Disks.checkNew(changes.current(), name, file.toString(), settings.limits());
        places.checkNotTaken(name, file);
        checkSize(name, format, sizeBytes);
        DiskRecord disk = new DiskRecord(
                name,
                file.toString(),
                format.name(),
                FIXED,
                sizeBytes,
                Boolean.TRUE.equals(request.sparse()),
                sharing,
                sectors,
                profile,
                Objects.requireNonNullElse(request.description(), ""),
                changes.current().newIdentity(random),
                clock.now(),
                DiskLayers.NONE);
        places.check(file, doing("created", name), request.file() != null);
        return disk;
    }

    /** On an operation's thread. */
    private void make(DiskRecord disk, Maker maker, DiskFormat.Progress progress) {
        Path file = Path.of(disk.file());
        UUID uuid = disk.identity().uuid();
        Path working = UnfinishedFiles.workingName(file, uuid);
        String doing = doing("created", disk.name());
        try {
            progress.at(0, disk.sizeBytes());
            unfinished.keep(file);
            unfinished.note(uuid, working, file);
            maker.make(disk, working, progress);
            remember(disk);
            changes.inTurn(() -> finish(disk, working, file));
        } catch (java.io.InterruptedIOException e) {
            removeLeftovers(disk, working);
            throw new java.util.concurrent.CancellationException("cancelled");
        } catch (IOException e) {
            removeLeftovers(disk, working);
            throw Errors.ofFile(file, doing, e);
        } catch (RuntimeException e) {
            removeLeftovers(disk, working);
            throw e;
        } finally {
            changes.inTurn(() -> {
                places.free(file);
                return disk;
            });
            unfinished.finished(uuid);
        }
    }

    /**
     * The file is whole: the inventory first, then the file's name. A crash in between is settled at the next start.
     */
    private Inventory finish(DiskRecord disk, Path working, Path file) throws IOException {
        changes.save(inventory -> Disks.add(inventory, disk, settings.limits()));
        try {
            if (UnfinishedFiles.exists(file)) {
                throw Errors.existing(file, doing("created", disk.name()));
            }
            stores.rename(working, file);
        } catch (IOException | RuntimeException e) {
            changes.save(inventory -> Disks.remove(inventory, disk.name()));
            throw e;
        }
        exports.add(shelf.open(disk));
        return changes.apply(inventory -> inventory);
    }

    private void removeLeftovers(DiskRecord disk, Path working) {
        if (!isKnown(disk)) {
            shelf.memories().remove(disk);
        }
        try {
            if (UnfinishedFiles.exists(working)) {
                stores.remove(working);
            }
        } catch (IOException e) {
            throw Errors.ofFile(working, "an unfinished file could not be removed", e);
        }
    }

    private boolean isKnown(DiskRecord disk) {
        return changes.current().disks().stream()
                .anyMatch(
                        known -> known.identity().uuid().equals(disk.identity().uuid()));
    }

    // ---- import -----------------------------------------------------------------------------------------------------

    /** An existing file becomes a disk where it lies. */
    DiskRecord importFile(DiskImport request) {
        String name = Requests.required("name", request.name());
        Path file = Requests.absolutePath(Requests.required("file", request.file()));
        DiskFormat given = request.format() == null ? null : format(request.format());
        return changes.inTurn(() -> {
            Disks.checkNew(changes.current(), name, file.toString(), settings.limits());
            places.checkNotTaken(name, file);
            checkImportPlace(name, file);
            DiskRecord disk = described(request, name, file, inspect(name, file, given));
            remember(disk);
            OpenDisk opened = shelf.open(disk);
            if (opened.offlineReason() != null) {
                shelf.close(disk);
                shelf.memories().remove(disk);
                throw new ApiException(
                        ErrorCode.FAILED, "%s: %s".formatted(doing("imported", name), opened.offlineReason()), null);
            }
            try {
                keep(file);
                changes.save(inventory -> Disks.add(inventory, disk, settings.limits()));
            } catch (RuntimeException e) {
                shelf.close(disk);
                shelf.memories().remove(disk);
                throw e;
            }
            exports.add(opened);
            changes.apply(inventory -> inventory);
            return disk;
        });
    }

    private void remember(DiskRecord disk) {
        try {
            shelf.memories().create(disk);
        } catch (IOException e) {
            throw Errors.ofSaving(settings.stateDirectory(), e);
        }
    }

    private void keep(Path file) {
        try {
            unfinished.keep(file);
        } catch (IOException e) {
            throw Errors.ofSaving(settings.stateDirectory(), e);
        }
    }

    private DiskRecord described(DiskImport request, String name, Path file, DiskImage image) {
        DiskIdentity identity = changes.current().newIdentity(random);
        UUID uuid = image.uniqueId();
        if (uuid != null && (uuid.getMostSignificantBits() != 0 || uuid.getLeastSignificantBits() != 0)) {
            checkNoCopy(name, file, uuid);
            identity = new DiskIdentity(uuid, identity.serial(), identity.naa());
        }
        SectorFormat sectors = DiskRequests.sectors(request);
        Disks.checkSectors(name, image.format(), sectors);
        return new DiskRecord(
                name,
                file.toString(),
                image.format(),
                FIXED,
                image.sizeBytes(),
                image.sparse(),
                Sharing.ofWord(Objects.requireNonNullElse(request.sharing(), Sharing.EXCLUSIVE.word())),
                sectors,
                DiskRequests.profile(request),
                Objects.requireNonNullElse(request.description(), ""),
                identity,
                clock.now(),
                DiskLayers.NONE);
    }

    private void checkNoCopy(String name, Path file, UUID uuid) {
        for (DiskRecord other : changes.current().disks()) {
            if (other.identity().uuid().equals(uuid)) {
                throw new ApiException(
                        ErrorCode.GUARD,
                        "%s: %s is a copy of the file of disk '%s' (both have the unique id %s)"
                                .formatted(doing("imported", name), file, other.name(), uuid),
                        "hosts would take one for the other; give the copy an id of its own, such as by"
                                + " 'qemu-img convert -O vpc -o subformat=fixed,force_size=on'");
            }
        }
    }

    private DiskImage inspect(String name, Path file, @Nullable DiskFormat given) {
        try {
            return shelf.inspect(file, given);
        } catch (IOException e) {
            throw Errors.ofFile(file, doing("imported", name), e);
        }
    }

    private void checkImportPlace(String name, Path file) {
        if (places.isInState(file)) {
            throw new ApiException(
                    ErrorCode.GUARD,
                    "%s: %s lies in the daemon's state directory".formatted(doing("imported", name), file),
                    "keep disks outside of it, or in %s".formatted(settings.diskDirectory()));
        }
        if (!UnfinishedFiles.exists(file)) {
            throw new ApiException(
                    ErrorCode.NOT_FOUND,
                    "%s: there is no file %s on the server".formatted(doing("imported", name), file),
                    "make one with 'kume disk create %s --size SIZE'".formatted(name));
        }
        if (!Files.isRegularFile(file)) {
            throw new ApiException(
                    ErrorCode.INVALID,
                    "%s: %s is not a regular file".formatted(doing("imported", name), file),
                    "name a VHD or raw file");
        }
    }

    // ---- change and remove ------------------------------------------------------------------------------------------

    /** Changes what the request has. */
    DiskRecord set(String name, DiskSet request) {
        if (request.equals(new DiskSet(null, null, null, null, null, null, null))) {
            throw new ApiException(
                    ErrorCode.INVALID,
                    "nothing is to be changed",
                    "give rename, sharing, description, writeCache, rotation, vendor or product");
        }
        DiskProfile.Changes profile = DiskRequests.profile(request);
        Sharing sharing = request.sharing() == null ? null : Sharing.ofWord(request.sharing());
        return changes.inTurn(() -> {
            String newName = request.rename() == null ? name : request.rename();
            places.checkNotTaken(newName, null);
            boolean writeCacheStays = Objects.equals(
                    request.writeCache(), changes.current().disk(name).profile().writeCache());
            Inventory changed = changes.apply(inventory -> {
                Inventory next = Disks.present(inventory, name, profile, exports.connections());
                if (sharing != null) {
                    next = Disks.share(next, name, sharing);
                }
                if (request.description() != null) {
                    next = Disks.describe(next, name, request.description());
                }
                return request.rename() == null ? next : Disks.rename(next, name, newName);
            });
            if (writeCacheStays) {
                // Nothing has changed here; but an initiator may have switched it by MODE SELECT.
                exports.writeCache(changed.disk(newName));
            }
            return changed.disk(newName);
        });
    }

    /** Removes a disk that is mapped nowhere, and its file when asked to. */
    DiskRecord remove(String name, boolean deleteFile) {
        return changes.inTurn(() -> {
            DiskRecord disk = changes.current().disk(name);
            Path file = Path.of(disk.file());
            UUID uuid = disk.identity().uuid();
            work.checkIdle(disk);
            // Asked before the note is written: a refusal must leave nothing behind.
            Disks.remove(changes.current(), name);
            if (deleteFile) {
                try {
                    unfinished.note(uuid, file, file);
                } catch (IOException e) {
                    throw Errors.ofSaving(settings.stateDirectory(), e);
                }
            }
            try {
                changes.apply(inventory -> Disks.remove(inventory, name));
            } catch (RuntimeException e) {
                unfinished.finished(uuid);
                throw e;
            }
            exports.remove(disk);
            shelf.close(disk);
            shelf.memories().remove(disk);
            if (deleteFile) {
                delete(disk, file);
            }
            return disk;
        });
    }

    private void delete(DiskRecord disk, Path file) {
        try {
            unfinished.remove(file);
            unfinished.finished(disk.identity().uuid());
        } catch (IOException e) {
            throw new ApiException(
                    ErrorCode.FAILED,
                    "disk '%s' is removed, but its file %s is not: %s".formatted(disk.name(), file, Causes.of(e)),
                    "remove the file by hand; the daemon tries again at its next start");
        }
    }

    // ---- checks -----------------------------------------------------------------------------------------------------

    private static void checkSize(String name, DiskFormat format, long sizeBytes) {
        try {
            format.checkSize(sizeBytes);
        } catch (DiskFormatException e) {
            throw new ApiException(ErrorCode.INVALID, "%s: %s".formatted(doing("created", name), e.getMessage()), null);
        }
    }

    private DiskFormat format(String word) {
        List<String> words = formats.list().stream().map(DiskFormat::name).toList();
        String known = Requests.oneOf("disk format", word, words);
        return formats.byName(known).orElseThrow();
    }

    private static String doing(String done, String name) {
        return "disk '%s' is not %s".formatted(name, done);
    }
}
