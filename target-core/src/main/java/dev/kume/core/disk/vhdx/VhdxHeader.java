package dev.kume.core.disk.vhdx;

import java.nio.ByteBuffer;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One of the two headers ([MS-VHDX] 2.2.2), little-endian, 4 KB.
 *
 * <pre>
 *   0  signature "head"           64  log version, 0
 *   4  checksum, CRC-32C          66  version, 1
 *   8  sequence number            68  log length
 *  16  FileWriteGuid              72  log offset
 *  32  DataWriteGuid              80  reserved, to the end
 *  48  LogGuid
 * </pre>
 *
 * @param sequenceNumber of two sound headers the one with the greater number holds
 * @param fileWriteGuid  changes whenever the file is opened and written
 * @param dataWriteGuid  changes whenever the disk's content does; children name their parent by it
 * @param logGuid        of the entries that are to be replayed, zero when there are none
 * @param logVersion     0
 * @param version        1
 * @param logBytes       unsigned in the file
 * @param logOffset      where the log begins
 */
record VhdxHeader(
        long sequenceNumber,
        UUID fileWriteGuid,
        UUID dataWriteGuid,
        UUID logGuid,
        int logVersion,
        int version,
        long logBytes,
        long logOffset) {
    static final int BYTES = 4096;
    static final int VERSION = 1;

    private static final int SIGNATURE_VALUE = 0x6461_6568; // "head"
    private static final int SEQUENCE_NUMBER = 8;
    private static final int FILE_WRITE_GUID = 16;
    private static final int DATA_WRITE_GUID = 32;
    private static final int LOG_GUID = 48;
    private static final int LOG_VERSION = 64;
    private static final int VERSION_AT = 66;
    private static final int LOG_LENGTH = 68;
    private static final int LOG_OFFSET = 72;

    /** The header in these 4 KB, or null when the signature or the checksum is wrong. */
    static @Nullable VhdxHeader parse(ByteBuffer bytes) {
        if (bytes.getInt(0) != SIGNATURE_VALUE || !Checksum.isRight(bytes)) {
            return null;
        }
        return new VhdxHeader(
                bytes.getLong(SEQUENCE_NUMBER),
                Guid.get(bytes, FILE_WRITE_GUID),
                Guid.get(bytes, DATA_WRITE_GUID),
                Guid.get(bytes, LOG_GUID),
                bytes.getShort(LOG_VERSION) & 0xFFFF,
                bytes.getShort(VERSION_AT) & 0xFFFF,
                Integer.toUnsignedLong(bytes.getInt(LOG_LENGTH)),
                bytes.getLong(LOG_OFFSET));
    }

    ByteBuffer encode() {
        ByteBuffer bytes = Bytes.allocate(BYTES);
        bytes.putInt(0, SIGNATURE_VALUE);
        bytes.putLong(SEQUENCE_NUMBER, sequenceNumber);
        Guid.put(bytes, FILE_WRITE_GUID, fileWriteGuid);
        Guid.put(bytes, DATA_WRITE_GUID, dataWriteGuid);
        Guid.put(bytes, LOG_GUID, logGuid);
        bytes.putShort(LOG_VERSION, (short) logVersion);
        bytes.putShort(VERSION_AT, (short) version);
        bytes.putInt(LOG_LENGTH, (int) logBytes);
        bytes.putLong(LOG_OFFSET, logOffset);
        Checksum.put(bytes);
        return bytes;
    }

    boolean hasLog() {
        return !logGuid.equals(Guid.ZERO);
    }

    VhdxHeader withLogGuid(UUID guid) {
        return new VhdxHeader(
                sequenceNumber, fileWriteGuid, dataWriteGuid, guid, logVersion, version, logBytes, logOffset);
    }

    VhdxHeader withFileWriteGuid(UUID guid) {
        return new VhdxHeader(sequenceNumber, guid, dataWriteGuid, logGuid, logVersion, version, logBytes, logOffset);
    }

    VhdxHeader withDataWriteGuid(UUID guid) {
        return new VhdxHeader(sequenceNumber, fileWriteGuid, guid, logGuid, logVersion, version, logBytes, logOffset);
    }

    VhdxHeader withSequenceNumber(long number) {
        return new VhdxHeader(number, fileWriteGuid, dataWriteGuid, logGuid, logVersion, version, logBytes, logOffset);
    }
}
