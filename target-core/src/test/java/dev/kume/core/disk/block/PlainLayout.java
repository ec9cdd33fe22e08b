package dev.kume.core.disk.block;

import dev.kume.core.disk.DiskReport;
import dev.kume.core.disk.DiskType;
import dev.kume.core.disk.ParentLink;
import dev.kume.core.store.BackingStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * The simplest layout there can be, for tests of the engine alone: the size, then one long for each block, in place and
 * without a log; a bitmap stands before the data of each block.
 */
final class PlainLayout implements BlockLayout {
    static final int SECTOR_BYTES = 512;
    private static final long MAP_AT = 4096;
    private static final long MAP_BYTES = 60 << 10;
    private static final int HEAD_BYTES = 512;

    private final BackingStore store;
    private final DiskType type;
    private final long blockBytes;
    private final boolean zeroBlocks;

    PlainLayout(BackingStore store, DiskType type, long blockBytes, boolean zeroBlocks) {
        this.store = store;
        this.type = type;
        this.blockBytes = blockBytes;
        this.zeroBlocks = zeroBlocks;
    }

    static void create(BackingStore store, long sizeBytes) throws IOException {
        store.resize(MAP_AT + MAP_BYTES);
        store.write(0, longs(sizeBytes));
        store.flush();
    }

    @Override
    public Shape shape() {
        try {
            return new Shape(
                    type, word(0), blockBytes, SECTOR_BYTES, HEAD_BYTES + blockBytes, HEAD_BYTES, 4096, zeroBlocks);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void load(BlockMap map, FileSpace space) throws IOException {
        space.use(0, MAP_AT + MAP_BYTES);
        for (long block = 0; block < map.blocks(); block++) {
            long entry = word(MAP_AT + Long.BYTES * block);
            map.put(block, entry);
            if (Entry.hasSpace(entry)) {
                space.use(Entry.dataBytes(entry) - HEAD_BYTES, HEAD_BYTES + blockBytes);
            }
        }
    }

    @Override
    public void readSectors(long block, long entry, SectorMap into) throws IOException {
        for (int word = 0; word < into.words(); word++) {
            into.add(word, word(Entry.dataBytes(entry) - HEAD_BYTES + (long) Long.BYTES * word));
        }
    }

    @Override
    public void beginChanges(boolean keepsContent) {}

    @Override
    public void extend(long endBytes) throws IOException {
        store.resize(endBytes);
    }

    @Override
    public void truncate(long endBytes) throws IOException {
        store.resize(endBytes);
        store.flush();
    }

    @Override
    public void prepareSectors(long block, FileSpace space) {}

    @Override
    public void commit(MapChanges changes) throws IOException {
        Map<Long, Long> last = new HashMap<>();
        for (int i = 0; i < changes.count(); i++) {
            store.write(MAP_AT + Long.BYTES * changes.block(i), longs(changes.entry(i)));
            last.put(changes.block(i), changes.entry(i));
        }
        last.forEach((block, entry) -> {
            if (Entry.state(entry) == Entry.PARTIAL && !changes.sectors().containsKey(block)) {
                throw new AssertionError("the sectors of block " + block + " are not told");
            }
        });
        for (Map.Entry<Long, SectorMap> sectors : changes.sectors().entrySet()) {
            long entry = word(MAP_AT + Long.BYTES * sectors.getKey());
            SectorMap map = sectors.getValue();
            ByteBuffer bits = ByteBuffer.allocate(Long.BYTES * map.words());
            for (int word = 0; word < map.words(); word++) {
                bits.putLong(map.word(word));
            }
            store.write(Entry.dataBytes(entry) - HEAD_BYTES, bits.flip());
        }
        store.flush();
    }

    @Override
    public void resize(long sizeBytes, FileSpace space) throws IOException {
        store.write(0, longs(sizeBytes));
        store.flush();
    }

    @Override
    public void relink(ParentLink link) {}

    @Override
    public void identify(UUID uniqueId) {}

    @Override
    public void check(BlockMap map, DiskReport.Builder report) throws IOException {
        for (long block = 0; block < map.blocks(); block++) {
            long entry = word(MAP_AT + Long.BYTES * block);
            if (entry != map.get(block)) {
                report.add(DiskReport.Severity.DAMAGE, "entry " + block, "is not as in memory", false);
            }
        }
    }

    @Override
    public void close() {}

    private long word(long offsetBytes) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES);
        store.read(offsetBytes, bytes);
        return bytes.getLong(0);
    }

    private static ByteBuffer longs(long value) {
        return ByteBuffer.allocate(Long.BYTES).putLong(0, value);
    }
}
