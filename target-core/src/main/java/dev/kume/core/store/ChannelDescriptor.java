package dev.kume.core.store;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;

/**
 * A file of a system whose own calls are not used (Windows, macOS), through Java's file channel. It cannot read without
 * waiting, reserve, punch or zero. An interrupt of a thread inside a call would close the channel for everybody: disk
 * threads are never interrupted.
 */
final class ChannelDescriptor implements Descriptor {
    private static final String WINDOWS_DISK_FULL = "not enough space";
    private static final String UNIX_DISK_FULL = "No space left";

    private final Path path;
    private final RandomAccessFile file;
    private final FileChannel channel;

    private final Runnable onClose;

    ChannelDescriptor(Path path, RandomAccessFile file, Runnable onClose) {
        this.path = path;
        this.file = file;
        this.channel = file.getChannel();
        this.onClose = onClose;
    }

    /** True when this descriptor holds the file's lock from now on. */
    boolean lock(boolean shared) throws IOException {
        try {
            return channel.tryLock(0, Long.MAX_VALUE, shared) != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    @Override
    public long sizeBytes() throws IOException {
        return channel.size();
    }

    @Override
    public int tryRead(long offsetBytes, ByteBuffer target) {
        return 0;
    }

    @Override
    public int read(long offsetBytes, ByteBuffer target) throws IOException {
        return channel.read(target, offsetBytes);
    }

    @Override
    public int write(long offsetBytes, ByteBuffer source) throws IOException {
        try {
            return channel.write(source, offsetBytes);
        } catch (IOException e) {
            throw named(e);
        }
    }

    @Override
    public void sync() throws IOException {
        channel.force(true);
    }

    @Override
    public void resize(long sizeBytes) throws IOException {
        try {
            file.setLength(sizeBytes);
        } catch (IOException e) {
            throw named(e);
        }
    }

    @Override
    public boolean reserve(long offsetBytes, long lengthBytes) {
        return false;
    }

    @Override
    public boolean punch(long offsetBytes, long lengthBytes) {
        return false;
    }

    @Override
    public boolean zero(long offsetBytes, long lengthBytes) {
        return false;
    }

    @Override
    public long allocatedBytes() throws IOException {
        return channel.size();
    }

    @Override
    public void close() throws IOException {
        try {
            file.close();
        } finally {
            onClose.run();
        }
    }

    private IOException named(IOException e) {
        String message = String.valueOf(e.getMessage());
        if (message.contains(UNIX_DISK_FULL) || message.contains(WINDOWS_DISK_FULL)) {
            return new NoSpaceException("No space left on device: " + path);
        }
        return new IOException(path + ": " + message, e);
    }
}
