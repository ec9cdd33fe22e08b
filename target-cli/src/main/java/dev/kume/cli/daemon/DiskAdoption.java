package dev.kume.cli.daemon;

import dev.kume.cli.api.ErrorCode;
import dev.kume.core.disk.DiskFormats;
import dev.kume.core.disk.DiskImage;
import dev.kume.core.inventory.DiskLayers;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Disks;
import dev.kume.core.inventory.SectorFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.UUID;

/**
 * Disks that were provisioned before, here or on another daemon, and whose files are there: they come back with the
 * identity that hosts know them by. In turn.
 */
final class DiskAdoption {
    private final Settings settings;
    private final Changes changes;
    private final DiskShelf shelf;
    private final DiskPlaces places;
    private final DiskFormats formats;

    DiskAdoption(Settings settings, Changes changes, DiskShelf shelf, DiskPlaces places, DiskFormats formats) {
        this.settings = settings;
        this.changes = changes;
        this.shelf = shelf;
        this.places = places;
        this.formats = formats;
    }

    /** The record as its file bears it out; a refusal when that is gone or another one. Nothing is changed. */
    DiskRecord adopt(DiskRecord disk) {
        Path file = Path.of(disk.file());
        String refused = "disk '%s' is not taken over".formatted(disk.name());
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new ApiException(
                    ErrorCode.NOT_FOUND,
                    "%s: its file %s is not there".formatted(refused, file),
                    "bring the file back; for a new empty disk leave uuid, serial and naa out");
        }
        if (disk.type().equals("differencing") || !disk.layers().equals(DiskLayers.NONE)) {
            throw new ApiException(
                    ErrorCode.GUARD,
                    "%s: %s has parents or snapshots".formatted(refused, file),
                    "run 'kume disk import %s --file %s' first, which finds them".formatted(disk.name(), file));
        }
        if (places.isInState(file)) {
            throw new ApiException(
                    ErrorCode.GUARD,
                    "%s: %s lies in the daemon's state directory".formatted(refused, file),
                    "keep disks in %s, or outside".formatted(settings.diskDirectory()));
        }
        Disks.checkFileFree(changes.current(), disk.file());
        DiskRecord owner = ImportedParents.owner(changes.current().disks(), file);
        if (owner != null) {
            throw new ApiException(
                    ErrorCode.CONFLICT,
                    "%s: %s is a file of disk '%s', by another path".formatted(refused, file, owner.name()),
                    "two disks never share a file");
        }
        places.checkNotTaken(disk.name(), file);
        try {
            return borneOut(disk, shelf.inspect(file, DiskRequests.format(formats, disk.format())), refused);
        } catch (IOException e) {
            throw Errors.ofFile(file, refused, e);
        }
    }

    private static DiskRecord borneOut(DiskRecord disk, DiskImage image, String refused) {
        checkSame(refused, disk, "size", disk.sizeBytes(), image.sizeBytes());
        checkSame(refused, disk, "type", disk.type(), image.type().word());
        UUID uuid = image.uniqueId();
        if (uuid != null && !uuid.equals(new UUID(0, 0))) {
            checkSame(refused, disk, "uuid", disk.identity().uuid(), uuid);
        }
        if (!image.sectors().equals(DiskImage.Sectors.UNSAID)) {
            SectorFormat own = SectorFormat.ofBytes(
                    image.sectors().logicalBytes(), image.sectors().physicalBytes());
            checkSame(refused, disk, "sectors", disk.sectorFormat().word(), own.word());
        }
        return disk;
    }

    private static void checkSame(String refused, DiskRecord disk, String what, Object wanted, Object there) {
        if (!wanted.equals(there)) {
            throw new ApiException(
                    ErrorCode.GUARD,
                    "%s: the %s in %s is %s, not %s".formatted(refused, what, disk.file(), there, wanted),
                    "bring the right file back, or take this one in with 'kume disk import'");
        }
    }
}
