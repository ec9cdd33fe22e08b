package dev.kume.cli.journal;

import dev.kume.cli.log.WatchEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of the journal: segments of lines, numbered, of which the oldest go when all together would become too
 * large. Written by one thread, read by any.
 *
 * <p>A line that a crash has cut short is cut off at the next start. A file that is damaged in another way is put aside
 * with one line in the log, and the rest goes on without it.
 */
public final class JournalFiles implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JournalFiles.class);
    private static final int SEGMENTS = 8;
    private static final String ENDING = ".jsonl";
    private static final String DAMAGED = "damaged";

    /** Opens files for writing; tests let that fail. */
    @FunctionalInterface
    public interface Opener {
        Opener OF_THIS_HOST = file -> FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);

        FileChannel open(Path file) throws IOException;
    }

    private final Path directory;
    private final Opener opener;
    private final long segmentBytes;

    /** Guarded by this: number and length of each segment, as far as it is whole. */
    private final TreeMap<Long, Long> segments = new TreeMap<>();

    /** Guarded by this. */
    private boolean opened;

    // Of the writing thread.
    private @Nullable FileChannel current;
    private long currentNumber;

    /** @param bytesMax of all files together */
    public JournalFiles(Path directory, long bytesMax, Opener opener) {
        this.directory = directory;
        this.opener = opener;
        // One more than is kept, for what is put aside, and the one that is written to may not be full.
        this.segmentBytes = bytesMax / (SEGMENTS + 1);
    }

    // ---- writing ----------------------------------------------------------------------------------------------------

    /** Appends lines and makes them durable. On failure none of those is there that were not durable before. */
    void append(List<String> lines) throws IOException {
        open();
        int from = 0;
        while (from < lines.size()) {
            FileChannel channel = current();
            long at = lengthOfLast();
            StringBuilder piece = new StringBuilder();
            int to = from;
            while (to < lines.size() && (to == from || at + piece.length() < segmentBytes)) {
                piece.append(lines.get(to++)).append('\n');
            }
            write(channel, piece.toString().getBytes(StandardCharsets.UTF_8), at);
            from = to;
        }
    }

    private void write(FileChannel channel, byte[] bytes, long at) throws IOException {
        try {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                channel.write(buffer, at + buffer.position());
            }
            channel.force(false);
            synchronized (this) {
                segments.replace(currentNumber, at + bytes.length);
            }
        } catch (IOException failure) {
            // What is half there is written over by the next lines, or cut off at the next start.
            closeCurrent();
            throw failure;
        }
    }

    private synchronized void open() throws IOException {
        if (opened) {
            return;
        }
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory);
        }
        segments.clear();
        try (Stream<Path> all = Files.list(directory)) {
            for (Path file : all.toList()) {
                long number = numberOf(file);
                if (number >= 0) {
                    segments.put(number, Files.size(file));
                }
            }
        }
        cutTornTail();
        opened = true;
    }

    private static long numberOf(Path file) {
        String name = String.valueOf(file.getFileName());
        if (!name.endsWith(ENDING)) {
            return -1;
        }
        try {
            return Long.parseLong(name.substring(0, name.length() - ENDING.length()));
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private Path file(long number) {
        return directory.resolve("%010d%s".formatted(number, ENDING));
    }

    /** The last file ends where its last whole line does. */
    private synchronized void cutTornTail() throws IOException {
        if (segments.isEmpty()) {
            return;
        }
        long last = segments.lastKey();
        byte[] content = Files.readAllBytes(file(last));
        int whole = 0;
        for (int i = 0; i < content.length; i++) {
            if (content[i] == '\n') {
                String line = new String(content, whole, i - whole, StandardCharsets.UTF_8);
                if (JournalLines.read(line) == null) {
                    break;
                }
                whole = i + 1;
            }
        }
        if (whole < content.length
                && new String(content, whole, content.length - whole, StandardCharsets.UTF_8)
                        .lines()
                        .skip(1)
                        .anyMatch(line -> JournalLines.read(line) != null)) {
            putAside(last);
            return;
        }
        segments.put(last, (long) whole);
        if (whole < content.length) {
            WatchEvent.JOURNAL_LINE_LOST.log(LOG, file(last), content.length - whole);
        }
    }

    /** The file to write to: the last one, or one more when that is full, or was put aside by a reader. */
    private FileChannel current() throws IOException {
        long number;
        long length;
        synchronized (this) {
            if (lengthOfLast() >= segmentBytes) {
                makeRoom();
                segments.put(segments.lastKey() + 1, 0L);
            } else if (segments.isEmpty()) {
                segments.put(currentNumber + 1, 0L);
            }
            number = segments.lastKey();
            length = segments.lastEntry().getValue();
        }
        FileChannel channel = current;
        if (channel == null || number != currentNumber) {
            closeCurrent();
            channel = opener.open(file(number));
            channel.truncate(length);
            current = channel;
            currentNumber = number;
            if (length == 0) {
                syncDirectory();
            }
        }
        return channel;
    }

    private void syncDirectory() throws IOException {
        // Windows opens no directories; its file system journals new names by itself.
        if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    private synchronized long lengthOfLast() {
        return segments.isEmpty() ? 0 : segments.lastEntry().getValue();
    }

    private synchronized void makeRoom() throws IOException {
        while (segments.size() >= SEGMENTS) {
            Files.deleteIfExists(file(segments.firstKey()));
            segments.pollFirstEntry();
        }
    }

    private void closeCurrent() {
        FileChannel channel = current;
        current = null;
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                LOG.debug("Closing a file of the journal: {}", String.valueOf(e));
            }
        }
    }

    @Override
    public void close() {
        closeCurrent();
    }

    // ---- reading ----------------------------------------------------------------------------------------------------

    /** Gives every event that is durable to the consumer, as they were written. Any thread. */
    void read(Consumer<JournalEvent> consumer) throws IOException {
        open();
        TreeMap<Long, Long> now;
        synchronized (this) {
            now = new TreeMap<>(segments);
        }
        now.forEach((number, length) -> read(number, length).forEach(consumer));
    }

    private List<JournalEvent> read(long number, long length) {
        List<JournalEvent> events = new ArrayList<>();
        try {
            byte[] content = Files.readAllBytes(file(number));
            String text = new String(content, 0, (int) Math.min(content.length, length), StandardCharsets.UTF_8);
            for (String line : text.lines().toList()) {
                JournalEvent event = JournalLines.read(line);
                if (event == null) {
                    putAside(number);
                    return List.of();
                }
                events.add(event);
            }
        } catch (NoSuchFileException e) {
            LOG.debug("{} went while it was about to be read", file(number));
        } catch (IOException e) {
            WatchEvent.JOURNAL_FILE_UNREADABLE.log(LOG, file(number), String.valueOf(e));
        }
        return events;
    }

    /** One damaged file is kept, for people. */
    private synchronized void putAside(long number) {
        if (segments.remove(number) == null) {
            return;
        }
        Path aside = directory.resolve(DAMAGED);
        try {
            Files.move(file(number), aside, StandardCopyOption.REPLACE_EXISTING);
            WatchEvent.JOURNAL_FILE_PUT_ASIDE.log(LOG, file(number), aside);
        } catch (IOException e) {
            WatchEvent.JOURNAL_FILE_DAMAGED.log(LOG, file(number), String.valueOf(e));
        }
    }
}
