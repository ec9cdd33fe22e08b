package dev.kume.cli.log;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * A file that begins anew when it is full, with a few older ones beside it: {@code kume.log}, {@code kume.log.1} and so
 * on. Read by its owner and group alone. A file that somebody moves away is made again. An interrupt of the thread that
 * writes does it no harm, as it would to a channel.
 */
public final class RotatingFile implements AutoCloseable {
    private static final String MODE = "rw-r-----";

    private final Path file;
    private final long bytesMax;
    private final int older;
    private @Nullable RandomAccessFile out;
    private @Nullable Object key;
    private long length;

    /**
     * @param bytesMax of a file before it gets a number
     * @param older    files with a number that are kept
     */
    public RotatingFile(Path file, long bytesMax, int older) {
        this.file = file;
        this.bytesMax = bytesMax;
        this.older = older;
    }

    public Path path() {
        return file;
    }

    /** Appends a line with its end: all of it, or nothing when this fails. */
    public void append(String line) throws IOException {
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        RandomAccessFile open = current();
        if (length > 0 && length + bytes.length > bytesMax) {
            close();
            shift();
            open = current();
        }
        try {
            open.seek(length);
            open.write(bytes);
            length += bytes.length;
        } catch (IOException e) {
            cutBack(open, e);
            throw e;
        }
    }

    /** Makes what was appended durable. */
    public void force() throws IOException {
        RandomAccessFile open = out;
        if (open != null) {
            open.getFD().sync();
        }
    }

    /** The file with this number, the one that is written being 0. */
    public Path numbered(int number) {
        return number == 0 ? file : file.resolveSibling(file.getFileName() + "." + number);
    }

    private RandomAccessFile current() throws IOException {
        RandomAccessFile open = out;
        if (open != null && isStillThere()) {
            return open;
        }
        close();
        boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
        boolean there = Files.exists(file, LinkOption.NOFOLLOW_LINKS);
        open = new RandomAccessFile(file.toFile(), "rw");
        try {
            if (posix && !there) {
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(MODE));
            }
            key = keyOf();
            length = open.length();
        } catch (IOException e) {
            open.close();
            throw e;
        }
        out = open;
        return open;
    }

    private boolean isStillThere() {
        try {
            Object now = keyOf();
            return now == null || now.equals(key);
        } catch (IOException e) {
            return false;
        }
    }

    /** What tells one file from another of the same name; null where a system has no such thing. */
    private @Nullable Object keyOf() throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    }

    private void shift() throws IOException {
        Files.deleteIfExists(numbered(older));
        for (int number = older - 1; number >= 0; number--) {
            if (Files.exists(numbered(number))) {
                Files.move(numbered(number), numbered(number + 1), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private void cutBack(RandomAccessFile open, IOException failure) {
        try {
            open.setLength(length);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    @Override
    public void close() throws IOException {
        RandomAccessFile open = out;
        out = null;
        key = null;
        if (open != null) {
            open.close();
        }
    }
}
