package dev.kume.cli.daemon;

import dev.kume.core.disk.Chain;
import dev.kume.core.disk.DiskChains;
import dev.kume.core.disk.DiskFiles;
import dev.kume.core.disk.DiskFormat;
import dev.kume.core.disk.DiskImage;
import dev.kume.core.disk.DiskType;
import dev.kume.core.disk.ParentLink;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.disk.raw.RawFormat;
import dev.kume.core.disk.vhd.VhdFormat;
import dev.kume.core.disk.vhdx.VhdxFormat;
import dev.kume.core.store.LocalFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Files as other programs leave them, to be imported. */
final class ImageFiles {
    static final long SIZE = 8 << 20;

    private static final LocalFiles STORES = LocalFiles.ofThisHost();

    private final Path folder;
    private final Random random = new Random(3);

    ImageFiles(Path folder) {
        this.folder = folder;
    }

    /** The format of a file by its name. */
    private DiskFormat format(Path file) {
        String name = file.toString();
        if (name.endsWith(".vhd")) {
            return new VhdFormat(new Then());
        }
        return name.endsWith(".vhdx") ? new VhdxFormat(random) : new RawFormat();
    }

    Path dynamic(String name, int logicalBytes, int physicalBytes) throws IOException {
        return make(name, DiskType.DYNAMIC, new DiskImage.Sectors(logicalBytes, physicalBytes), null);
    }

    Path dynamic(String name) throws IOException {
        return dynamic(name, 512, 4096);
    }

    /** A child that names its parent by a relative path alone. */
    Path child(String name, Path parent) throws IOException {
        UUID id;
        try (Chain of = new DiskChains(STORES).open(parent, format(parent), true)) {
            id = Objects.requireNonNull(of.image().contentId());
        }
        Path file = folder.resolve(name);
        return make(
                name,
                DiskType.DIFFERENCING,
                new DiskImage.Sectors(512, 4096),
                new ParentLink(
                        id,
                        file.getParent().relativize(parent).toString(),
                        "",
                        Files.getLastModifiedTime(parent).toInstant().getEpochSecond()));
    }

    private Path make(String name, DiskType type, DiskImage.Sectors sectors, @Nullable ParentLink link)
            throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        UUID id = new UUID(random.nextLong(), random.nextLong());
        new DiskFiles(STORES)
                .make(
                        file,
                        format(file),
                        new DiskFormat.CreateOptions(SIZE, id, type, true, 0, sectors, link, DiskFormat.Progress.NONE));
        return file;
    }

    /** Writes a stamp into one sector of the disk in a file, with its parents. */
    void put(Path file, int sector, int stamp) throws IOException {
        try (Chain of = new DiskChains(STORES).open(file, format(file), true)) {
            put(of.disk(), sector, stamp);
            of.disk().flush();
        }
    }

    static void put(VirtualDisk disk, int sector, int stamp) throws IOException {
        disk.write(sector * 512L, ByteBuffer.allocate(512).put(0, (byte) stamp));
    }

    static int at(VirtualDisk disk, int sector) throws IOException {
        ByteBuffer data = ByteBuffer.allocate(512);
        disk.read(sector * 512L, data);
        return data.get(0);
    }

    private static final class Then implements dev.kume.core.Clock {
        @Override
        public long nanoTime() {
            return 0;
        }

        @Override
        public Instant now() {
            return Samples.THEN;
        }
    }
}
