package dev.kume.cli.daemon;

import dev.kume.cli.api.DiskImport;
import dev.kume.cli.api.ErrorCode;
import dev.kume.core.Clock;
import dev.kume.core.disk.Chain;
import dev.kume.core.disk.DiskFormat;
import dev.kume.core.disk.DiskFormats;
import dev.kume.core.disk.DiskImage;
import dev.kume.core.disk.DiskReport;
import dev.kume.core.disk.MappedDisk;
import dev.kume.core.inventory.DiskIdentity;
import dev.kume.core.inventory.DiskLayers;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Disks;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.inventory.SectorFormat;
import dev.kume.core.inventory.Sharing;
import dev.kume.core.store.BackingStore;
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
 * Makes disks of files that are there, with the files that they are children of. Nothing of a file changes before all
 * has been looked at. Any thread; each call waits its turn.
 */
final class DiskImporting {
    private final Settings settings;
    private final Changes changes;
    private final Exports exports;
    private final DiskShelf shelf;
    private final DiskPlaces places;
    private final UnfinishedFiles unfinished;
    private final StoreProvider stores;
    private final DiskFormats formats;
    private final Clock clock;
    private final RandomGenerator random;

    DiskImporting(
            Settings settings,
            Changes changes,
            Exports exports,
            DiskShelf shelf,
            DiskPlaces places,
            UnfinishedFiles unfinished,
            StoreProvider stores,
            DiskFormats formats,
            Clock clock,
            RandomGenerator random) {
        this.settings = settings;
        this.changes = changes;
        this.exports = exports;
        this.shelf = shelf;
        this.places = places;
        this.unfinished = unfinished;
        this.stores = stores;
        this.formats = formats;
        this.clock = clock;
        this.random = random;
    }

    /** A request that has been looked at. */
    private record Wanted(DiskImport request, String name, Path file, String refused) {
        boolean newIdentity() {
            return Boolean.TRUE.equals(request.newIdentity());
        }
    }

    DiskRecord importFile(DiskImport request) {
        String name = Requests.required("name", request.name());
        Path file = Requests.absolutePath(Requests.required("file", request.file()));
        Wanted wanted = new Wanted(request, name, file, "disk '%s' is not imported".formatted(name));
        DiskFormat given = request.format() == null ? null : DiskRequests.format(formats, request.format());
        return changes.inTurn(() -> {
            Disks.checkNew(changes.current(), name, file.toString(), settings.limits());
            places.checkNotTaken(name, file);
            checkPlace(wanted);
            try {
                return take(wanted, described(wanted, checked(wanted, given)));
            } catch (IOException e) {
                throw Errors.ofFile(file, wanted.refused(), e);
            }
        });
    }

    // ---- checks -----------------------------------------------------------------------------------------------------

    private void checkPlace(Wanted wanted) {
        Path file = wanted.file();
        if (places.isInState(file)) {
            throw new ApiException(
                    ErrorCode.GUARD,
                    "%s: %s lies in the daemon's state directory".formatted(wanted.refused(), file),
                    "keep disks outside of it, or in %s".formatted(settings.diskDirectory()));
        }
        if (!UnfinishedFiles.exists(file)) {
            throw new ApiException(
                    ErrorCode.NOT_FOUND,
                    "%s: there is no file %s on the server".formatted(wanted.refused(), file),
                    "make one with 'kume disk create %s --size SIZE'".formatted(wanted.name()));
        }
        if (Files.isSymbolicLink(file)) {
            throw symbolicLink(wanted);
        }
        if (!Files.isRegularFile(file)) {
            throw new ApiException(
                    ErrorCode.INVALID,
                    "%s: %s is %s, not a regular file"
                            .formatted(wanted.refused(), file, Files.isDirectory(file) ? "a directory" : "a device"),
                    "name a file with a disk in it");
        }
        DiskRecord owner = owner(file);
        if (owner != null) {
            throw new ApiException(
                    ErrorCode.CONFLICT,
                    "%s: %s is a file of disk '%s', by another path".formatted(wanted.refused(), file, owner.name()),
                    "two disks never share a file");
        }
    }

    private static ApiException symbolicLink(Wanted wanted) {
        try {
            return new ApiException(
                    ErrorCode.INVALID,
                    "%s: %s is a symbolic link".formatted(wanted.refused(), wanted.file()),
                    "import what it leads to, %s".formatted(wanted.file().toRealPath()));
        } catch (IOException e) {
            return new ApiException(
                    ErrorCode.NOT_FOUND,
                    "%s: %s is a symbolic link that leads nowhere".formatted(wanted.refused(), wanted.file()),
                    "name a file with a disk in it");
        }
    }

    /** The disk that has this very file, as its own or as that of a snapshot. */
    private @Nullable DiskRecord owner(Path file) {
        return ImportedParents.owner(changes.current().disks(), file);
    }

    /** The format of a file that is sound. It has been opened for reading alone. */
    private DiskFormat checked(Wanted wanted, @Nullable DiskFormat given) throws IOException {
        BackingStore store = stores.open(wanted.file(), true);
        try (store) {
            DiskFormat format = given == null ? formats.probe(store) : given;
            format.inspect(store);
            refuseDamage(wanted, wanted.file(), format.check(store, false, DiskFormat.Progress.NONE));
            return format;
        }
    }

    private static void refuseDamage(Wanted wanted, Path file, DiskReport report) {
        List<DiskReport.Finding> damage = report.findings().stream()
                .filter(finding -> finding.severity() == DiskReport.Severity.DAMAGE)
                .toList();
        if (!damage.isEmpty()) {
            DiskReport.Finding first = damage.getFirst();
            long more = damage.size() - 1 + report.more();
            throw new ApiException(
                    ErrorCode.INVALID,
                    "%s: %s is damaged: %s: %s%s"
                            .formatted(
                                    wanted.refused(),
                                    file,
                                    first.field(),
                                    first.problem(),
                                    more == 0 ? "" : " (and %d more)".formatted(more)),
                    "restore it from a copy");
        }
    }

