package dev.kume.core.disk.vhdx;

import dev.kume.core.store.BackingStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;

/** Makes a file whole whose log has to be replayed ([MS-VHDX] 2.3.3): in the file, or in memory alone. */
final class LogReplay {
    private LogReplay() {}

    /** Replays into the file, durably; the log is empty afterwards. May be cut short, and done again. */
    static void inFile(BackingStore store, VhdxHeaders headers, UUID fileWriteGuid) throws IOException {
        LogReader reader = new LogReader(store, headers.current());
        List<LogEntry> sequence = reader.activeSequence();
        LogReader.Target target = new LogReader.Target() {
            @Override
            public void page(long offsetBytes, ByteBuffer content) throws IOException {
                extend(store, offsetBytes + content.limit());
                store.write(offsetBytes, content);
            }

            @Override
            public void zero(long offsetBytes, long lengthBytes) throws IOException {
                long there = Math.min(lengthBytes, store.sizeBytes() - offsetBytes);
                if (there > 0) {
                    store.zero(offsetBytes, there);
                }
                extend(store, offsetBytes + lengthBytes);
            }
        };
        for (LogEntry entry : sequence) {
            // Nothing is written of a log that is refused.
            reader.tell(entry, LogReader.Target.NONE);
        }
        for (LogEntry entry : sequence) {
            reader.tell(entry, target);
        }
        extend(store, sequence.getLast().lastFileOffset());
        store.flush();
        headers.update(headers.current().withFileWriteGuid(fileWriteGuid).withLogGuid(Guid.ZERO));
    }

    private static void extend(BackingStore store, long sizeBytes) throws IOException {
        if (store.sizeBytes() < sizeBytes) {
            store.resize(sizeBytes);
        }
    }

    /** The store as it reads after a replay; nothing is written. */
    static BackingStore inMemory(BackingStore store, VhdxHeader header) throws IOException {
        LogReader reader = new LogReader(store, header);
        List<LogEntry> sequence = reader.activeSequence();
        ReplayedStore replayed = new ReplayedStore(store, sequence.getLast().lastFileOffset());
        for (LogEntry entry : sequence) {
            reader.tell(entry, replayed);
        }
        return replayed;
    }
}
