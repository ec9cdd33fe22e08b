package dev.kume.core.store;

import static dev.kume.core.store.linux.LinuxCalls.FALLOC_FL_KEEP_SIZE;
import static dev.kume.core.store.linux.LinuxCalls.FALLOC_FL_PUNCH_HOLE;
import static dev.kume.core.store.linux.LinuxCalls.FALLOC_FL_ZERO_RANGE;

import dev.kume.core.store.linux.CallScratch;
import dev.kume.core.store.linux.Errno;
import dev.kume.core.store.linux.LinuxCalls;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A file descriptor of Linux, the only one of its file. Java's own file channel is not used: it has none of these
 * calls, an interrupt closes it under every session, and a second descriptor would put locks at risk.
 */
final class LinuxDescriptor implements Descriptor {
    /** How {@link #tryRead} goes about it; it only ever changes to NEVER. */
    private enum TryRead {
        NOWAIT,
        MEMORY,
        NEVER
    }

    private final Path path;
    private final int fd;
    private final ThreadLocal<CallScratch> scratches;
    private volatile TryRead tryRead;

    LinuxDescriptor(Path path, int fd, ThreadLocal<CallScratch> scratches) {
        this.path = path;
        this.fd = fd;
        this.scratches = scratches;
        this.tryRead = LinuxCalls.inMemory(fd) ? TryRead.MEMORY : TryRead.NOWAIT;
    }

    @Override
    public long sizeBytes() {
        return LinuxCalls.status(fd).sizeBytes();
    }

    @Override
    public int tryRead(long offsetBytes, ByteBuffer target) {
        TryRead how = tryRead;
        if (how == TryRead.NEVER || !target.hasRemaining()) {
            return 0;
        }
        CallScratch scratch = scratches.get();
        ByteBuffer direct = target.isDirect() ? target : copyBuffer(scratch, target);
        long result = how == TryRead.NOWAIT
                ? LinuxCalls.preadv2Nowait(scratch, fd, direct, offsetBytes)
                : LinuxCalls.preadMemory(scratch, fd, direct, offsetBytes);
        if (result <= 0) {
            if (Errno.EOPNOTSUPP.is(result) || Errno.ENOSYS.is(result)) {
                tryRead = TryRead.NEVER;
            }
            // Whatever else is wrong, the read that waits will meet it and can say it.
            return 0;
        }
        return arrived((int) result, direct, target);
    }

    @Override
    public int read(long offsetBytes, ByteBuffer target) throws IOException {
        CallScratch scratch = scratches.get();
        ByteBuffer direct = target.isDirect() ? target : copyBuffer(scratch, target);
        long result;
        do {
            result = LinuxCalls.pread(scratch, fd, direct, offsetBytes);
        } while (Errno.EINTR.is(result));
        check(result, "read");
        return arrived((int) result, direct, target);
    }

    @Override
    public int write(long offsetBytes, ByteBuffer source) throws IOException {
        CallScratch scratch = scratches.get();
        ByteBuffer direct = source;
        if (!source.isDirect()) {
            direct = copyBuffer(scratch, source);
            direct.put(0, source, source.position(), direct.remaining());
        }
        long result;
        do {
            result = LinuxCalls.pwrite(scratch, fd, direct, offsetBytes);
        } while (Errno.EINTR.is(result));
        check(result, "write");
        if (result == 0) {
            throw new IOException("The system wrote nothing and gave no reason: " + path);
        }
        source.position(source.position() + (int) result);
        return (int) result;
    }

    @Override
    public void sync() throws IOException {
        CallScratch scratch = scratches.get();
        int result;
        do {
            result = LinuxCalls.fdatasync(scratch, fd);
        } while (Errno.EINTR.is(result));
        check(result, "flush");
    }

    @Override
    public void resize(long sizeBytes) throws IOException {
        CallScratch scratch = scratches.get();
        int result;
        do {
            result = LinuxCalls.ftruncate(scratch, fd, sizeBytes);
        } while (Errno.EINTR.is(result));
        check(result, "resize");
    }

    @Override
    public boolean reserve(long offsetBytes, long lengthBytes) throws IOException {
        return allocate(FALLOC_FL_KEEP_SIZE, offsetBytes, lengthBytes, "reserve space in");
    }

    @Override
    public boolean punch(long offsetBytes, long lengthBytes) throws IOException {
        return allocate(FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offsetBytes, lengthBytes, "punch");
    }

