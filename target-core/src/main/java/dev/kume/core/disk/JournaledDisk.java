package dev.kume.core.disk;

import dev.kume.core.store.BackingStore;
import dev.kume.core.store.LocalFiles;
import dev.kume.core.store.StoreProvider;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A disk with writes that are there as a whole or not at all, whatever happens to the daemon or to the power. Such a
 * write is kept in a journal first: a file beside the disk's own, made by the first atomic write and removed by an
 * orderly close. What a crash has cut short is finished when the disk is opened again.
 *
 * <p>A journal that is not this disk's any more (the file was replaced, or written by another program) is told by its
 * content: every sector of the range must hold what was there before, or what was to be there.
 *
 * <p>When a write can be neither finished nor undone, every change fails until the disk is opened anew: a later write
 * that succeeded would be lost then.
 */
public final class JournaledDisk extends FilterDisk {
    /** What an open has found in the journal. */
    public enum Found {
        /** No write was cut short. */
        NOTHING,
        /** A write was cut short, and is finished now. */
        UNFINISHED,
        /** A write of another disk, or of an older state of this one; it was left out. */
        FOREIGN
    }

    private static final int SECTOR_BYTES = 512;

    private final VirtualDisk disk;
    private final StoreProvider stores;
    private final Found found;
    private volatile Path path;

    /** Taken by atomic writes and by close. */
    private final ReentrantLock writing = new ReentrantLock();

    private volatile @Nullable WriteJournal journal;

    /** Writes whose end was put into the journal, and how many of those ends are known to be durable. */
    private final AtomicLong ended = new AtomicLong();

    private volatile long durablyEnded;

    private volatile @Nullable IOException stuck;

    private JournaledDisk(VirtualDisk disk, StoreProvider stores, Path path) throws IOException {
        this.disk = disk;
        this.stores = stores;
        this.path = path;
        this.found = disk.info().readOnly() ? Found.NOTHING : finish();
    }

    /**
     * Takes the disk over, and finishes what its journal holds. When this throws, the caller still owns the disk.
     *
     * @param journal where the journal is, or will be
     */
    public static JournaledDisk open(VirtualDisk disk, StoreProvider stores, Path journal) throws IOException {
        return new JournaledDisk(disk, stores, journal);
    }

    @Override
    VirtualDisk behind() {
        return disk;
    }

    /** What the journal held at open. */
    public Found found() {
        return found;
    }

    private Found finish() throws IOException {
        BackingStore store;
        try {
            store = stores.open(path, false);
        } catch (NoSuchFileException e) {
            return Found.NOTHING;
        }
        WriteJournal left = new WriteJournal(store);
        try {
            WriteJournal.Write write = left.unfinished();
            Found what = write == null ? Found.NOTHING : finish(write);
            left.lay();
            journal = left;
            return what;
        } catch (IOException | RuntimeException | Error e) {
            left.close();
            throw e;
        }
    }

    private Found finish(WriteJournal.Write write) throws IOException {
        int bytes = write.after().remaining();
        if (!disk.info().contains(write.offsetBytes(), bytes)) {
            return Found.FOREIGN;
        }
        ByteBuffer now = read(write.offsetBytes(), bytes);
        for (int at = 0; at < bytes; at += SECTOR_BYTES) {
            ByteBuffer sector = sector(now, at);
            if (!sector.equals(sector(write.before(), at)) && !sector.equals(sector(write.after(), at))) {
                return Found.FOREIGN;
            }
        }
        disk.write(write.offsetBytes(), write.after());
        disk.flush();
        return Found.UNFINISHED;
    }

    private static ByteBuffer sector(ByteBuffer of, int at) {
        return of.slice(at, Math.min(SECTOR_BYTES, of.limit() - at));
    }

    @Override
    public int atomicBytesMax() {
        return disk.info().readOnly() ? 0 : WriteJournal.WRITE_BYTES_MAX;
    }

    /** The caller keeps everybody else out of the range until this returns. */
    @Override
    public void writeAtomically(long offsetBytes, ByteBuffer source) throws IOException {
        writing.lock();
        try {
            checkNotStuck();
            WriteJournal to = journal();
            ByteBuffer before = read(offsetBytes, source.remaining());
            // What was there before must be there after a power cut, too, or the journal is taken for another disk's.
            disk.flush();
            keep(to, offsetBytes, before, source);
            write(to, offsetBytes, before, source);
        } finally {
            writing.unlock();
        }
    }

