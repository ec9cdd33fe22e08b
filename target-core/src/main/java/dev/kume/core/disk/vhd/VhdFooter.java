package dev.kume.core.disk.vhd;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;

/**
 * The hard disk footer, big-endian, in the last 512 bytes of every VHD (VHD specification, "Hard Disk Footer Format").
 *
 * <pre>
 *   0  cookie "conectix"              48  current size
 *   8  features                       56  geometry: cylinders(2) heads(1) sectors per track(1)
 *  12  file format version            60  disk type: 2 fixed, 3 dynamic, 4 differencing
 *  16  data offset                    64  checksum
 *  24  time stamp, seconds of 2000    68  unique id
 *  28  creator application            84  saved state(1)
 *  32  creator version                85  reserved, zero, to the end
 *  36  creator host OS
 *  40  original size
 * </pre>
 *
 * @param formatVersion    1.0 is 0x00010000
 * @param diskType         as in the file
 * @param dataOffset       where the dynamic disk header begins, {@link #NO_DATA_OFFSET} in a fixed disk
 * @param creator          four characters, the creator application
 * @param currentSizeBytes the size of the disk
 * @param uniqueId         the identity of the disk, which a copy of the file shares
 */
record VhdFooter(
        int formatVersion, int diskType, long dataOffset, String creator, long currentSizeBytes, UUID uniqueId) {
    static final int BYTES = 512;

    /** Before Virtual PC 2004 the last reserved byte was not written. */
    static final int OLD_BYTES = 511;

    static final int VERSION_1_0 = 0x0001_0000;
    static final int TYPE_FIXED = 2;
    static final int TYPE_DYNAMIC = 3;
    static final int TYPE_DIFFERENCING = 4;

    static final int COOKIE = 0;
    static final int FEATURES = 8;
    static final int FORMAT_VERSION = 12;
    static final int DATA_OFFSET = 16;
    static final int TIME_STAMP = 24;
    static final int CREATOR_APPLICATION = 28;
    static final int CREATOR_VERSION = 32;
    static final int CREATOR_HOST = 36;
    static final int ORIGINAL_SIZE = 40;
    static final int CURRENT_SIZE = 48;
    static final int CYLINDERS = 56;
    static final int HEADS = 58;
    static final int SECTORS_PER_TRACK = 59;
    static final int DISK_TYPE = 60;
    static final int CHECKSUM = 64;
    static final int UNIQUE_ID = 68;
    static final int SAVED_STATE = 84;

    static final long NO_DATA_OFFSET = -1L;
    static final long EPOCH_2000_SECONDS = 946_684_800L;

    private static final long COOKIE_VALUE = 0x636F_6E65_6374_6978L; // "conectix"
    private static final int FEATURES_RESERVED = 0x0000_0002; // this bit is always set

    /**
     * Windows reads the size from the current size field. qemu does so only for creators that it knows to mean it, and
     * else multiplies the geometry out, which is less; {@code "win "}, the creator of Hyper-V, is one it knows.
     */
    static final String CREATOR = "win ";

    private static final int CREATOR_VERSION_10_0 = 0x000A_0000;
    private static final String HOST_WINDOWS = "Wi2k";

    /** A footer of a new fixed disk. */
    static VhdFooter fixed(long sizeBytes, UUID uniqueId) {
        return new VhdFooter(VERSION_1_0, TYPE_FIXED, NO_DATA_OFFSET, CREATOR, sizeBytes, uniqueId);
    }

    /** A footer of a new dynamic or differencing disk. */
    static VhdFooter mapped(int diskType, long dataOffset, long sizeBytes, UUID uniqueId) {
        return new VhdFooter(VERSION_1_0, diskType, dataOffset, CREATOR, sizeBytes, uniqueId);
    }

    /** True when the disk has a dynamic disk header. */
    boolean isMapped() {
        return diskType == TYPE_DYNAMIC || diskType == TYPE_DIFFERENCING;
    }

    /** True when the bytes from {@code at} on begin with the cookie; they may be anything else. */
    static boolean hasCookie(ByteBuffer bytes, int at) {
        return bytes.limit() - at >= Long.BYTES && bytes.getLong(at + COOKIE) == COOKIE_VALUE;
    }

    /** The fields of a footer of 512 or 511 bytes whose cookie and checksum are right. */
    static VhdFooter parse(ByteBuffer footer) {
        assert isWhole(footer);
        byte[] creator = new byte[Integer.BYTES];
        footer.get(CREATOR_APPLICATION, creator);
        return new VhdFooter(
                footer.getInt(FORMAT_VERSION),
                footer.getInt(DISK_TYPE),
                footer.getLong(DATA_OFFSET),
                new String(creator, StandardCharsets.ISO_8859_1),
                footer.getLong(CURRENT_SIZE),
                new UUID(footer.getLong(UNIQUE_ID), footer.getLong(UNIQUE_ID + Long.BYTES)));
    }

    /** True when cookie and checksum are right. */
    static boolean isWhole(ByteBuffer footer) {
        return footer.limit() >= OLD_BYTES && hasCookie(footer, 0) && footer.getInt(CHECKSUM) == checksum(footer);
    }

    /** One's complement of the sum of all bytes but the checksum's own. */
    static int checksum(ByteBuffer footer) {
        int sum = 0;
        for (int at = 0; at < footer.limit(); at++) {
            if (at < CHECKSUM || at >= CHECKSUM + Integer.BYTES) {
                sum += Byte.toUnsignedInt(footer.get(at));
            }
        }
        return ~sum;
    }

    /** The 512 bytes of a new disk's footer, made at {@code now}. */
    ByteBuffer encode(Instant now) {
        Geometry geometry = Geometry.of(currentSizeBytes / BYTES);
        ByteBuffer footer = ByteBuffer.allocate(BYTES)
                .putLong(COOKIE, COOKIE_VALUE)
                .putInt(FEATURES, FEATURES_RESERVED)
                .putInt(FORMAT_VERSION, formatVersion)
                .putLong(DATA_OFFSET, dataOffset)
                .putInt(TIME_STAMP, (int) Math.max(0, now.getEpochSecond() - EPOCH_2000_SECONDS))
                .put(CREATOR_APPLICATION, creator.getBytes(StandardCharsets.US_ASCII))
                .putInt(CREATOR_VERSION, CREATOR_VERSION_10_0)
                .put(CREATOR_HOST, HOST_WINDOWS.getBytes(StandardCharsets.US_ASCII))
                .putLong(ORIGINAL_SIZE, currentSizeBytes)
                .putLong(CURRENT_SIZE, currentSizeBytes)
                .putShort(CYLINDERS, (short) geometry.cylinders())
                .put(HEADS, (byte) geometry.heads())
                .put(SECTORS_PER_TRACK, (byte) geometry.sectorsPerTrack())
                .putInt(DISK_TYPE, diskType)
                .putLong(UNIQUE_ID, uniqueId.getMostSignificantBits())
                .putLong(UNIQUE_ID + Long.BYTES, uniqueId.getLeastSignificantBits());
        return sealed(footer);
    }

    /**
     * The footer of the same disk with another size: 512 bytes. It says that Kume wrote it, so that qemu takes the size
     * from the current size field (see {@link #CREATOR}); identity, original size and time stay.
     */
    static ByteBuffer resized(ByteBuffer footer, long sizeBytes) {
        Geometry geometry = Geometry.of(sizeBytes / BYTES);
        return sealed(taken(footer)
                .putLong(CURRENT_SIZE, sizeBytes)
                .putShort(CYLINDERS, (short) geometry.cylinders())
                .put(HEADS, (byte) geometry.heads())
                .put(SECTORS_PER_TRACK, (byte) geometry.sectorsPerTrack()));
    }

    /** The footer of the same disk, with Kume as who wrote it last. */
    static ByteBuffer claimed(ByteBuffer footer) {
        return sealed(taken(footer));
    }

    /** The footer of the same disk, with its dynamic disk header at another place. */
    static ByteBuffer moved(ByteBuffer footer, long dataOffset) {
        return sealed(copy(footer).putLong(DATA_OFFSET, dataOffset));
    }

    /** The footer of the same disk with another identity. */
    static ByteBuffer identified(ByteBuffer footer, UUID uniqueId) {
        return sealed(copy(footer)
                .putLong(UNIQUE_ID, uniqueId.getMostSignificantBits())
                .putLong(UNIQUE_ID + Long.BYTES, uniqueId.getLeastSignificantBits()));
    }

    /** The 512 bytes of a footer of 512 or 511. */
    static ByteBuffer copy(ByteBuffer footer) {
        return ByteBuffer.allocate(BYTES).put(0, footer, 0, footer.limit());
    }

    private static ByteBuffer taken(ByteBuffer footer) {
        return copy(footer)
                .put(CREATOR_APPLICATION, CREATOR.getBytes(StandardCharsets.US_ASCII))
                .putInt(CREATOR_VERSION, CREATOR_VERSION_10_0);
    }

    private static ByteBuffer sealed(ByteBuffer footer) {
        return footer.putInt(CHECKSUM, checksum(footer));
    }
}