    @Override
    public boolean zero(long offsetBytes, long lengthBytes) throws IOException {
        return allocate(FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE, offsetBytes, lengthBytes, "zero");
    }

    @Override
    public long nextData(long offsetBytes) throws IOException {
        long result = LinuxCalls.lseek(scratches.get(), fd, offsetBytes, LinuxCalls.SEEK_DATA);
        if (Errno.ENXIO.is(result)) {
            return NO_DATA;
        }
        return told(result);
    }

    @Override
    public long nextHole(long offsetBytes) throws IOException {
        return told(LinuxCalls.lseek(scratches.get(), fd, offsetBytes, LinuxCalls.SEEK_HOLE));
    }

    private long told(long result) throws IOException {
        if (Errno.EINVAL.is(result) || Errno.EOPNOTSUPP.is(result) || Errno.ENXIO.is(result)) {
            return UNKNOWN;
        }
        check(result, "look for holes in");
        return result;
    }

    @Override
    public long copyFrom(Descriptor source, long sourceBytes, long offsetBytes, long lengthBytes) throws IOException {
        if (!(source instanceof LinuxDescriptor from)) {
            return 0;
        }
        CallScratch scratch = scratches.get();
        long result;
        do {
            result = LinuxCalls.copyFileRange(scratch, from.fd, sourceBytes, fd, offsetBytes, lengthBytes);
        } while (Errno.EINTR.is(result));
        if (Errno.EXDEV.is(result)
                || Errno.EINVAL.is(result)
                || Errno.EOPNOTSUPP.is(result)
                || Errno.ENOSYS.is(result)) {
            return 0;
        }
        check(result, "copy into");
        return result;
    }

    @Override
    public boolean reflinkFrom(Descriptor source, long lengthBytes) throws IOException {
        if (!(source instanceof LinuxDescriptor from)) {
            return false;
        }
        CallScratch scratch = scratches.get();
        int result;
        do {
            result = LinuxCalls.cloneRange(scratch, from.fd, 0, fd, 0, lengthBytes);
        } while (Errno.EINTR.is(result));
        if (Errno.EXDEV.is(result)
                || Errno.EINVAL.is(result)
                || Errno.EOPNOTSUPP.is(result)
                || Errno.ENOTTY.is(result)
                || Errno.ENOSYS.is(result)) {
            return false;
        }
        check(result, "share bytes with");
        return true;
    }

    @Override
    public int blockBytes() {
        int bytes = LinuxCalls.status(fd).blockBytes();
        return Integer.bitCount(bytes) == 1 ? bytes : BackingStore.DEFAULT_BLOCK_BYTES;
    }

    @Override
    public @Nullable HostSpace hostSpace() {
        long[] space = LinuxCalls.space(fd);
        return space.length == 0 ? null : new HostSpace(space[0], space[1]);
    }

    @Override
    public long allocatedBytes() {
        return LinuxCalls.status(fd).allocatedBytes();
    }

    @Override
    public void close() throws IOException {
        check(LinuxCalls.close(fd), "close");
    }

    private boolean allocate(int mode, long offsetBytes, long lengthBytes, String verb) throws IOException {
        if (lengthBytes == 0) {
            return true;
        }
        CallScratch scratch = scratches.get();
        int result;
        do {
            result = LinuxCalls.fallocate(scratch, fd, mode, offsetBytes, lengthBytes);
        } while (Errno.EINTR.is(result));
        if (Errno.EOPNOTSUPP.is(result) || Errno.ENOSYS.is(result)) {
            return false;
        }
        check(result, verb);
        return true;
    }

    private static ByteBuffer copyBuffer(CallScratch scratch, ByteBuffer heap) {
        ByteBuffer copy = scratch.copyBuffer();
        return copy.limit(Math.min(copy.capacity(), heap.remaining()));
    }

    private static int arrived(int bytes, ByteBuffer direct, ByteBuffer target) {
        int position = target.position();
        if (!target.isDirect()) {
            target.put(position, direct, 0, bytes);
        }
        target.position(position + bytes);
        return bytes;
    }

    private void check(long result, String verb) throws IOException {
        if (result >= 0) {
            return;
        }
        if (Errno.ENOSPC.is(result) || Errno.EDQUOT.is(result)) {
            throw new NoSpaceException(Errno.text(result) + ": " + path);
        }
        throw new IOException("Cannot %s %s: %s".formatted(verb, path, Errno.text(result)));
    }
}