    private WriteJournal journal() throws IOException {
        WriteJournal open = journal;
        if (open != null) {
            return open;
        }
        Path at = path;
        WriteJournal created = new WriteJournal(create(at));
        try {
            created.lay();
            stores.syncDirectory(LocalFiles.directoryOf(at));
        } catch (IOException | RuntimeException | Error e) {
            created.close();
            stores.remove(at);
            throw e;
        }
        journal = created;
        return created;
    }

    /** One that is there already is of a time when the disk lay in that file before: it is laid out anew. */
    private BackingStore create(Path at) throws IOException {
        try {
            return stores.create(at);
        } catch (FileAlreadyExistsException e) {
            return stores.open(at, false);
        }
    }

    /**
     * The journal holds nothing and goes, and the next one will be elsewhere: the file of the disk is about to be
     * another. No atomic write is under way. When this throws, the disk is as it was.
     */
    public void retire(Path next) throws IOException {
        writing.lock();
        try {
            checkNotStuck();
            WriteJournal open = journal;
            if (open != null) {
                open.flush();
                durablyEnded = ended.get();
                open.close();
                journal = null;
                stores.remove(path);
            }
            path = next;
        } finally {
            writing.unlock();
        }
    }

    private void keep(WriteJournal to, long offsetBytes, ByteBuffer before, ByteBuffer after) throws IOException {
        try {
            to.begin(offsetBytes, before, after);
        } catch (IOException e) {
            // It may be there as a whole, and must not be finished later: its initiator hears that it has failed.
            orStuck(e, () -> {
                to.end();
                to.flush();
            });
            throw e;
        }
    }

    private void write(WriteJournal to, long offsetBytes, ByteBuffer before, ByteBuffer after) throws IOException {
        try {
            disk.write(offsetBytes, after);
        } catch (IOException e) {
            orStuck(e, () -> {
                disk.write(offsetBytes, before);
                disk.flush();
                end(to);
            });
            throw e;
        }
        try {
            disk.flush();
            end(to);
        } catch (IOException e) {
            stuck = e;
            throw e;
        }
    }

    private void end(WriteJournal of) throws IOException {
        of.end();
        ended.incrementAndGet();
    }

    /** A step that mends what has failed. */
    @FunctionalInterface
    private interface Mending {
        void run() throws IOException;
    }

    private void orStuck(IOException cause, Mending mending) {
        try {
            mending.run();
        } catch (IOException e) {
            cause.addSuppressed(e);
            stuck = cause;
        }
    }

    private void checkNotStuck() throws IOException {
        IOException because = stuck;
        if (because != null) {
            throw new IOException(
                    ("%s: an atomic write could be neither finished nor undone (%s); check the device, then take the"
                                    + " disk offline and online again")
                            .formatted(path, because.getMessage()),
                    because);
        }
    }

    private ByteBuffer read(long offsetBytes, int bytes) throws IOException {
        ByteBuffer content = ByteBuffer.allocate(bytes);
        disk.read(offsetBytes, content);
        return content.flip();
    }

    @Override
    public void write(long offsetBytes, ByteBuffer source) throws IOException {
        checkNotStuck();
        disk.write(offsetBytes, source);
    }

    /** First the ends of atomic writes: one that came back after a power cut would undo what is made durable here. */
    @Override
    public void flush() throws IOException {
        checkNotStuck();
        long ends = ended.get();
        WriteJournal open = journal;
        if (ends != durablyEnded && open != null) {
            open.flush();
            durablyEnded = ends;
        }
        disk.flush();
    }

    @Override
    public long copyFrom(VirtualDisk source, long sourceBytes, long offsetBytes, long lengthBytes) throws IOException {
        checkNotStuck();
        return super.copyFrom(source, sourceBytes, offsetBytes, lengthBytes);
    }

    @Override
    public void unmap(long offsetBytes, long lengthBytes) throws IOException {
        checkNotStuck();
        disk.unmap(offsetBytes, lengthBytes);
    }

    @Override
    public void zero(long offsetBytes, long lengthBytes) throws IOException {
        checkNotStuck();
        disk.zero(offsetBytes, lengthBytes);
    }

    /** The journal goes when it is known to hold nothing. */
    @Override
    public void close() throws IOException {
        writing.lock();
        try {
            disk.close();
            WriteJournal open = journal;
            if (open != null) {
                open.close();
                if (stuck == null) {
                    stores.remove(path);
                }
                journal = null;
            }
        } finally {
            writing.unlock();
        }
    }
}