    // ---- the disk ---------------------------------------------------------------------------------------------------

    /** The disk that the file becomes; its parents have been looked at, too. */
    private DiskRecord described(Wanted wanted, DiskFormat format) throws IOException {
        Chain chain = shelf.chains().open(wanted.file(), format, true);
        try (chain) {
            DiskImage image = chain.image();
            for (Chain at = chain.parent(); at != null; at = at.parent()) {
                if (at.disk() instanceof MappedDisk mapped) {
                    refuseDamage(wanted, at.file(), mapped.check(DiskFormat.Progress.NONE));
                }
            }
            DiskLayers layers = new ImportedParents(changes.current(), wanted.refused(), random)
                    .layers(chain, Boolean.TRUE.equals(wanted.request().trustParent()));
            return described(wanted, image, layers);
        }
    }

    private DiskRecord described(Wanted wanted, DiskImage image, DiskLayers layers) {
        DiskImport request = wanted.request();
        SectorFormat sectors = sectors(wanted, image);
        Disks.checkSectors(wanted.name(), image.format(), sectors);
        return new DiskRecord(
                wanted.name(),
                wanted.file().toString(),
                image.format(),
                image.type().word(),
                image.sizeBytes(),
                image.sparse(),
                Sharing.ofWord(Objects.requireNonNullElse(request.sharing(), Sharing.EXCLUSIVE.word())),
                sectors,
                DiskRequests.profile(request),
                Objects.requireNonNullElse(request.description(), ""),
                identity(wanted, image),
                clock.now(),
                layers);
    }

    /** What the file says of its sectors goes; a request may say the same. */
    private static SectorFormat sectors(Wanted wanted, DiskImage image) {
        DiskImport request = wanted.request();
        if (image.sectors().equals(DiskImage.Sectors.UNSAID)) {
            return DiskRequests.sectors(request);
        }
        SectorFormat own = SectorFormat.ofBytes(
                image.sectors().logicalBytes(), image.sectors().physicalBytes());
        boolean said =
                request.sectorFormat() != null || request.blockSize() != null || request.physicalBlockSize() != null;
        if (said && DiskRequests.sectors(request) != own) {
            throw new ApiException(
                    ErrorCode.INVALID,
                    "%s: %s has sectors of %d bytes on %d (%s)"
                            .formatted(
                                    wanted.refused(),
                                    wanted.file(),
                                    own.logicalBytes(),
                                    own.physicalBytes(),
                                    own.word()),
                    "leave --sectors out");
        }
        return own;
    }

    private DiskIdentity identity(Wanted wanted, DiskImage image) {
        DiskIdentity identity = changes.current().newIdentity(random);
        UUID uuid = image.uniqueId();
        if (wanted.newIdentity()) {
            if (uuid == null) {
                throw new ApiException(
                        ErrorCode.INVALID,
                        "%s: files of the format %s carry no identity".formatted(wanted.refused(), image.format()),
                        "leave --new-identity out: every import of one is given a new identity");
            }
            return identity;
        }
        if (uuid == null || uuid.equals(new UUID(0, 0))) {
            return identity;
        }
        DiskRecord other = shelf.carrierOf(uuid, changes.current().disks());
        if (other != null) {
            throw new ApiException(
                    ErrorCode.GUARD,
                    "%s: %s is a copy of the file of disk '%s' (both have the unique id %s)"
                            .formatted(wanted.refused(), wanted.file(), other.name(), uuid),
                    "hosts would take one for the other; use --new-identity to give the copy an id of its own");
        }
        return new DiskIdentity(uuid, identity.serial(), identity.naa());
    }

    // ---- take it over -----------------------------------------------------------------------------------------------

    private DiskRecord take(Wanted wanted, DiskRecord disk) throws IOException {
        Disks.checkAdd(changes.current(), disk, settings.limits());
        if (wanted.newIdentity()) {
            identify(disk);
        }
        remember(disk);
        OpenDisk opened = shelf.open(disk);
        if (opened.offlineReason() != null) {
            forget(disk);
            throw new ApiException(
                    ErrorCode.FAILED, "%s: %s".formatted(wanted.refused(), opened.offlineReason()), null);
        }
        try {
            keep(disk);
            changes.save(inventory -> Disks.add(inventory, disk, settings.limits()));
        } catch (RuntimeException e) {
            forget(disk);
            throw e;
        }
        exports.add(opened);
        Inventory added = changes.apply(inventory -> inventory);
        return added.disk(disk.name());
    }

    private void identify(DiskRecord disk) throws IOException {
        BackingStore store = stores.open(Path.of(disk.file()), false);
        try (store) {
            DiskRequests.format(formats, disk.format())
                    .identify(store, disk.identity().uuid());
        }
    }

    private void forget(DiskRecord disk) {
        shelf.close(disk);
        shelf.memories().remove(disk);
    }

    private void remember(DiskRecord disk) {
        try {
            shelf.memories().create(disk);
        } catch (IOException e) {
            throw Errors.ofSaving(settings.stateDirectory(), e);
        }
    }

    private void keep(DiskRecord disk) {
        try {
            unfinished.keep(Path.of(disk.file()));
            for (var snapshot : disk.layers().snapshots()) {
                unfinished.keep(Path.of(snapshot.file()));
            }
        } catch (IOException e) {
            throw Errors.ofSaving(settings.stateDirectory(), e);
        }
    }
}
