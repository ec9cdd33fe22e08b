package dev.kume.core.testing;

import dev.kume.core.store.BackingStore;
import dev.kume.core.store.Extent;
import dev.kume.core.store.StoreClosedException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A store in memory that can lose power. It keeps what the last flush made durable, and each change since in order;
 * {@link #cut} is a store that a restarted host could find. Only sectors that were written take memory, and the copy of
 * a cut shares them, so that a file of 40 TB costs what was written and ten thousand cuts a second can be made. A
 * {@link FaultyStore} with a {@link Power} around it cuts in the middle of a call. Any thread.
 */
public final class PowerCutStore implements BackingStore {
    /** What a device writes as a whole, unless it tears it. */
    public static final int SECTOR_BYTES = 512;

    private final String location;
    private final boolean readOnly;

    // What is there now, and what a power cut leaves at least. Guarded by this.
    private SparseSectors sectors;
    private long sizeBytes;
    private SparseSectors durable;
    private long durableBytes;
    private final List<StoreChange> unflushed = new ArrayList<>();
    private boolean closed;

    /** An empty store; {@code location} is what error texts will say. */
    public PowerCutStore(String location) {
        this(location, false, new SparseSectors(), 0);
    }

    private PowerCutStore(String location, boolean readOnly, SparseSectors sectors, long sizeBytes) {
        this.location = location;
        this.readOnly = readOnly;
        this.sectors = sectors;
        this.sizeBytes = sizeBytes;
        this.durable = sectors.copy();
        this.durableBytes = sizeBytes;
    }

    /** A store that holds these bytes, durably. */
    public static PowerCutStore holding(String location, byte[] bytes) {
        PowerCutStore store = new PowerCutStore(location);
        store.put(0, ByteBuffer.wrap(bytes));
        store.makeDurable();
        return store;
    }

    /** The same bytes, all of them durable, opened for reading alone. */
    public synchronized PowerCutStore asReadOnly() {
        return new PowerCutStore(location, true, sectors.copy(), sizeBytes);
    }

    /** What another process finds when this one is killed: everything, and all of it durable by the time it looks. */
    public synchronized PowerCutStore afterKill() {
        return new PowerCutStore(location, false, sectors.copy(), sizeBytes);
    }

    /**
     * What a restarted host may find: what was durable, and any of the changes since, each sector of a write and each
     * size for itself. In a torn sector one side is new and the other old.
     *
     * @param tearBytes torn sectors change over at a multiple of this; {@link #SECTOR_BYTES} for none
     */
    public synchronized PowerCutStore cut(RandomGenerator random, int tearBytes) {
        SurvivingChanges survived = new SurvivingChanges(durable.copy(), durableBytes, random, tearBytes);
        survived.add(unflushed);
        return new PowerCutStore(location, false, survived.sectors(), survived.sizeBytes());
    }

    /** The same, where the device tears no sector. */
    public PowerCutStore cut(RandomGenerator random) {
        return cut(random, SECTOR_BYTES);
    }

    /** Every byte of the store as it reads now. */
    public synchronized byte[] bytes() {
        ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(sizeBytes));
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

    /** The same after a close, opened again: what was not durable is not durable yet. */
    public synchronized PowerCutStore reopened() {
        closed = false;
        return this;
    }

    @Override
    public String location() {
        return location;
    }

    @Override
    public synchronized long sizeBytes() {
        return sizeBytes;
    }

    @Override
    public boolean readOnly() {
        return readOnly;
    }

    @Override
    public synchronized int tryRead(long offsetBytes, ByteBuffer target) {
        if (closed || offsetBytes >= sizeBytes) {
            return 0;
        }
        int bytes = (int) Math.min(target.remaining(), sizeBytes - offsetBytes);
        int limit = target.limit();
        get(offsetBytes, target.limit(target.position() + bytes));
        target.limit(limit);
        return bytes;
    }

    @Override
    public synchronized void read(long offsetBytes, ByteBuffer target) throws IOException {
        checkOpen();
        if (target.remaining() > sizeBytes - offsetBytes) {
            throw new EOFException("%s ends at byte %d; %d bytes from %d on were wanted"
                    .formatted(location, sizeBytes, target.remaining(), offsetBytes));
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
    public synchronized void resize(long newBytes) throws IOException {
        checkChange();
        change(new StoreChange.Size(newBytes));
    }

    @Override
    public synchronized boolean reserve(long offsetBytes, long lengthBytes) throws IOException {
        checkChange();
        return true;
    }

    @Override
    public void punch(long offsetBytes, long lengthBytes) throws IOException {
        zero(offsetBytes, lengthBytes);
    }

    @Override
    public synchronized void zero(long offsetBytes, long lengthBytes) throws IOException {
        checkChange();
        long endBytes = Math.min(offsetBytes + lengthBytes, sizeBytes);
        long firstSector = Math.ceilDiv(offsetBytes, SECTOR_BYTES);
        long endSector = endBytes / SECTOR_BYTES;
        if (firstSector > endSector) {
            clear(offsetBytes, endBytes);
            return;
        }
        clear(offsetBytes, Math.min(firstSector * SECTOR_BYTES, endBytes));
        if (firstSector < endSector) {
            change(new StoreChange.Hole(firstSector, endSector));
        }
        clear(Math.max(offsetBytes, endSector * SECTOR_BYTES), endBytes);
    }

    @Override
    public synchronized Extent extentAt(long offsetBytes, long lengthBytes) throws IOException {
        checkOpen();
        boolean allocated = sectors.get(offsetBytes / SECTOR_BYTES) != null;
        long endBytes = offsetBytes + lengthBytes;
        if (!allocated) {
            return new Extent(
                    false, Math.min(sectors.next(offsetBytes / SECTOR_BYTES) * SECTOR_BYTES, endBytes) - offsetBytes);
        }
        long at = offsetBytes;
        while (at < endBytes && sectors.get(at / SECTOR_BYTES) != null) {
            at += SECTOR_BYTES - at % SECTOR_BYTES;
        }
        return new Extent(true, Math.min(at, endBytes) - offsetBytes);
    }

    @Override
    public int blockBytes() {
        return SECTOR_BYTES;
    }

    @Override
    public synchronized long allocatedBytes() {
        return sectors.count() * SECTOR_BYTES;
    }

    @Override
    public synchronized void close() {
        closed = true;
    }

    private void put(long offsetBytes, ByteBuffer source) {
        if (!source.hasRemaining()) {
            return;
        }
        long endBytes = offsetBytes + source.remaining();
        if (endBytes > sizeBytes) {
            change(new StoreChange.Size(endBytes));
        }
        long firstSector = offsetBytes / SECTOR_BYTES;
        byte[][] contents = new byte[(int) (Math.ceilDiv(endBytes, SECTOR_BYTES) - firstSector)][];
        int within = (int) (offsetBytes % SECTOR_BYTES);
        for (int i = 0; i < contents.length; i++) {
            int step = Math.min(SECTOR_BYTES - within, source.remaining());
            byte[] old = step < SECTOR_BYTES ? sectors.get(firstSector + i) : null;
            contents[i] = old == null ? new byte[SECTOR_BYTES] : old.clone();
            source.get(contents[i], within, step);
            within = 0;
        }
        change(new StoreChange.Write(firstSector, contents));
    }

    /** Zeroes in a part of one sector, where it is not zeroes already. */
    private void clear(long fromBytes, long toBytes) {
        byte[] old = fromBytes < toBytes ? sectors.get(fromBytes / SECTOR_BYTES) : null;
        if (old != null) {
            byte[] cleared = old.clone();
            int from = (int) (fromBytes % SECTOR_BYTES);
            Arrays.fill(cleared, from, from + (int) (toBytes - fromBytes), (byte) 0);
            change(new StoreChange.Write(fromBytes / SECTOR_BYTES, new byte[][] {cleared}));
        }
    }

    private void get(long offsetBytes, ByteBuffer target) {
        long at = offsetBytes;
        while (target.hasRemaining()) {
            int within = (int) (at % SECTOR_BYTES);
            int step = Math.min(SECTOR_BYTES - within, target.remaining());
            byte @Nullable [] sector = sectors.get(at / SECTOR_BYTES);
            target.put(sector == null ? StoreChange.ZEROES : sector, within, step);
            at += step;
        }
    }

    private void change(StoreChange change) {
        sizeBytes = change.applyTo(sectors, sizeBytes);
        unflushed.add(change);
    }

    private void makeDurable() {
        if (!unflushed.isEmpty()) {
            durable = sectors.copy();
            durableBytes = sizeBytes;
            unflushed.clear();
        }
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
