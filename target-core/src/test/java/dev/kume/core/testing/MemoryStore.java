package dev.kume.core.testing;

import dev.kume.core.store.BackingStore;
import dev.kume.core.store.Extent;
import dev.kume.core.store.StoreClosedException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * A store in memory that can lose power. It keeps what the last flush made durable and the list of changes since;
 * {@link #afterPowerCut} is the store that a restarted host would find: the durable bytes and any subset of the later
 * changes, each sector of 512 bytes of a write for itself. Sparse: only touched sectors take memory.
 */
public final class MemoryStore implements BackingStore {
    private static final int SECTOR_BYTES = 512;

    /** One change that is not durable yet: bytes of one sector, or a new size. */
    private sealed interface Change {
        record Sector(long number, byte[] content) implements Change {}

        record Hole(long number) implements Change {}

        record Size(long sizeBytes) implements Change {}
    }

    private static final class Content {
        private final Map<Long, byte[]> sectors;
        private long sizeBytes;

        private Content(Map<Long, byte[]> sectors, long sizeBytes) {
            this.sectors = sectors;
            this.sizeBytes = sizeBytes;
        }

        private Content copy() {
            return new Content(new HashMap<>(sectors), sizeBytes);
        }

        private void apply(Change change) {
            switch (change) {
                case Change.Sector sector -> {
                    sectors.put(sector.number(), sector.content());
                    sizeBytes = Math.max(sizeBytes, sector.number() * SECTOR_BYTES);
                }
                case Change.Hole hole -> sectors.remove(hole.number());
                case Change.Size(long newSizeBytes) when newSizeBytes >= sizeBytes -> sizeBytes = newSizeBytes;
                case Change.Size size -> {
                    sizeBytes = size.sizeBytes();
                    long first = (sizeBytes + SECTOR_BYTES - 1) / SECTOR_BYTES;
                    sectors.keySet().removeIf(number -> number >= first);
                    int cut = (int) (sizeBytes % SECTOR_BYTES);
                    byte[] last = sectors.get(sizeBytes / SECTOR_BYTES);
                    if (cut > 0 && last != null) {
                        byte[] shorter = last.clone();
                        Arrays.fill(shorter, cut, SECTOR_BYTES, (byte) 0);
                        sectors.put(sizeBytes / SECTOR_BYTES, shorter);
                    }
                }
            }
        }
    }

    private final String location;
    private final boolean readOnly;
    private final Content durable;
    private final Content current;
    private final List<Change> unflushed = new ArrayList<>();
    private boolean closed;

    /** An empty store; {@code location} is what error texts will say. */
    public MemoryStore(String location) {
        this(location, false, new Content(new HashMap<>(), 0));
    }

    private MemoryStore(String location, boolean readOnly, Content content) {
        this.location = location;
        this.readOnly = readOnly;
        this.durable = content;
        this.current = content.copy();
    }

    /** A store that holds these bytes, durably. */
    public static MemoryStore holding(String location, byte[] bytes) {
        MemoryStore store = new MemoryStore(location);
        store.put(0, ByteBuffer.wrap(bytes));
        store.makeDurable();
        return store;
    }

    /** The same bytes, opened for reading alone. */
    public synchronized MemoryStore asReadOnly() {
        return new MemoryStore(location, true, current.copy());
    }

    /** What is there after a power cut now and a restart: durable bytes, and any subset of the later changes. */
    public synchronized MemoryStore afterPowerCut(RandomGenerator random) {
        Content survived = durable.copy();
        int style = random.nextInt(4);
        for (Change change : unflushed) {
            boolean kept = switch (style) {
                case 0 -> false;
                case 1 -> true;
                default -> random.nextBoolean();
            };
            if (kept) {
                survived.apply(change);
            }
        }
        return new MemoryStore(location, false, survived);
    }

    /** Every byte of the store as it reads now. */
    public synchronized byte[] bytes() {
        ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(current.sizeBytes));
        get(0, all);
        return all.array();
    }

    /** True when nothing would be lost by a power cut. */
    public synchronized boolean allDurable() {
        return unflushed.isEmpty();
    }

    public synchronized boolean closed() {
        return closed;
    }

    @Override
    public String location() {
        return location;
    }

    @Override
    public synchronized long sizeBytes() {
        return current.sizeBytes;
    }

    @Override
    public boolean readOnly() {
        return readOnly;
    }

    @Override
    public synchronized int tryRead(long offsetBytes, ByteBuffer target) {
        if (closed || offsetBytes >= current.sizeBytes) {
            return 0;
        }
        int bytes = (int) Math.min(target.remaining(), current.sizeBytes - offsetBytes);
        int limit = target.limit();
        get(offsetBytes, target.limit(target.position() + bytes));
        target.limit(limit);
        return bytes;
    }

    @Override
    public synchronized void read(long offsetBytes, ByteBuffer target) throws IOException {
        checkOpen();
        if (target.remaining() > current.sizeBytes - offsetBytes) {
            throw new EOFException("%s ends at byte %d; %d bytes from %d on were wanted"
                    .formatted(location, current.sizeBytes, target.remaining(), offsetBytes));
        }
        get(offsetBytes, target);
    }

    @Override
    public synchronized void write(long offsetBytes, ByteBuffer source) throws IOException {
        checkChange();
        put(offsetBytes, source);
    }

    @Override
    public synchronized void flush() throws IOException {
        checkOpen();
        makeDurable();
    }

    @Override
    public synchronized void resize(long sizeBytes) throws IOException {
        checkChange();
        change(new Change.Size(sizeBytes));
    }

    @Override
    public synchronized boolean reserve(long offsetBytes, long lengthBytes) throws IOException {
        checkChange();
        return true;
    }

    @Override
    public synchronized void punch(long offsetBytes, long lengthBytes) throws IOException {
        zero(offsetBytes, lengthBytes);
        long first = (offsetBytes + SECTOR_BYTES - 1) / SECTOR_BYTES;
        long end = Math.min(offsetBytes + lengthBytes, current.sizeBytes) / SECTOR_BYTES;
        for (long number : List.copyOf(current.sectors.keySet())) {
            if (number >= first && number < end) {
                change(new Change.Hole(number));
            }
        }
    }

    @Override
    public synchronized Extent extentAt(long offsetBytes, long lengthBytes) throws IOException {
        checkOpen();
        boolean allocated = current.sectors.containsKey(offsetBytes / SECTOR_BYTES);
        long at = offsetBytes;
        while (at < offsetBytes + lengthBytes && current.sectors.containsKey(at / SECTOR_BYTES) == allocated) {
            at += SECTOR_BYTES - at % SECTOR_BYTES;
        }
        return new Extent(allocated, Math.min(at, offsetBytes + lengthBytes) - offsetBytes);
    }

    @Override
    public int blockBytes() {
        return SECTOR_BYTES;
    }

    @Override
    public synchronized void zero(long offsetBytes, long lengthBytes) throws IOException {
        checkChange();
        long end = Math.min(offsetBytes + lengthBytes, current.sizeBytes);
        byte[] zeroes = new byte[SECTOR_BYTES];
        for (long at = offsetBytes; at < end; ) {
            int step = (int) Math.min(SECTOR_BYTES - at % SECTOR_BYTES, end - at);
            if (step < SECTOR_BYTES || current.sectors.containsKey(at / SECTOR_BYTES)) {
                put(at, ByteBuffer.wrap(zeroes, 0, step));
            }
            at += step;
        }
    }

    @Override
    public synchronized long allocatedBytes() {
        return (long) current.sectors.size() * SECTOR_BYTES;
    }

    @Override
    public synchronized void close() {
        closed = true;
    }

    private void put(long offsetBytes, ByteBuffer source) {
        long at = offsetBytes;
        while (source.hasRemaining()) {
            int within = (int) (at % SECTOR_BYTES);
            int step = Math.min(SECTOR_BYTES - within, source.remaining());
            byte[] old = current.sectors.get(at / SECTOR_BYTES);
            byte[] sector = old == null ? new byte[SECTOR_BYTES] : old.clone();
            source.get(sector, within, step);
            change(new Change.Sector(at / SECTOR_BYTES, sector));
            at += step;
            if (at > current.sizeBytes) {
                change(new Change.Size(at));
            }
        }
    }

    private void get(long offsetBytes, ByteBuffer target) {
        long at = offsetBytes;
        while (target.hasRemaining()) {
            int within = (int) (at % SECTOR_BYTES);
            int step = Math.min(SECTOR_BYTES - within, target.remaining());
            byte[] sector = current.sectors.get(at / SECTOR_BYTES);
            target.put(sector == null ? new byte[SECTOR_BYTES] : sector, within, step);
            at += step;
        }
    }

    private void change(Change change) {
        current.apply(change);
        unflushed.add(change);
    }

    private void makeDurable() {
        unflushed.forEach(durable::apply);
        unflushed.clear();
    }

    private void checkChange() throws IOException {
        checkOpen();
        if (readOnly) {
            throw new IOException(location + " is open for reading alone");
        }
    }

    private void checkOpen() throws IOException {
        if (closed) {
            throw new StoreClosedException(location);
        }
    }
}
