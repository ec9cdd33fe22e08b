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
import java.util.ArrayList;
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
    private final UnfinishedFiles unfinished;
    private final StoreProvider stores;
    private final DiskFormats formats;
    private final Clock clock;
    private final RandomGenerator random;

    /** Disks that are being made; their names and files are taken. In turn only. */
    private final List<DiskRecord> beingMade = new ArrayList<>();

    DiskProvisioning(
            Settings settings,
            Changes changes,
            Operations operations,
            Exports exports,
            DiskShelf shelf,
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
        this.unfinished = unfinished;
        this.stores = stores;
        this.formats = formats;
        this.clock = clock;
        this.random = random;
    }

    // ---- create -----------------------------------------------------------------------------------------------------

    /** Checks the request, takes the name, and begins to make the file. */
    OperationView create(DiskCreate request) {
        return changes.inTurn(() -> {
            DiskRecord disk = planned(request);
            beingMade.add(disk);
            try {
                return operations.start("disk create", disk.name(), progress -> make(disk, progress));
            } catch (RuntimeException e) {
                beingMade.remove(disk);
                throw e;
            }
        });
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
        checkNotBeingMade(name, file);
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
        checkPlace(file, doing("created", name), request.file() != null);
        return disk;
    }

    /** On an operation's thread. */
    private void make(DiskRecord disk, DiskFormat.Progress progress) {
        Path file = Path.of(disk.file());
        UUID uuid = disk.identity().uuid();
        Path working = UnfinishedFiles.workingName(file, uuid);
        String doing = doing("created", disk.name());
        try {
            progress.at(0, disk.sizeBytes());
            unfinished.keep(file);
            unfinished.note(uuid, working, file);
            DiskFormat.CreateOptions options =
                    new DiskFormat.CreateOptions(disk.sizeBytes(), uuid, disk.sparse(), progress);
            new DiskFiles(stores)
                    .create(working, format(disk.format()), options)
                    .close();
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
            changes.inTurn(() -> beingMade.remove(disk));
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
            checkNotBeingMade(name, file);
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
        if (isInState(file)) {
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

    // ---- change -----------------------------------------------------------------------------------------------------

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
            checkNotBeingMade(newName, null);
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

    // ---- checks -----------------------------------------------------------------------------------------------------

    private void checkNotBeingMade(String name, @Nullable Path file) {
        for (DiskRecord other : beingMade) {
            if (other.name().equalsIgnoreCase(name)
                    || (file != null && other.file().equals(file.toString()))) {
                throw new ApiException(
                        ErrorCode.CONFLICT,
                        "disk '%s' (%s) is being created".formatted(other.name(), other.file()),
                        "wait for it, or choose another name and file");
            }
        }
    }

    private void checkPlace(Path file, String doing, boolean given) throws IOException {
        Path directory = Objects.requireNonNull(file.getParent());
        if (!given) {
            try {
                StateDirectory.create(directory);
            } catch (IOException e) {
                throw Errors.ofFile(directory, doing, e);
            }
        }
        if (!Files.isDirectory(directory)) {
            throw new ApiException(
                    ErrorCode.NOT_FOUND,
                    "%s: there is no directory %s on the server".formatted(doing, directory),
                    "make it, or choose another --file");
        }
        if (UnfinishedFiles.exists(file)) {
            throw Errors.existing(file, doing);
        }
        if (given && isInState(file)) {
            throw new ApiException(
                    ErrorCode.GUARD,
                    "%s: %s would lie among the daemon's own files".formatted(doing, file),
                    "choose a --file in %s, or outside of it".formatted(settings.diskDirectory()));
        }
    }

    /** True when the file lies among the daemon's own, also by way of symbolic links. */
    private boolean isInState(Path file) {
        Path directory = Objects.requireNonNull(file.getParent());
        try {
            Path real = directory.toRealPath();
            boolean inDisks = Files.isDirectory(settings.diskDirectory())
                    && real.startsWith(settings.diskDirectory().toRealPath());
            return real.startsWith(settings.stateDirectory().toRealPath()) && !inDisks;
        } catch (IOException e) {
            // What cannot be resolved is judged by its name, and refused by its own check.
            return file.startsWith(settings.stateDirectory()) && !file.startsWith(settings.diskDirectory());
        }
    }

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
