package dev.kume.core.store;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A file of this host, through its only descriptor. Any thread may call; {@link #close} waits for the calls in flight,
 * so that none can meet a descriptor number that the system has given to another file.
 *
 * <p><b>A failed flush is final.</b> The system reports a failed write-back once and forgets the data, so a second
 * flush would succeed and mean nothing. After the first failure every change and every flush fails until the file is
 * opened anew.
 */
public final class LocalFile implements BackingStore {
    private static final int CLOSED = Integer.MIN_VALUE;
    private static final ByteBuffer ZEROES =
            ByteBuffer.allocateDirect(256 << 10).asReadOnlyBuffer();

    private final Path path;
    private final boolean readOnly;
    private final Descriptor descriptor;

    private final AtomicLong sizeBytes;
    private final int blockBytes;

    /** Calls in flight; {@link #CLOSED} is added by the first close. */
    private final AtomicInteger calls = new AtomicInteger();

    private volatile @Nullable Thread closer;

    private final ReentrantLock flushing = new ReentrantLock();
    private final AtomicLong flushesAsked = new AtomicLong();
    /** Guarded by {@link #flushing}: every flush up to this ticket has been served. */
    private long flushesServed;

    private volatile @Nullable IOException flushFailure;

    LocalFile(Path path, boolean readOnly, Descriptor descriptor) throws IOException {
        this.path = path;
        this.readOnly = readOnly;
        this.descriptor = descriptor;
        this.sizeBytes = new AtomicLong(descriptor.sizeBytes());
        this.blockBytes = descriptor.blockBytes();
    }

    @Override
    public String location() {
        return path.toString();
    }

    @Override
    public long sizeBytes() {
        return sizeBytes.get();
    }

    @Override
    public boolean readOnly() {
        return readOnly;
    }

    @Override
    public int tryRead(long offsetBytes, ByteBuffer target) {
        if (!enter()) {
            return 0;
        }
        try {
            return descriptor.tryRead(offsetBytes, target);
        } finally {
            leave();
        }
    }

    @Override
    public void read(long offsetBytes, ByteBuffer target) throws IOException {
        enterOrThrow();
        try {
            long atBytes = offsetBytes;
            while (target.hasRemaining()) {
                int count = descriptor.read(atBytes, target);
                if (count <= 0) {
                    throw new EOFException("%s ends at byte %d; %d more bytes were wanted"
                            .formatted(path, atBytes, target.remaining()));
                }
                atBytes += count;
            }
        } finally {
            leave();
        }
    }

    @Override
    public void write(long offsetBytes, ByteBuffer source) throws IOException {
        enterToChange();
        try {
            writeFully(offsetBytes, source);
        } finally {
            leave();
        }
    }

    /**
     * Flushes that wait for each other are served together: the next one that runs covers every write that returned
     * before it began.
     */
    @Override
    public void flush() throws IOException {
        enterOrThrow();
        try {
            long ticket = flushesAsked.incrementAndGet();
            flushing.lock();
            try {
                if (flushesServed < ticket) {
                    syncOnce();
                }
            } finally {
                flushing.unlock();
            }
        } finally {
            leave();
        }
    }

    @Override
    public void resize(long newSizeBytes) throws IOException {
        enterToChange();
        try {
            descriptor.resize(newSizeBytes);
            sizeBytes.set(newSizeBytes);
        } finally {
            leave();
        }
    }

    @Override
    public boolean reserve(long offsetBytes, long lengthBytes) throws IOException {
        enterToChange();
        try {
            return descriptor.reserve(offsetBytes, lengthBytes);
        } finally {
            leave();
        }
    }

    @Override
    public void punch(long offsetBytes, long lengthBytes) throws IOException {
        enterToChange();
        try {
            long inside = inside(offsetBytes, lengthBytes);
            if (!descriptor.punch(offsetBytes, inside)) {
                writeZeroes(offsetBytes, inside);
            }
        } finally {
            leave();
        }
    }

    @Override
    public void zero(long offsetBytes, long lengthBytes) throws IOException {
        enterToChange();
        try {
            long inside = inside(offsetBytes, lengthBytes);
            if (!descriptor.zero(offsetBytes, inside)) {
                writeZeroes(offsetBytes, inside);
            }
        } finally {
            leave();
        }
    }

    @Override
    public Extent extentAt(long offsetBytes, long lengthBytes) throws IOException {
        enterOrThrow();
        try {
            long data = descriptor.nextData(offsetBytes);
            if (data == Descriptor.NO_DATA) {
                return new Extent(false, lengthBytes);
            }
            if (data > offsetBytes) {
                return new Extent(false, Math.min(lengthBytes, data - offsetBytes));
            }
            long hole = data == Descriptor.UNKNOWN ? data : descriptor.nextHole(offsetBytes);
            // A hole that is punched in between can begin right here: then what was data a moment ago is told as data.
            return new Extent(true, hole <= offsetBytes ? lengthBytes : Math.min(lengthBytes, hole - offsetBytes));
        } finally {
            leave();
        }
    }

    @Override
    public long copyFrom(BackingStore source, long sourceBytes, long offsetBytes, long lengthBytes) throws IOException {
        if (!(source instanceof LocalFile from) || !from.enter()) {
            return 0;
        }
        try {
            enterToChange();
            try {
                return descriptor.copyFrom(from.descriptor, sourceBytes, offsetBytes, lengthBytes);
            } finally {
                leave();
            }
        } finally {
            from.leave();
        }
    }

    @Override
    public boolean reflinkFrom(BackingStore source, long lengthBytes) throws IOException {
        if (!(source instanceof LocalFile from) || !from.enter()) {
            return false;
        }
        try {
            enterToChange();
            try {
                boolean shared = descriptor.reflinkFrom(from.descriptor, lengthBytes);
                if (shared) {
                    sizeBytes.accumulateAndGet(lengthBytes, Math::max);
                }
                return shared;
            } finally {
                leave();
            }
        } finally {
            from.leave();
        }
    }

    @Override
    public int blockBytes() {
        return blockBytes;
    }

    @Override
    public @Nullable HostSpace hostSpace() throws IOException {
        enterOrThrow();
        try {
            return descriptor.hostSpace();
        } finally {
            leave();
        }
    }

    @Override
    public long allocatedBytes() throws IOException {
        enterOrThrow();
        try {
            return descriptor.allocatedBytes();
        } finally {
            leave();
        }
    }

    /** Waits for the calls in flight, then gives the lock and the descriptor back. A second close does nothing. */
    @Override
    public synchronized void close() throws IOException {
        if (calls.get() < 0) {
            return;
        }
        closer = Thread.currentThread();
        calls.getAndUpdate(count -> count | CLOSED);
        boolean interrupted = false;
        while (calls.get() != CLOSED) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        descriptor.close();
    }

    private void syncOnce() throws IOException {
        checkFlushFailure();
        if (readOnly) {
            return;
        }
        long ticketsCovered = flushesAsked.get();
        try {
            descriptor.sync();
        } catch (NoSpaceException e) {
            // Not the same as a write that finds no space: what is lost here was answered as written.
            throw lost(new IOException(e.getMessage(), e));
        } catch (IOException e) {
            throw lost(e);
        }
        flushesServed = ticketsCovered;
    }

    private IOException lost(IOException failure) {
        flushFailure = failure;
        return failure;
    }

    private void checkFlushFailure() throws IOException {
        IOException failure = flushFailure;
        if (failure != null) {
            throw new IOException(
                    ("%s: an earlier flush failed (%s), so writes since the last good one may be lost; check the device,"
                                    + " then take the disk offline and online again")
                            .formatted(path, failure.getMessage()),
                    failure);
        }
    }

    private void writeFully(long offsetBytes, ByteBuffer source) throws IOException {
        long atBytes = offsetBytes;
        while (source.hasRemaining()) {
            atBytes += descriptor.write(atBytes, source);
        }
        if (atBytes > sizeBytes.get()) {
            sizeBytes.accumulateAndGet(atBytes, Math::max);
        }
    }

    private void writeZeroes(long offsetBytes, long lengthBytes) throws IOException {
        ByteBuffer zeroes = ZEROES.duplicate();
        for (long doneBytes = 0; doneBytes < lengthBytes; ) {
            int stepBytes = (int) Math.min(lengthBytes - doneBytes, zeroes.capacity());
            writeFully(offsetBytes + doneBytes, zeroes.clear().limit(stepBytes));
            doneBytes += stepBytes;
        }
    }

    /** What of the range lies before the end: bytes behind it are zeroes already. */
    private long inside(long offsetBytes, long lengthBytes) {
        return Math.max(0, Math.min(lengthBytes, sizeBytes.get() - offsetBytes));
    }

    private void enterToChange() throws IOException {
        if (readOnly) {
            throw new IOException(path + " is open for reading alone");
        }
        checkFlushFailure();
        enterOrThrow();
    }

    private void enterOrThrow() throws IOException {
        if (!enter()) {
            throw new StoreClosedException(location());
        }
    }

    private boolean enter() {
        if (calls.getAndIncrement() >= 0) {
            return true;
        }
        leave();
        return false;
    }

    private void leave() {
        if (calls.decrementAndGet() == CLOSED) {
            LockSupport.unpark(closer);
        }
    }
}
