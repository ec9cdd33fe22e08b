package dev.kume.cli.archive;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Opens what {@link ArchiveWriter} has made, and nothing else: no links, no directories, no second member of one
 * name, no name that leads anywhere, nothing behind the end, and no more bytes than there is room for. It is taken
 * whole or not at all.
 */
public final class ArchiveReader {
    /** Of all members, unpacked. */
    public static final int BYTES_MAX = 64 << 20;

    private static final int MEMBERS_MAX = 65_536;
    private static final int GZIP_HEADER_BYTES = 10;
    private static final int GZIP_TRAILER_BYTES = 8;
    private static final int CHUNK_BYTES = 65_536;
    private static final byte[] GZIP_HEADER = {0x1F, (byte) 0x8B, 8, 0, 0, 0, 0, 0, 0, (byte) 0xFF};
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*");
    private static final Pattern OCTAL = Pattern.compile("[0-7]+");

    private ArchiveReader() {}

    /** The members by name, in their order. */
    public static Map<String, byte[]> read(byte[] packed) throws ArchiveException {
        byte[] archive = inflate(packed);
        Map<String, byte[]> members = new LinkedHashMap<>();
        int at = 0;
        while (!isEnd(archive, at)) {
            if (members.size() >= MEMBERS_MAX) {
                throw new ArchiveException("it has more than %d members".formatted(MEMBERS_MAX));
            }
            at = member(archive, at, members);
        }
        return members;
    }

    // ---- gzip -------------------------------------------------------------------------------------------------------

    private static byte[] inflate(byte[] packed) throws ArchiveException {
        if (packed.length < GZIP_HEADER_BYTES + GZIP_TRAILER_BYTES
                || !Arrays.equals(packed, 0, GZIP_HEADER_BYTES, GZIP_HEADER, 0, GZIP_HEADER_BYTES)) {
            throw new ArchiveException("it is not an archive that Kume has made");
        }
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(packed, GZIP_HEADER_BYTES, packed.length - GZIP_HEADER_BYTES - GZIP_TRAILER_BYTES);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] chunk = new byte[CHUNK_BYTES];
            while (!inflater.finished()) {
                int count = inflater.inflate(chunk);
                if (count == 0 && !inflater.finished()) {
                    throw new ArchiveException("it is cut off");
                }
                if (out.size() + count > BYTES_MAX) {
                    throw new ArchiveException("it unpacks to more than %d bytes".formatted(BYTES_MAX));
                }
                out.write(chunk, 0, count);
            }
            if (inflater.getRemaining() != 0) {
                throw new ArchiveException("something stands behind its end");
            }
            byte[] archive = out.toByteArray();
            checkTrailer(packed, archive);
            return archive;
        } catch (DataFormatException e) {
            throw new ArchiveException("it is damaged");
        } finally {
            inflater.end();
        }
    }

    private static void checkTrailer(byte[] packed, byte[] archive) throws ArchiveException {
        CRC32 crc = new CRC32();
        crc.update(archive);
        int at = packed.length - GZIP_TRAILER_BYTES;
        if (littleEndian(packed, at) != (int) crc.getValue() || littleEndian(packed, at + 4) != archive.length) {
            throw new ArchiveException("it is damaged");
        }
    }

    private static int littleEndian(byte[] bytes, int at) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(at);
    }

    // ---- tar --------------------------------------------------------------------------------------------------------

    /** Two blocks of zeros, and nothing behind them. */
    private static boolean isEnd(byte[] archive, int at) throws ArchiveException {
        if (at + 2 * Tar.BLOCK_BYTES > archive.length) {
            throw new ArchiveException("it is cut off");
        }
        if (archive[at] != 0) {
            return false;
        }
        for (int i = at; i < archive.length; i++) {
            if (archive[i] != 0) {
                throw new ArchiveException("it is damaged");
            }
        }
        if (at + 2 * Tar.BLOCK_BYTES != archive.length) {
            throw new ArchiveException("something stands behind its end");
        }
        return true;
    }

    private static int member(byte[] archive, int at, Map<String, byte[]> members) throws ArchiveException {
        String sum = text(archive, at + Tar.CHECKSUM_AT, Tar.CHECKSUM_BYTES);
        if (number(sum) != Tar.checksum(archive, at)
                || !Arrays.equals(
                        archive,
                        at + Tar.MAGIC_AT,
                        at + Tar.MAGIC_AT + Tar.MAGIC.length,
                        Tar.MAGIC,
                        0,
                        Tar.MAGIC.length)) {
            throw new ArchiveException("it is damaged");
        }
        String name = text(archive, at + Tar.NAME_AT, Tar.NAME_BYTES);
        if (archive[at + Tar.TYPE_AT] != Tar.REGULAR) {
            throw new ArchiveException("it has a member that is no regular file");
        }
        if (!NAME.matcher(name).matches()) {
            throw new ArchiveException("it has a member whose name leads elsewhere");
        }
        long bytes = number(text(archive, at + Tar.SIZE_AT, Tar.NUMBER_BYTES));
        long from = at + (long) Tar.BLOCK_BYTES;
        long next = from + bytes + Tar.padding(bytes);
        if (next > archive.length) {
            throw new ArchiveException("it is cut off");
        }
        if (members.put(name, Arrays.copyOfRange(archive, (int) from, (int) (from + bytes))) != null) {
            throw new ArchiveException("it has %s twice".formatted(name));
        }
        return (int) next;
    }

    private static String text(byte[] archive, int at, int bytes) {
        int end = at;
        while (end < at + bytes && archive[end] != 0) {
            end++;
        }
        return new String(archive, at, end - at, StandardCharsets.UTF_8);
    }

    private static long number(String octal) throws ArchiveException {
        if (!OCTAL.matcher(octal).matches()) {
            throw new ArchiveException("it is damaged");
        }
        return Long.parseLong(octal, 8);
    }
}
