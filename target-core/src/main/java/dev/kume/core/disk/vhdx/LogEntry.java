package dev.kume.core.disk.vhdx;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The header of an entry of the log ([MS-VHDX] 2.3.1.1), little-endian. Descriptors of 32 bytes follow it, and on the
 * next multiple of 4 KB the data sectors.
 *
 * <pre>
 *   0  signature "loge"     24  descriptor count
 *   4  checksum, CRC-32C    28  reserved
 *   8  entry length         32  LogGuid
 *  12  tail                 48  FlushedFileOffset
 *  16  sequence number      56  LastFileOffset
 *
 * zero descriptor (2.3.1.2)                    data descriptor (2.3.1.3)
 *   0  signature "zero"    16  file offset       0  signature "desc"    8  leading bytes
 *   4  reserved            24  sequence number   4  trailing bytes     16  file offset
 *   8  zero length                                                     24  sequence number
 *
 * data sector (2.3.1.4)
 *   0  signature "data"     8  bytes 8 to 4091 of the page
 *   4  sequence, high half  4092  sequence, low half
 * </pre>
 *
 * @param at                where in the log it begins
 * @param lengthBytes       of all of it
 * @param tail              where in the log the sequence begins that ends with this entry
 * @param sequenceNumber    one more than that of the entry before
 * @param descriptorCount   may be zero
 * @param flushedFileOffset the file is known to be this long
 * @param lastFileOffset    everything lies within this length
 */
record LogEntry(
        long at,
        long lengthBytes,
        long tail,
        long sequenceNumber,
        long descriptorCount,
        long flushedFileOffset,
        long lastFileOffset) {
    static final int SECTOR_BYTES = 4096;
    static final int HEADER_BYTES = 64;
    static final int DESCRIPTOR_BYTES = 32;

    static final int ENTRY_SIGNATURE = 0x6567_6F6C; // "loge"
    static final int ZERO_SIGNATURE = 0x6F72_657A; // "zero"
    static final int DESCRIPTOR_SIGNATURE = 0x6373_6564; // "desc"
    static final int DATA_SIGNATURE = 0x6174_6164; // "data"

    static final int ENTRY_LENGTH = 8;
    static final int TAIL = 12;
    static final int SEQUENCE_NUMBER = 16;
    static final int DESCRIPTOR_COUNT = 24;
    static final int LOG_GUID = 32;
    static final int FLUSHED_FILE_OFFSET = 48;
    static final int LAST_FILE_OFFSET = 56;

    static final int TRAILING_BYTES = 4;
    static final int LEADING_BYTES = 8;
    static final int ZERO_LENGTH = 8;
    static final int FILE_OFFSET = 16;
    static final int DESCRIPTOR_SEQUENCE = 24;

    static final int SEQUENCE_HIGH = 4;
    static final int DATA = 8;
    static final int SEQUENCE_LOW = 4092;
    static final int DATA_BYTES = SEQUENCE_LOW - DATA;

    /** What the header in these bytes says, or null when it cannot be one of an entry in such a log. */
    static @Nullable LogEntry parseHeader(ByteBuffer header, long at, UUID logGuid, long logBytes) {
        if (header.getInt(0) != ENTRY_SIGNATURE || !Guid.get(header, LOG_GUID).equals(logGuid)) {
            return null;
        }
        LogEntry entry = new LogEntry(
                at,
                Integer.toUnsignedLong(header.getInt(ENTRY_LENGTH)),
                Integer.toUnsignedLong(header.getInt(TAIL)),
                header.getLong(SEQUENCE_NUMBER),
                Integer.toUnsignedLong(header.getInt(DESCRIPTOR_COUNT)),
                header.getLong(FLUSHED_FILE_OFFSET),
                header.getLong(LAST_FILE_OFFSET));
        boolean sound = entry.lengthBytes % SECTOR_BYTES == 0
                && entry.lengthBytes <= logBytes
                && entry.lengthBytes >= entry.descriptorSectorsBytes()
                && entry.tail % SECTOR_BYTES == 0
                && entry.tail < logBytes
                && entry.sequenceNumber != 0;
        return sound ? entry : null;
    }

    static long descriptorSectorsBytes(long descriptors) {
        return Math.ceilDiv(HEADER_BYTES + descriptors * DESCRIPTOR_BYTES, (long) SECTOR_BYTES) * SECTOR_BYTES;
    }

    private long descriptorSectorsBytes() {
        return descriptorSectorsBytes(descriptorCount);
    }

    /** Where the data sectors begin, from the beginning of the entry. */
    int dataAt() {
        return (int) descriptorSectorsBytes();
    }

    /** Bytes of an entry with so many pages. */
    static int lengthBytes(int pages) {
        return (int) descriptorSectorsBytes(pages) + pages * SECTOR_BYTES;
    }

    /** A whole entry with these pages, by their offsets in the file. */
    static ByteBuffer encode(
            UUID logGuid,
            long tail,
            long sequenceNumber,
            long flushedFileOffset,
            long lastFileOffset,
            Map<Long, ByteBuffer> pages) {
        ByteBuffer entry = Bytes.allocate(lengthBytes(pages.size()));
        entry.putInt(0, ENTRY_SIGNATURE);
        entry.putInt(ENTRY_LENGTH, entry.limit());
        entry.putInt(TAIL, (int) tail);
        entry.putLong(SEQUENCE_NUMBER, sequenceNumber);
        entry.putInt(DESCRIPTOR_COUNT, pages.size());
        Guid.put(entry, LOG_GUID, logGuid);
        entry.putLong(FLUSHED_FILE_OFFSET, flushedFileOffset);
        entry.putLong(LAST_FILE_OFFSET, lastFileOffset);
        int descriptor = HEADER_BYTES;
        int sector = (int) descriptorSectorsBytes(pages.size());
        for (var page : pages.entrySet()) {
            ByteBuffer content = page.getValue();
            entry.putInt(descriptor, DESCRIPTOR_SIGNATURE);
            entry.putInt(descriptor + TRAILING_BYTES, content.getInt(SEQUENCE_LOW));
            entry.putLong(descriptor + LEADING_BYTES, content.getLong(0));
            entry.putLong(descriptor + FILE_OFFSET, page.getKey());
            entry.putLong(descriptor + DESCRIPTOR_SEQUENCE, sequenceNumber);
            entry.putInt(sector, DATA_SIGNATURE);
            entry.putInt(sector + SEQUENCE_HIGH, (int) (sequenceNumber >>> Integer.SIZE));
            entry.put(sector + DATA, content, DATA, DATA_BYTES);
            entry.putInt(sector + SEQUENCE_LOW, (int) sequenceNumber);
            descriptor += DESCRIPTOR_BYTES;
            sector += SECTOR_BYTES;
        }
        Checksum.put(entry);
        return entry;
    }
}
