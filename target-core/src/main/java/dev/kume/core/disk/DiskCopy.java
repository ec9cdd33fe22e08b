package dev.kume.core.disk;

import dev.kume.core.Clock;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * Copies a disk into another one while the first is used. One pass is enough: behind its front whatever is changed is
 * changed in the copy as well, before the change is answered. In the end, for a moment, nobody is inside of the disk,
 * and the two are one and the same.
 *
 * <p>A target that fails, or is full, ends the copy and nothing else: the disk goes on without it.
 *
 * <p>{@link #run}, {@link #finish} and {@link #close} are one operation thread's; initiators come by
 * {@link DiskMirror} on any disk thread.
 */
public final class DiskCopy implements DiskMirror, Closeable {
    /** What is kept from initiators at a time, for as long as it takes to copy it. */
    public static final int CHUNK_BYTES = 1 << 20;

    /** What is looked at for zeroes at a time. */
    private static final int GRANULE_BYTES_MIN = 4096;

    /** The last step, while nobody is inside of the disk. */
    @FunctionalInterface
    public interface Step {
        void run() throws IOException;
    }

    private final IsolatedDisk source;
    private final LiveDisk live;
    private final VirtualDisk target;
    private final long sizeBytes;
    private final int granuleBytes;
    private final Zeroes zeroes = new Zeroes();
    private final Queue<ByteBuffer> buffers = new ConcurrentLinkedQueue<>();

    /** Changes of one range are brought into the copy one after the other, each as the disk is by then. */
    private final RangeGate order = new RangeGate();

    /** Everything before it is in the copy. Moves over a range that nobody is in, so it stands still for who is. */
    private volatile long frontBytes;

    private volatile @Nullable Exception failure;
    private boolean mirrors;

    /**
     * @param source what everybody comes through
     * @param live   what lies below that, and serves the file that is to be copied
     * @param target of the same size and reading as zeroes; it is the caller's to close, after {@link #close}
     */
    public DiskCopy(IsolatedDisk source, LiveDisk live, VirtualDisk target) {
        if (source.info().sizeBytes() != target.info().sizeBytes()) {
            throw new IllegalArgumentException("a disk of %d bytes does not fit one of %d"
                    .formatted(source.info().sizeBytes(), target.info().sizeBytes()));
        }
        this.source = source;
        this.live = live;
        this.target = target;
        this.sizeBytes = target.info().sizeBytes();
        this.granuleBytes =
                Math.min(CHUNK_BYTES, Math.max(GRANULE_BYTES_MIN, target.info().spaceBytes()));
    }

    /**
     * The bytes of a disk that have space: what a copy that takes space as it is written needs about.
     *
     * @param progress may throw {@link java.io.InterruptedIOException} to cancel; hears of no progress
     */
    public static long mappedBytes(VirtualDisk disk, DiskFormat.Progress progress) throws IOException {
        long sizeBytes = disk.info().sizeBytes();
        long mappedBytes = 0;
        for (long at = 0; at < sizeBytes; ) {
            progress.at(0, sizeBytes);
            DiskExtent extent = disk.extentAt(at, sizeBytes - at);
            mappedBytes += extent.mapped() ? extent.lengthBytes() : 0;
            at += extent.lengthBytes();
        }
        return mappedBytes;
    }

    /**
     * Copies everything. Afterwards each change goes to the copy as well, until {@link #finish} or {@link #close}.
     *
     * @param progress may throw {@link java.io.InterruptedIOException} to cancel
     */
    public void run(DiskFormat.Progress progress) throws IOException {
        live.mirror(this);
        mirrors = true;
        while (frontBytes < sizeBytes) {
            progress.at(frontBytes, sizeBytes);
            checkTarget();
            long front = frontBytes;
            // A look from outside, so that a chunk, or all of a hole, is closed to others for as long as it takes.
            DiskExtent extent = source.extentAt(front, sizeBytes - front);
            long end = !extent.mapped() && extent.lengthBytes() > CHUNK_BYTES
                    ? front + extent.lengthBytes()
                    : Math.min(sizeBytes, front + CHUNK_BYTES);
            source.alone(front, end - front, disk -> advance(disk, front, end));
        }
        checkTarget();
        progress.at(sizeBytes, sizeBytes);
    }

    /** While nobody is in the range: what was a hole a moment ago may have got data. */
    private void advance(VirtualDisk disk, long front, long end) throws IOException {
        DiskExtent extent = disk.extentAt(front, end - front);
        if (!extent.mapped()) {
            frontBytes = front + extent.lengthBytes();
            return;
        }
        long to = Math.min(end, front + CHUNK_BYTES);
        long at = front;
        while (at < to) {
            DiskExtent next = disk.extentAt(at, to - at);
            if (next.mapped()) {
                lay(disk, at, (int) next.lengthBytes());
            }
            at += next.lengthBytes();
        }
        frontBytes = to;
    }

    /** The target reads as zeroes there still, so zeroes are not written. */
    private void lay(VirtualDisk disk, long offsetBytes, int bytes) throws IOException {
        ByteBuffer buffer = take();
        try {
            disk.read(offsetBytes, buffer.limit(bytes));
            buffer.flip();
            zeroes.runs(
                    buffer,
                    offsetBytes,
                    granuleBytes,
                    false,
                    (begin, end) -> target.write(offsetBytes + begin, buffer.slice(begin, end - begin)));
        } finally {
            buffers.add(buffer);
        }
    }

    /**
     * Brings the two to one state and runs the last step while nobody is inside: what it does is done at that instant.
     * From then on no change goes to the copy any more.
     *
     * @param limit how long calls that are under way may take to end; when it is over, the copy has failed
     */
    public void finish(Duration limit, Clock clock, Step step) throws IOException {
        if (frontBytes < sizeBytes) {
            throw new IllegalStateException("the copy is not complete");
        }
        // Most of it while others go on.
        target.flush();
        boolean quiet = source.tryAlone(limit, clock, disk -> {
            live.mirror(null);
            mirrors = false;
            checkTarget();
            target.flush();
            step.run();
        });
        if (!quiet) {
            throw new IOException("a command of the disk has not ended for %d seconds; look after its device"
                    .formatted(limit.toSeconds()));
        }
    }

    /** Ends a copy that was not finished: when this returns, nobody writes the target any more. */
    @Override
    public void close() throws IOException {
        if (mirrors) {
            live.mirror(null);
            mirrors = false;
            source.alone(0, sizeBytes, disk -> {});
        }
    }

    private void checkTarget() throws IOException {
        switch (failure) {
            case null -> {}
            case IOException e -> throw e;
            case RuntimeException e -> throw e;
            case Exception e -> throw new IllegalStateException(e);
        }
    }

    @Override
    public void written(long offsetBytes, ByteBuffer data) {
        changed(offsetBytes, data.remaining());
    }

    @Override
    public void zeroed(long offsetBytes, long lengthBytes) {
        changed(offsetBytes, lengthBytes);
    }

    /**
     * Two changes of one place may have happened in one order and come here in the other, so it is not what they bring
     * that goes to the copy, but what is there by now.
     */
    private void changed(long offsetBytes, long lengthBytes) {
        long end = Math.min(frontBytes, offsetBytes + lengthBytes);
        if (offsetBytes >= end || failure != null) {
            return;
        }
        long ticket = order.enterAlone(offsetBytes, end - offsetBytes);
        try {
            follow(live.current(), offsetBytes, end);
        } catch (IOException | RuntimeException e) {
            failure = e;
        } finally {
            order.leave(ticket);
        }
    }

    private void follow(VirtualDisk disk, long offsetBytes, long endBytes) throws IOException {
        long at = offsetBytes;
        while (at < endBytes) {
            DiskExtent extent = disk.extentAt(at, endBytes - at);
            long step = extent.lengthBytes();
            if (extent.mapped()) {
                step = Math.min(step, CHUNK_BYTES);
                overwrite(disk, at, (int) step);
            } else {
                target.unmap(at, step);
            }
            at += step;
        }
    }

    private void overwrite(VirtualDisk disk, long offsetBytes, int bytes) throws IOException {
        ByteBuffer buffer = take();
        try {
            disk.read(offsetBytes, buffer.limit(bytes));
            target.write(offsetBytes, buffer.flip());
        } finally {
            buffers.add(buffer);
        }
    }

    private ByteBuffer take() {
        ByteBuffer free = buffers.poll();
        return free == null ? ByteBuffer.allocateDirect(CHUNK_BYTES) : free.clear();
    }
}
