package dev.kume.cli.archive;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.zip.GZIPOutputStream;

/** Makes a {@code .tar.gz} in memory: regular files alone, all of one time, for their owner alone. One thread. */
public final class ArchiveWriter {
    private final ByteArrayOutputStream packed = new ByteArrayOutputStream();
    private final OutputStream out;
    private final Instant time;
    private final Set<String> names = new HashSet<>();
    private long bytes;

    public ArchiveWriter(Instant time) throws IOException {
        this.time = time;
        this.out = new GZIPOutputStream(packed);
    }

    /** Adds a file; its name may have slashes. */
    public void add(String name, byte[] content) throws IOException {
        byte[] path = name.getBytes(StandardCharsets.UTF_8);
        if (path.length >= Tar.NAME_BYTES || path.length == 0 || !names.add(name)) {
            throw new IOException("'%s' cannot be the name of a member".formatted(name));
        }
        long end = bytes + Tar.BLOCK_BYTES + content.length + Tar.padding(content.length);
        if (end + 2 * Tar.BLOCK_BYTES > ArchiveReader.BYTES_MAX) {
            throw new IOException("it would have more than %d bytes".formatted(ArchiveReader.BYTES_MAX));
        }
        byte[] header = new byte[Tar.BLOCK_BYTES];
        System.arraycopy(path, 0, header, Tar.NAME_AT, path.length);
        put(header, Tar.MODE_AT, "%07o", 0600);
        put(header, Tar.UID_AT, "%07o", 0);
        put(header, Tar.GID_AT, "%07o", 0);
        put(header, Tar.SIZE_AT, "%011o", content.length);
        put(header, Tar.TIME_AT, "%011o", Math.max(0, time.getEpochSecond()));
        header[Tar.TYPE_AT] = Tar.REGULAR;
        System.arraycopy(Tar.MAGIC, 0, header, Tar.MAGIC_AT, Tar.MAGIC.length);
        put(header, Tar.CHECKSUM_AT, "%06o\0 ", Tar.checksum(header, 0));
        out.write(header);
        out.write(content);
        out.write(new byte[Tar.padding(content.length)]);
        bytes = end;
    }

    private static void put(byte[] header, int at, String form, long value) {
        byte[] text = String.format(Locale.ROOT, form, value).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(text, 0, header, at, text.length);
    }

    /** The whole archive; nothing can be added any more. */
    public byte[] finish() throws IOException {
        out.write(new byte[2 * Tar.BLOCK_BYTES]);
        out.close();
        return packed.toByteArray();
    }
}
