package dev.kume.protocol.simulation;

import dev.kume.core.store.BackingStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * A store that is slow (the world goes on in the middle of its calls), fails at times, reads short when it must not
 * wait, and loses power: of what no flush has made durable, any sectors may be there afterwards.
 */
final class SimulatedStore implements BackingStore {
    static final int SECTOR_BYTES = 512;
    private static final int STEPS_INSIDE_MAX = 6;

    private record Change(int sector, byte[] content) {}

    private final World world;
    private final int failsOneIn;
    private final byte[] now;
    private final byte[] durable;
    private final List<Change> unflushed = new ArrayList<>();
    /** Changes of {@link #unflushed} that earlier flushes have taken out at its front. */
    private long flushed;

    boolean faults = true;
    /** Hears of each sector right before it is changed. */
    LongConsumer guard = stamp -> {};

    SimulatedStore(World world, byte[] content, int failsOneIn) {
        this.world = world;
        this.failsOneIn = failsOneIn;
        now = content.clone();
        durable = content.clone();
    }

    /** What is there after the host has lost its power now. */
    byte[] afterPowerCut() {
        byte[] survived = durable.clone();
        int style = world.random.nextInt(4);
        for (Change change : unflushed) {
            boolean kept = style == 1 || (style > 1 && world.random.nextBoolean());
            if (kept) {
                System.arraycopy(change.content(), 0, survived, change.sector() * SECTOR_BYTES, SECTOR_BYTES);
            }
        }
        return survived;
    }

    /** What is there when the daemon alone is gone, and the host goes on. */
    byte[] bytes() {
        return now.clone();
    }

    /** The first eight bytes of a block. */
    long stampAt(int block) {
        return ByteBuffer.wrap(now).getLong(block * SECTOR_BYTES);
    }

    private void device(String what) throws IOException {
        world.goOnMeanwhile(STEPS_INSIDE_MAX);
        if (faults && failsOneIn > 0 && world.oneIn(failsOneIn)) {
            throw new IOException("simulated failure of a " + what);
        }
    }

    @Override
    public int tryRead(long offsetBytes, ByteBuffer target) {
        int bytes = switch (world.random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> world.random.nextInt(target.remaining() + 1);
            default -> target.remaining();
        };
        target.put(now, (int) offsetBytes, bytes);
        return bytes;
    }

    @Override
    public void read(long offsetBytes, ByteBuffer target) throws IOException {
        device("read");
        target.put(now, (int) offsetBytes, target.remaining());
    }

    @Override
    public void write(long offsetBytes, ByteBuffer source) throws IOException {
        device("write");
        int half = world.oneIn(4) ? source.remaining() / 2 / SECTOR_BYTES * SECTOR_BYTES : 0;
        int left = source.remaining();
        int at = (int) offsetBytes;
        while (left > 0) {
            int sector = at / SECTOR_BYTES;
            int within = at % SECTOR_BYTES;
            int length = Math.min(left, SECTOR_BYTES - within);
            byte[] content = Arrays.copyOfRange(now, sector * SECTOR_BYTES, (sector + 1) * SECTOR_BYTES);
            source.get(content, within, length);
            guard.accept(ByteBuffer.wrap(content).getLong(0));
            System.arraycopy(content, 0, now, sector * SECTOR_BYTES, SECTOR_BYTES);
            unflushed.add(new Change(sector, content));
            at += length;
            left -= length;
            if (left == half) {
                world.goOnMeanwhile(STEPS_INSIDE_MAX);
            }
        }
    }

    @Override
    public void flush() throws IOException {
        long until = flushed + unflushed.size();
        device("flush");
        int count = (int) Math.max(0, until - flushed);
        for (Change change : unflushed.subList(0, count)) {
            System.arraycopy(change.content(), 0, durable, change.sector() * SECTOR_BYTES, SECTOR_BYTES);
        }
        unflushed.subList(0, count).clear();
        flushed += count;
    }

    @Override
    public void zero(long offsetBytes, long lengthBytes) throws IOException {
        write(offsetBytes, ByteBuffer.allocate((int) lengthBytes));
    }

    @Override
    public void punch(long offsetBytes, long lengthBytes) throws IOException {
        zero(offsetBytes, lengthBytes);
    }

    @Override
    public String location() {
        return "simulated";
    }

    @Override
    public long sizeBytes() {
        return now.length;
    }

    @Override
    public boolean readOnly() {
        return false;
    }

    @Override
    public void resize(long sizeBytes) throws IOException {
        throw new IOException("not simulated");
    }

    @Override
    public boolean reserve(long offsetBytes, long lengthBytes) {
        return true;
    }

    @Override
    public long allocatedBytes() {
        return now.length;
    }

    @Override
    public void close() {}
}
