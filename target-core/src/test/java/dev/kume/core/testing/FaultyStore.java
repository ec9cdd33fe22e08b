package dev.kume.core.testing;

import dev.kume.core.store.BackingStore;
import dev.kume.core.store.FilterStore;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A store around another one with a hook before each call: it may throw (a fault), wait (a slow device), or count.
 * {@link #neverAtOnce} makes {@code tryRead} answer 0, as for a cold file.
 */
public final class FaultyStore extends FilterStore {
    /** The calls that can fail. */
    public enum Call {
        READ,
        WRITE,
        FLUSH,
        RESIZE,
        RESERVE,
        PUNCH,
        ZERO,
        CLOSE,
        /** Of {@link PowerCutFiles}, as the three behind it. */
        CREATE,
        RENAME,
        REMOVE,
        SYNC
    }

    /** Runs before the call, on the calling thread; what it throws, the caller gets, and the call does not happen. */
    @FunctionalInterface
    public interface Hook {
        Hook NONE = (call, offsetBytes, lengthBytes) -> {};

        void before(Call call, long offsetBytes, long lengthBytes) throws IOException;

        /** Fails every call of this kind. */
        static Hook failing(Call failing, String message) {
            return (call, offsetBytes, lengthBytes) -> {
                if (call == failing) {
                    throw new IOException(message);
                }
            };
        }
    }

    private volatile Hook hook = Hook.NONE;
    private volatile boolean neverAtOnce;
    private volatile boolean canReserve = true;

    public FaultyStore(BackingStore store) {
        super(store);
    }

    public FaultyStore hook(Hook newHook) {
        hook = newHook;
        return this;
    }

    public FaultyStore neverAtOnce() {
        neverAtOnce = true;
        return this;
    }

    /** As on systems without {@code fallocate}. */
    public FaultyStore withoutReserve() {
        canReserve = false;
        return this;
    }

    @Override
    public int tryRead(long offsetBytes, ByteBuffer target) {
        return neverAtOnce ? 0 : store.tryRead(offsetBytes, target);
    }

    @Override
    public void read(long offsetBytes, ByteBuffer target) throws IOException {
        hook.before(Call.READ, offsetBytes, target.remaining());
        store.read(offsetBytes, target);
    }

    @Override
    public void write(long offsetBytes, ByteBuffer source) throws IOException {
        hook.before(Call.WRITE, offsetBytes, source.remaining());
        store.write(offsetBytes, source);
    }

    @Override
    public void flush() throws IOException {
        hook.before(Call.FLUSH, 0, 0);
        store.flush();
    }

    @Override
    public void resize(long sizeBytes) throws IOException {
        hook.before(Call.RESIZE, sizeBytes, 0);
        store.resize(sizeBytes);
    }

    @Override
    public boolean reserve(long offsetBytes, long lengthBytes) throws IOException {
        hook.before(Call.RESERVE, offsetBytes, lengthBytes);
        return canReserve && store.reserve(offsetBytes, lengthBytes);
    }

    @Override
    public void punch(long offsetBytes, long lengthBytes) throws IOException {
        hook.before(Call.PUNCH, offsetBytes, lengthBytes);
        store.punch(offsetBytes, lengthBytes);
    }

    @Override
    public void zero(long offsetBytes, long lengthBytes) throws IOException {
        hook.before(Call.ZERO, offsetBytes, lengthBytes);
        store.zero(offsetBytes, lengthBytes);
    }

    @Override
    public void close() throws IOException {
        hook.before(Call.CLOSE, 0, 0);
        store.close();
    }
}
