package dev.kume.cli.daemon;

import dev.kume.cli.api.DiskCreate;
import dev.kume.cli.api.ErrorCode;
import dev.kume.core.Clock;
import dev.kume.core.Sizes;
import dev.kume.core.disk.Chain;
import dev.kume.core.disk.DiskFormat;
import dev.kume.core.disk.DiskFormatException;
import dev.kume.core.disk.DiskFormats;
import dev.kume.core.disk.DiskImage;
import dev.kume.core.disk.DiskType;
import dev.kume.core.disk.ParentLink;
import dev.kume.core.inventory.DiskLayers;
import dev.kume.core.inventory.DiskProfile;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Disks;
import dev.kume.core.inventory.SectorFormat;
import dev.kume.core.inventory.Sharing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What becomes of a request for a new disk, and why not. In turn. */
final class DiskPlanning {
    private final Settings settings;
    private final Changes changes;
    private final DiskShelf shelf;
    private final DiskPlaces places;
    private final DiskFormats formats;
    private final Clock clock;
    private final RandomGenerator random;

    DiskPlanning(
            Settings settings,
            Changes changes,
            DiskShelf shelf,
            DiskPlaces places,
            DiskFormats formats,
            Clock clock,
            RandomGenerator random) {
        this.settings = settings;
        this.changes = changes;
        this.shelf = shelf;
        this.places = places;
        this.formats = formats;
        this.clock = clock;
        this.random = random;
    }

    /**
     * A disk that may be made.
     *
     * @param link how its file names its parent, null for none
     */
    record Plan(
            DiskRecord disk,
            DiskFormat format,
            DiskType type,
            long blockBytes,
            @Nullable ParentLink link) {
        DiskFormat.CreateOptions options(DiskFormat.Progress progress) {
            SectorFormat sectors = disk.sectorFormat();
            return new DiskFormat.CreateOptions(
                    disk.sizeBytes(),
                    disk.identity().uuid(),
                    type,
                    disk.sparse(),
                    blockBytes,
                    new DiskImage.Sectors(sectors.logicalBytes(), sectors.physicalBytes()),
                    link,
                    progress);
        }
    }

    /** Checks all that can be before a file is made. */
    Plan plan(DiskCreate request) {
        String name = Requests.required("name", request.name());
        String refused = "disk '%s' is not created".formatted(name);
        DiskType type = type(request);
        DiskRecord parent = parent(request, type, refused);
        DiskFormat format = format(request, parent, type, refused);
        long sizeBytes = sizeBytes(request, parent, refused);
        long blockBytes = DiskRequests.blockBytes(request.blockSizeMb());
        checkBlocks(format, type, blockBytes, refused);
        SectorFormat sectors = sectors(request, parent, refused);
        DiskProfile profile = DiskRequests.profile(request);
        Sharing sharing = Sharing.ofWord(Objects.requireNonNullElse(request.sharing(), Sharing.EXCLUSIVE.word()));
        Disks.checkSectors(name, format.name(), sectors);
        String extension = format.name().equals("raw") ? ".img" : "." + format.name();
        Path file = request.file() == null
                ? settings.diskDirectory().resolve(name + extension)
                : Requests.absolutePath(request.file());
        Disks.checkNew(changes.current(), name, file.toString(), settings.limits());
        places.checkNotTaken(name, file);
        checkSize(format, sizeBytes, refused);
        boolean sparse = type != DiskType.FIXED || Boolean.TRUE.equals(request.sparse());
        UUID parentId = parent == null ? null : parent.identity().uuid();
        DiskRecord disk = new DiskRecord(
                name,
                file.toString(),
                format.name(),
                type.word(),
                sizeBytes,
                sparse,
                sharing,
                sectors,
                profile,
                Objects.requireNonNullElse(request.description(), ""),
                changes.current().newIdentity(random),
                clock.now(),
                new DiskLayers(List.of(), null, parentId, null));
        places.check(file, refused, request.file() != null);
        if (!sparse) {
            checkSpace(file, sizeBytes, refused);
        }
        return new Plan(disk, format, type, blockBytes, parent == null ? null : link(file, parent, refused));
    }

    /** Who names a parent means a child of it. */
    private static DiskType type(DiskCreate request) {
        if (request.type() == null) {
            return request.parent() == null ? DiskType.FIXED : DiskType.DIFFERENCING;
        }
        List<String> words =
                Arrays.stream(DiskType.values()).map(DiskType::word).toList();
        return Objects.requireNonNull(DiskType.ofWord(Requests.oneOf("type of disk", request.type(), words)));
    }

