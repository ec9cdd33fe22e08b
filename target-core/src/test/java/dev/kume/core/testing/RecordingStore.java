package dev.kume.core.testing;

import dev.kume.core.store.BackingStore;
import dev.kume.core.store.FilterStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A store around another one that writes down each change as it returns, in order. Any thread may call. */
public final class RecordingStore extends FilterStore {
    /** What was done. */
    public enum Kind {
        WRITE,
        FLUSH,
        RESIZE,
        RESERVE,
        PUNCH,
        ZERO,
        CLOSE
    }

    /** One call that returned without error; for RESIZE the offset is the new size. */
    public record Event(Kind kind, long offsetBytes, long lengthBytes) {}

    private final List<Event> events = new CopyOnWriteArrayList<>();

    public RecordingStore(BackingStore store) {
        super(store);
    }

    /** Everything so far. */
    public List<Event> events() {
        return List.copyOf(events);
    }

    /** The kinds of everything so far, for short assertions about order. */
    public List<Kind> kinds() {
        return events.stream().map(Event::kind).toList();
    }

    public void forget() {
        events.clear();
    }

    @Override
    public void write(long offsetBytes, ByteBuffer source) throws IOException {
        int lengthBytes = source.remaining();
        store.write(offsetBytes, source);
        events.add(new Event(Kind.WRITE, offsetBytes, lengthBytes));
    }

    @Override
    public void flush() throws IOException {
        store.flush();
        events.add(new Event(Kind.FLUSH, 0, 0));
    }

    @Override
    public void resize(long sizeBytes) throws IOException {
        store.resize(sizeBytes);
        events.add(new Event(Kind.RESIZE, sizeBytes, 0));
    }

    @Override
    public boolean reserve(long offsetBytes, long lengthBytes) throws IOException {
        boolean reserved = store.reserve(offsetBytes, lengthBytes);
        events.add(new Event(Kind.RESERVE, offsetBytes, lengthBytes));
        return reserved;
    }

    @Override
    public void punch(long offsetBytes, long lengthBytes) throws IOException {
        store.punch(offsetBytes, lengthBytes);
        events.add(new Event(Kind.PUNCH, offsetBytes, lengthBytes));
    }

    @Override
    public void zero(long offsetBytes, long lengthBytes) throws IOException {
        store.zero(offsetBytes, lengthBytes);
        events.add(new Event(Kind.ZERO, offsetBytes, lengthBytes));
    }

    @Override
    public void close() throws IOException {
        store.close();
        events.add(new Event(Kind.CLOSE, 0, 0));
    }
}
