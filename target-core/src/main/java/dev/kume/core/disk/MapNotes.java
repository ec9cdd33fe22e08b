package dev.kume.core.disk;

import dev.kume.core.store.BackingStore;
import dev.kume.core.store.StoreProvider;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Notes of changes of a disk's map that were answered and are not durable yet, in two files beside the disk's own.
 *
 * <p>The map of a disk becomes durable with a flush. Until then a change of it is in this process's memory alone,
 * while the bytes it refers to are in the system's: a crash of the process would lose writes that its initiators, who
 * live on, have seen succeed. The notes are in the system's memory, too; what they say holds as long as the system has
 * not been started anew, which the boot id in them tells. After a power cut they are worth nothing, as everything that
 * was not flushed.
 *
 * <p>One file holds the notes since the last flush began, the other those that it makes durable. One thread at a time.
 */
public final class MapNotes implements Closeable {
    private static final long MAGIC = 0x4B55_4D45_4E4F_5445L; // KUMENOTE
    private static final int HEADER_BYTES = 64;
    private static final int NOTE_BYTES = 40;
    private static final int CHECKED_AT = 8;

    /** Notes beyond this size should be made superfluous by a flush. */
    private static final long BYTES_DUE = 4L << 20;

    /** What a damaged file is read to. */
    private static final long BYTES_MAX = 64L << 20;

    /**
     * One change: of a block's entry, or more sectors of a block.
     *
     * @param before the entry until then
     * @param after  the entry from then on; the same where sectors were added
     * @param sector the first sector that was added
     * @param count  how many were added, 0 for a change of the entry
     */
    public record Note(long block, long before, long after, int sector, int count) {}

    private final StoreProvider stores;
    private final Path[] paths;
    private final UUID bootId;
    private final @Nullable BackingStore[] files = new BackingStore[2];
    private final long[] ends = new long[2];
    private int current;
    private long generation;

    /**
     * @param file   the disk's own file; the notes lie beside it
     * @param bootId changes with each start of the system, and with nothing else
     */
    public MapNotes(StoreProvider stores, Path file, UUID bootId) {
        this.stores = stores;
        this.paths = paths(file);
        this.bootId = bootId;
    }

    private static Path[] paths(Path file) {
        return new Path[] {
            file.resolveSibling(file.getFileName() + ".kume-map0"),
            file.resolveSibling(file.getFileName() + ".kume-map1")
        };
    }

    /** Notes that a crash of the process has left, oldest first; none when the system was started anew since. */
    public List<Note> left() throws IOException {
        record Left(long generation, List<Note> notes) {}
        List<Left> all = new ArrayList<>();
        for (int at = 0; at < paths.length; at++) {
            try (BackingStore store = stores.open(paths[at], true)) {
                ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
                if (store.sizeBytes() >= HEADER_BYTES) {
                    store.read(0, header);
                }
                boolean ours = header.getLong(0) == MAGIC
                        && header.getLong(16) == bootId.getMostSignificantBits()
                        && header.getLong(24) == bootId.getLeastSignificantBits();
                if (ours) {
                    all.add(new Left(header.getLong(8), read(store)));
                    generation = Math.max(generation, header.getLong(8));
                }
            } catch (NoSuchFileException none) {
                // The usual case: there was nothing to note.
            }
        }
        all.sort(Comparator.comparingLong(Left::generation));
        return all.stream().flatMap(left -> left.notes().stream()).toList();
    }