    private @Nullable DiskRecord parent(DiskCreate request, DiskType type, String refused) {
        boolean differencing = type == DiskType.DIFFERENCING;
        if (request.parent() == null) {
            if (differencing) {
                throw new ApiException(
                        ErrorCode.INVALID,
                        "%s: a differencing disk has a parent".formatted(refused),
                        "name a disk that is read-only as --parent");
            }
            return null;
        }
        if (!differencing) {
            throw new ApiException(
                    ErrorCode.INVALID,
                    "%s: a %s disk has no parent".formatted(refused, type.word()),
                    "use --type differencing, or leave --parent out");
        }
        DiskRecord parent = changes.current().disk(request.parent());
        Disks.checkParent(parent);
        return parent;
    }

    private DiskFormat format(DiskCreate request, @Nullable DiskRecord parent, DiskType type, String refused) {
        String usual = parent == null ? "vhd" : parent.format();
        DiskFormat format = DiskRequests.format(formats, Objects.requireNonNullElse(request.format(), usual));
        String word = format.name();
        if (parent != null && !word.equals(parent.format())) {
            throw new ApiException(
                    ErrorCode.INVALID,
                    "%s: its parent '%s' is of the format %s, so it cannot be of the format %s"
                            .formatted(refused, parent.name(), parent.format(), word),
                    "leave --format out");
        }
        if (!format.types().contains(type)) {
            List<String> others = formats.list().stream()
                    .filter(each -> each.types().contains(type))
                    .map(DiskFormat::name)
                    .toList();
            throw new ApiException(
                    ErrorCode.INVALID,
                    "%s: there are no %s files of the format %s".formatted(refused, type.word(), word),
                    others.isEmpty()
                            ? "use --type fixed"
                            : "use --format %s, or --type fixed".formatted(String.join(" or ", others)));
        }
        return format;
    }

    private static long sizeBytes(DiskCreate request, @Nullable DiskRecord parent, String refused) {
        if (parent == null) {
            return DiskRequests.size(Requests.required("size", request.size()));
        }
        if (request.size() != null && DiskRequests.size(request.size()) != parent.sizeBytes()) {
            throw new ApiException(
                    ErrorCode.INVALID,
                    "%s: it has the size of its parent '%s', %s (%d bytes)"
                            .formatted(refused, parent.name(), Sizes.format(parent.sizeBytes()), parent.sizeBytes()),
                    "leave --size out");
        }
        return parent.sizeBytes();
    }

    private static SectorFormat sectors(DiskCreate request, @Nullable DiskRecord parent, String refused) {
        boolean said =
                request.sectorFormat() != null || request.blockSize() != null || request.physicalBlockSize() != null;
        if (parent == null || !said) {
            return parent == null ? DiskRequests.sectors(request) : parent.sectorFormat();
        }
        if (DiskRequests.sectors(request) != parent.sectorFormat()) {
            throw new ApiException(
                    ErrorCode.INVALID,
                    "%s: it has the sectors of its parent '%s', %s"
                            .formatted(
                                    refused,
                                    parent.name(),
                                    parent.sectorFormat().word()),
                    "leave --sectors out");
        }
        return parent.sectorFormat();
    }

    private static void checkBlocks(DiskFormat format, DiskType type, long blockBytes, String refused) {
        boolean mapped = type != DiskType.FIXED || format.name().equals("vhdx");
        if (blockBytes != 0 && !mapped) {
            throw new ApiException(
                    ErrorCode.INVALID,
                    "%s: the bytes of a fixed %s disk lie in order, not in blocks".formatted(refused, format.name()),
                    "leave --block-size-mb out");
        }
    }

    private static void checkSize(DiskFormat format, long sizeBytes, String refused) {
        try {
            format.checkSize(sizeBytes);
        } catch (DiskFormatException e) {
            throw new ApiException(ErrorCode.INVALID, "%s: %s".formatted(refused, e.getMessage()), null);
        }
    }

    /** What cannot end well is not begun. */
    static void checkSpace(Path file, long sizeBytes, String refused) {
        Path directory = Objects.requireNonNull(file.getParent());
        long freeBytes;
        try {
            freeBytes = Files.getFileStore(directory).getUsableSpace();
        } catch (IOException e) {
            return; // Not every host tells; the file itself will show.
        }
        if (freeBytes < sizeBytes) {
            throw new ApiException(
                    ErrorCode.NO_SPACE,
                    "%s: %s would take %s, and %s are free there"
                            .formatted(refused, file, Sizes.format(sizeBytes), Sizes.format(freeBytes)),
                    "free space, choose another --file or a smaller size, or use --sparse");
        }
    }

    private ParentLink link(Path file, DiskRecord parent, String refused) {
        Chain chain = shelf.stack(parent).chain();
        Path at = chain.file();
        try {
            // The child is to find what it was made over, also after a power cut.
            chain.disk().flush();
            return SnapshotFiles.link(file, chain);
        } catch (IOException e) {
            throw Errors.ofFile(at, refused, e);
        }
    }
}
