package dev.kume.cli.daemon;

import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.protocol.validation.ScratchArea;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Whether the {@link ScratchArea} of a disk is free: behind a partition table and ahead of all partitions, or on a disk
 * that begins with zeros, and nothing in it that somebody would miss.
 */
final class ScratchGround {
    /** What a disk without a partition table must have of zeros: what file systems and volume managers begin with. */
    private static final int BEGINNING_BYTES = 1 << 20;

    private static final int MBR_SIGNATURE_OFFSET = 510;
    private static final int MBR_SIGNATURE = 0xAA55;
    private static final int MBR_ENTRIES_OFFSET = 446;
    private static final int MBR_ENTRIES = 4;
    private static final int MBR_ENTRY_BYTES = 16;
    private static final int PROTECTIVE = 0xEE;
    private static final int GPT_ENTRIES = 128;
    private static final int GPT_ENTRY_BYTES = 128;

    private final ByteBuffer beginning;
    private final int blockBytes;

    private ScratchGround(ByteBuffer beginning, int blockBytes) {
        this.beginning = beginning.order(ByteOrder.LITTLE_ENDIAN);
        this.blockBytes = blockBytes;
    }

    /** Why the disk itself is not written, or empty when it may be. */
    static String obstacle(DiskRecord record, VirtualDisk disk) throws IOException {
        if (disk.info().sizeBytes() < BEGINNING_BYTES) {
            return "it is small";
        }
        ByteBuffer beginning = ByteBuffer.allocate(BEGINNING_BYTES);
        disk.read(0, beginning);
        return new ScratchGround(beginning.flip(), record.sectorFormat().logicalBytes()).obstacle();
    }

    private String obstacle() {
        if ((beginning.getShort(MBR_SIGNATURE_OFFSET) & 0xFFFF) != MBR_SIGNATURE) {
            return isZero() ? "" : "it has no partition table, and something on it all the same";
        }
        if (firstPartitionByte() < ScratchArea.END_BYTE) {
            return "its first partition begins where the tests would write";
        }
        ByteBuffer area = beginning.slice(ScratchArea.FIRST_BYTE, ScratchArea.END_BYTE - ScratchArea.FIRST_BYTE);
        return ScratchArea.isFree(area) ? "" : "there is something between its partition table and its partitions";
    }

    /** Without partitions that of a boot loader, as far as it is looked at. */
    private long firstPartitionByte() {
        long first = BEGINNING_BYTES;
        for (int entry = 0; entry < MBR_ENTRIES; entry++) {
            int at = MBR_ENTRIES_OFFSET + entry * MBR_ENTRY_BYTES;
            int type = beginning.get(at + 4) & 0xFF;
            if (type == PROTECTIVE) {
                return firstOfGpt();
            }
            if (type != 0) {
                first = Math.min(first, (beginning.getInt(at + 8) & 0xFFFF_FFFFL) * blockBytes);
            }
        }
        return first;
    }

    private long firstOfGpt() {
        long first = BEGINNING_BYTES;
        for (int entry = 0; entry < GPT_ENTRIES; entry++) {
            int at = 2 * blockBytes + entry * GPT_ENTRY_BYTES;
            boolean used = beginning.getLong(at) != 0 || beginning.getLong(at + 8) != 0;
            if (used) {
                first = Math.min(first, beginning.getLong(at + 32) * blockBytes);
            }
        }
        return first;
    }

    /** What an earlier validation has left that ended without a word counts as nothing. */
    private boolean isZero() {
        for (int at = 0; at < beginning.limit(); at++) {
            boolean scratch = at >= ScratchArea.FIRST_BYTE && at < ScratchArea.END_BYTE;
            if (!scratch && beginning.get(at) != 0) {
                return false;
            }
        }
        return ScratchArea.isFree(
                beginning.slice(ScratchArea.FIRST_BYTE, ScratchArea.END_BYTE - ScratchArea.FIRST_BYTE));
    }
}