    private static List<Note> read(BackingStore store) throws IOException {
        List<Note> notes = new ArrayList<>();
        long end = Math.min(store.sizeBytes(), BYTES_MAX);
        ByteBuffer bytes = ByteBuffer.allocate((int) (end - HEADER_BYTES));
        store.read(HEADER_BYTES, bytes);
        bytes.flip();
        while (bytes.remaining() >= NOTE_BYTES) {
            ByteBuffer note = bytes.slice(bytes.position(), NOTE_BYTES);
            if (note.getInt(0) != checksum(note)) {
                break;
            }
            long sectors = note.getLong(CHECKED_AT + 24);
            notes.add(new Note(
                    note.getLong(CHECKED_AT),
                    note.getLong(CHECKED_AT + 8),
                    note.getLong(CHECKED_AT + 16),
                    (int) (sectors >>> 32),
                    (int) sectors));
            bytes.position(bytes.position() + NOTE_BYTES);
        }
        return notes;
    }

    /** A block's entry changes: noted before the change is answered. */
    public void entry(long block, long before, long after) throws IOException {
        append(block, before, after, 0);
    }

    /** Sectors of a block were added, and their bytes are written: noted before that is answered. */
    public void sectors(long block, long entry, int sector, int count) throws IOException {
        append(block, entry, entry, (long) sector << 32 | count);
    }

    private void append(long block, long before, long after, long sectors) throws IOException {
        ByteBuffer note = ByteBuffer.allocate(NOTE_BYTES)
                .putLong(CHECKED_AT, block)
                .putLong(CHECKED_AT + 8, before)
                .putLong(CHECKED_AT + 16, after)
                .putLong(CHECKED_AT + 24, sectors);
        note.putInt(0, checksum(note));
        BackingStore to = file(current);
        to.write(ends[current], note);
        ends[current] += NOTE_BYTES;
    }

    private BackingStore file(int at) throws IOException {
        BackingStore open = files[at];
        if (open != null) {
            return open;
        }
        BackingStore made;
        try {
            made = stores.open(paths[at], false);
            made.resize(0);
        } catch (NoSuchFileException none) {
            made = stores.create(paths[at]);
        }
        files[at] = made;
        begin(at);
        return made;
    }

    private void begin(int at) throws IOException {
        generation++;
        BackingStore file = file(at);
        file.write(
                0,
                ByteBuffer.allocate(HEADER_BYTES)
                        .putLong(0, MAGIC)
                        .putLong(8, generation)
                        .putLong(16, bootId.getMostSignificantBits())
                        .putLong(24, bootId.getLeastSignificantBits()));
        ends[at] = HEADER_BYTES;
    }

    /** True when there are so many notes that a flush should make them superfluous. */
    public boolean isFlushDue() {
        return ends[current] > BYTES_DUE;
    }

    /** What was noted until now is being made durable; what comes from now on is kept apart. */
    public void flushBegins() throws IOException {
        int other = 1 - current;
        if (files[other] != null) {
            files[other].resize(0);
            begin(other);
        }
        current = other;
    }

    /** What was noted before {@link #flushBegins} is durable. */
    public void flushed() throws IOException {
        int other = 1 - current;
        BackingStore durable = files[other];
        if (durable != null) {
            durable.resize(0);
            ends[other] = 0;
        }
    }

    /** Everything is durable: the notes go. */
    public void remove() throws IOException {
        close();
        remove(stores, paths);
    }

    /** Removes what notes there are of a disk file that is not open, and that goes itself. */
    public static void remove(StoreProvider stores, Path file) throws IOException {
        remove(stores, paths(file));
    }

    private static void remove(StoreProvider stores, Path[] paths) throws IOException {
        for (Path path : paths) {
            try {
                stores.remove(path);
            } catch (NoSuchFileException none) {
                // There was nothing to note in it.
            }
        }
    }

    /** The notes stay. */
    @Override
    public void close() throws IOException {
        for (int at = 0; at < files.length; at++) {
            BackingStore open = files[at];
            if (open != null) {
                files[at] = null;
                open.close();
            }
        }
    }

    private static int checksum(ByteBuffer note) {
        CRC32C checksum = new CRC32C();
        checksum.update(note.slice(CHECKED_AT, NOTE_BYTES - CHECKED_AT));
        return (int) checksum.getValue();
    }
}
