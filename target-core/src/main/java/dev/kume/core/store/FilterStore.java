package dev.kume.core.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A store that passes everything on to another one: what adds something to a store begins here, and forgets no call.
 * All but {@link #copyFrom}, which would carry bytes past the filter: it answers 0 until a filter says how it can be.
 */
public abstract class FilterStore implements BackingStore {
    /** The store behind. */
    protected final BackingStore store;

    protected FilterStore(BackingStore store) {
        this.store = store;
    }

    @Override
    public String location() {
        return store.location();
    }

    @Override
    public long sizeBytes() {
        return store.sizeBytes();
    }

    @Override
    public boolean readOnly() {
        return store.readOnly();
    }

    @Override
    public int tryRead(long offsetBytes, ByteBuffer target) {
        return store.tryRead(offsetBytes, target);
    }

    @Override
    public void read(long offsetBytes, ByteBuffer target) throws IOException {
        store.read(offsetBytes, target);
    }

    @Override
    public void write(long offsetBytes, ByteBuffer source) throws IOException {
        store.write(offsetBytes, source);
    }

    @Override
    public boolean hasSpace(long offsetBytes, long lengthBytes) {
        return store.hasSpace(offsetBytes, lengthBytes);
    }

    @Override
    public void flush() throws IOException {
        store.flush();
    }

    @Override
    public void resize(long sizeBytes) throws IOException {
        store.resize(sizeBytes);
    }

    @Override
    public boolean reserve(long offsetBytes, long lengthBytes) throws IOException {
        return store.reserve(offsetBytes, lengthBytes);
    }

    @Override
    public void punch(long offsetBytes, long lengthBytes) throws IOException {
        store.punch(offsetBytes, lengthBytes);
    }

    @Override
    public void zero(long offsetBytes, long lengthBytes) throws IOException {
        store.zero(offsetBytes, lengthBytes);
    }

    @Override
    public Extent extentAt(long offsetBytes, long lengthBytes) throws IOException {
        return store.extentAt(offsetBytes, lengthBytes);
    }

    @Override
    public int blockBytes() {
        return store.blockBytes();
    }

    @Override
    public @Nullable HostSpace hostSpace() throws IOException {
        return store.hostSpace();
    }

    @Override
    public long allocatedBytes() throws IOException {
        return store.allocatedBytes();
    }

    @Override
    public void close() throws IOException {
        store.close();
    }
}
