package dev.kume.core.disk;

import dev.kume.core.store.BackingStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The smallest format with parents, for tests: a head of text, one byte for each sector that is there, the sectors.
 * Files are called after another format, whose rules of chains they follow.
 */
final class LayeredFormat implements DiskFormat {
    private static final String MAGIC = "layered";
    private static final int HEAD_BYTES = 4096;
    private static final int LINES = 7;

    private final String name;

    LayeredFormat(String name) {
        this.name = name;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long maxSizeBytes() {
        return 1 << 30;
    }

    @Override
    public Set<DiskType> types() {
        return Set.of(DiskType.DYNAMIC, DiskType.DIFFERENCING);
    }

    @Override
    public boolean probe(BackingStore store) throws IOException {
        return store.sizeBytes() > HEAD_BYTES && head(store).getFirst().equals(MAGIC);
    }

    @Override
    public DiskImage inspect(BackingStore store) throws IOException {
        if (!probe(store)) {
            throw new DiskFormatException(store.location() + " has no layers");
        }
        List<String> head = head(store);
        UUID id = UUID.fromString(head.get(2));
        ParentLink link = head.get(3).isEmpty()
                ? null
                : new ParentLink(UUID.fromString(head.get(3)), head.get(4), head.get(5), ParentLink.NO_TIME);
        return new DiskImage(
                name,
                link == null ? DiskType.DYNAMIC : DiskType.DIFFERENCING,
                Long.parseLong(head.get(1)),
                store.sizeBytes(),
                store.allocatedBytes(),
                SECTOR_BYTES,
                new DiskImage.Sectors(Integer.parseInt(head.get(6)), 0),
                id,
                id,
                link);
    }

    @Override
    public VirtualDisk open(BackingStore store, boolean thin, @Nullable VirtualDisk parent) throws IOException {
        return new Layer(store, inspect(store).sizeBytes(), parent);
    }

    @Override
    public void create(BackingStore store, CreateOptions options) throws IOException {
        checkSize(options.sizeBytes());
        write(
                store,
                options.sizeBytes(),
                options.uniqueId(),
                options.parent(),
                options.sectors().logicalBytes());
        store.resize(HEAD_BYTES + options.sizeBytes() / SECTOR_BYTES + options.sizeBytes());
        store.flush();
    }

    @Override
    public void identify(BackingStore store, UUID uniqueId) throws IOException {
        DiskImage image = inspect(store);
        write(
                store,
                image.sizeBytes(),
                uniqueId,
                image.parent(),
                image.sectors().logicalBytes());
    }

    private static void write(BackingStore store, long sizeBytes, UUID id, @Nullable ParentLink link, int sector)
            throws IOException {
        String text = String.join(
                "\n",
                MAGIC,
                Long.toString(sizeBytes),
                id.toString(),
                link == null ? "" : link.contentId().toString(),
                link == null ? "" : link.relativePath(),
                link == null ? "" : link.absolutePath(),
                Integer.toString(sector),
                "");
        ByteBuffer head = ByteBuffer.allocate(HEAD_BYTES);
        head.put(text.getBytes(StandardCharsets.UTF_8)).clear();
        store.write(0, head);
    }

    private static List<String> head(BackingStore store) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(HEAD_BYTES);
        store.read(0, head);
        return List.of(StandardCharsets.UTF_8.decode(head.flip()).toString().split("\n", LINES + 1));
    }

    private static final class Layer implements MappedDisk {
        private final BackingStore store;
        private final long sizeBytes;
        private volatile @Nullable VirtualDisk parent;

        Layer(BackingStore store, long sizeBytes, @Nullable VirtualDisk parent) {
            this.store = store;
            this.sizeBytes = sizeBytes;
            this.parent = parent;
        }

        private long dataAt(long offsetBytes) {
            return HEAD_BYTES + sizeBytes / SECTOR_BYTES + offsetBytes;
        }

        @Override
        public DiskInfo info() {
            return new DiskInfo(sizeBytes, store.readOnly(), true);
        }

        @Override
        public boolean keepNotes(MapNotes notes) {
            return true;
        }

        @Override
        public int tryRead(long offsetBytes, ByteBuffer target) {
            return 0;
        }

        @Override
        public void read(long offsetBytes, ByteBuffer target) throws IOException {
            VirtualDisk below = parent;
            for (long at = offsetBytes; target.hasRemaining(); at += SECTOR_BYTES) {
                ByteBuffer part = target.slice(target.position(), SECTOR_BYTES);
                ByteBuffer there = ByteBuffer.allocate(1);
                store.read(HEAD_BYTES + at / SECTOR_BYTES, there);
                if (there.get(0) != 0 || below == null) {
                    store.read(dataAt(at), part);
                } else if (at < below.info().sizeBytes()) {
                    below.read(at, part);
                } else {
                    part.put(new byte[SECTOR_BYTES]);
                }
                target.position(target.position() + SECTOR_BYTES);
            }
        }

        @Override
        public void write(long offsetBytes, ByteBuffer source) throws IOException {
            int sectors = source.remaining() / SECTOR_BYTES;
            store.write(dataAt(offsetBytes), source);
            ByteBuffer there = ByteBuffer.allocate(sectors);
            while (there.hasRemaining()) {
                there.put((byte) 1);
            }
            store.write(HEAD_BYTES + offsetBytes / SECTOR_BYTES, there.flip());
        }

        @Override
        public void flush() throws IOException {
            store.flush();
        }

        @Override
        public void unmap(long offsetBytes, long lengthBytes) throws IOException {
            write(offsetBytes, ByteBuffer.allocate((int) lengthBytes));
        }

        @Override
        public void zero(long offsetBytes, long lengthBytes) throws IOException {
            write(offsetBytes, ByteBuffer.allocate((int) lengthBytes));
        }

        @Override
        public DiskType type() {
            return parent == null ? DiskType.DYNAMIC : DiskType.DIFFERENCING;
        }

        @Override
        public long blockBytes() {
            return SECTOR_BYTES;
        }

        @Override
        public @Nullable VirtualDisk parent() {
            return parent;
        }

        @Override
        public long presentBlocks() {
            return 0;
        }

        @Override
        public void replaceParent(VirtualDisk other) {
            parent = other;
        }

        @Override
        public void relink(ParentLink link) {
            throw new UnsupportedOperationException("not of these tests");
        }

        @Override
        public void identify(UUID uniqueId) {
            throw new UnsupportedOperationException("not of these tests");
        }

        @Override
        public void mergeDown(Progress progress) {
            throw new UnsupportedOperationException("not of these tests");
        }

        @Override
        public long compact(Progress progress) {
            throw new UnsupportedOperationException("not of these tests");
        }

        @Override
        public void shrink(long smallerBytes) {
            throw new UnsupportedOperationException("not of these tests");
        }

        @Override
        public DiskReport check(Progress progress) {
            return new DiskReport.Builder().build();
        }

        @Override
        public void close() throws IOException {
            store.close();
        }
    }
}
