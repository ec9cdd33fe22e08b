package dev.kume.cli.archive;

import java.nio.charset.StandardCharsets;

/** The fields of a header of POSIX.1-1988 ({@code ustar}), which is a block of {@value #BLOCK_BYTES} bytes. */
final class Tar {
    static final int BLOCK_BYTES = 512;
    static final int NAME_AT = 0;
    static final int NAME_BYTES = 100;
    static final int MODE_AT = 100;
    static final int UID_AT = 108;
    static final int GID_AT = 116;
    static final int ID_BYTES = 8;
    static final int SIZE_AT = 124;
    static final int TIME_AT = 136;
    static final int NUMBER_BYTES = 12;
    static final int CHECKSUM_AT = 148;
    static final int CHECKSUM_BYTES = 8;
    static final int TYPE_AT = 156;
    static final int MAGIC_AT = 257;
    static final byte REGULAR = '0';
    static final byte[] MAGIC = "ustar\00000".getBytes(StandardCharsets.US_ASCII);

    private Tar() {}

    /** The sum of all bytes, with blanks in the place of the sum itself. */
    static int checksum(byte[] archive, int header) {
        int sum = 0;
        for (int i = 0; i < BLOCK_BYTES; i++) {
            boolean itself = i >= CHECKSUM_AT && i < CHECKSUM_AT + CHECKSUM_BYTES;
            sum += itself ? ' ' : archive[header + i] & 0xFF;
        }
        return sum;
    }

    /** Bytes that fill a member's last block. */
    static int padding(long bytes) {
        return (int) ((BLOCK_BYTES - bytes % BLOCK_BYTES) % BLOCK_BYTES);
    }
}
