package dev.kume.core.disk.vhdx;

import dev.kume.core.disk.DiskFormat.CreateOptions;
import dev.kume.core.disk.DiskFormat.Progress;
import dev.kume.core.disk.DiskImage.Sectors;
import dev.kume.core.disk.DiskType;
import dev.kume.core.disk.ParentLink;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.store.BackingStore;
import dev.kume.core.testing.PowerCutStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes small files in memory. */
final class VhdxFiles {
    static final long MIB = 1L << 20;
    static final UUID ID = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
    static final String RESTORE = "; restore the file from a copy";

    private VhdxFiles() {}

    static VhdxFormat format(long seed) {
        return new VhdxFormat(new Random(seed));
    }

    static CreateOptions options(
            DiskType type, long sizeBytes, long blockBytes, int logicalBytes, @Nullable ParentLink parent) {
        return new CreateOptions(
                sizeBytes, ID, type, true, blockBytes, new Sectors(logicalBytes, 4096), parent, Progress.NONE);
    }

    /** A dynamic disk in blocks of 1 MB. */
    static PowerCutStore dynamic(long sizeBytes) throws IOException {
        PowerCutStore store = new PowerCutStore("a.vhdx");
        format(1).create(store, options(DiskType.DYNAMIC, sizeBytes, MIB, 512, null));
        return store;
    }

    /** A differencing disk in blocks of 1 MB. */
    static PowerCutStore child(long sizeBytes, int logicalBytes) throws IOException {
        PowerCutStore store = new PowerCutStore("child.vhdx");
        format(2).create(store, options(DiskType.DIFFERENCING, sizeBytes, MIB, logicalBytes, link()));
        return store;
    }

    static ParentLink link() {
        return new ParentLink(new UUID(1, 2), "../parents/a.vhdx", "/srv/parents/a.vhdx", ParentLink.NO_TIME);
    }

    /** What is durable, in a store of its own that is open. */
    static PowerCutStore durable(PowerCutStore store) {
        return store.cut(new Random(0) {
            @Override
            public int nextInt(int bound) {
                return 0;
            }
        });
    }

    /** The same bytes in a store of its own; closing the other one changes nothing. */
    static PowerCutStore copy(PowerCutStore store) {
        return PowerCutStore.holding(store.location(), store.bytes());
    }

    static byte[] bytes(VirtualDisk disk) throws IOException {
        ByteBuffer back = ByteBuffer.allocate(Math.toIntExact(disk.info().sizeBytes()));
        disk.read(0, back);
        return back.array();
    }

    static ByteBuffer read(BackingStore store, long offsetBytes, int bytes) throws IOException {
        return Bytes.read(store, offsetBytes, bytes);
    }
}
