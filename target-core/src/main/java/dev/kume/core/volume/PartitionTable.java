package dev.kume.core.volume;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Where the partitions of a disk begin: GUID partition table (UEFI 5.3), or the older one in the first sector with its
 * chain of extended partitions.
 */
final class PartitionTable {
    private static final int MBR_BYTES = 512;
    private static final int MBR_ENTRIES_AT = 446;
    private static final int MBR_ENTRIES = 4;
    private static final int MBR_ENTRY_BYTES = 16;
    private static final int MBR_SIGNATURE_AT = 510;
    private static final short MBR_SIGNATURE = (short) 0xAA55;
    private static final int PROTECTIVE = 0xEE;

    /** Logical partitions are numbered from here on. */
    private static final int FIRST_LOGICAL = 5;

    private static final int GPT_HEADER_BYTES = 92;
    private static final int GPT_ENTRY_BYTES = 128;

    /** Tables are made with 128 entries; nothing that claims more than this is read. */
    private static final int PARTITIONS_MAX = 256;

    /**
     * One partition.
     *
     * @param number as the host counts
     */
    record Partition(int number, long startBytes) {}

    private PartitionTable() {}

    /** The partitions; none when the disk has no table. */
    static List<Partition> read(Blocks disk, int blockBytes) throws IOException {
        ByteBuffer sector = disk.read(0, MBR_BYTES);
        if (sector.getShort(MBR_SIGNATURE_AT) != MBR_SIGNATURE) {
            // A primary header that is damaged has a copy in the last block.
            List<Partition> copy = gpt(disk, disk.sizeBytes() - blockBytes, blockBytes);
            return copy == null ? List.of() : copy;
        }
        for (int i = 0; i < MBR_ENTRIES; i++) {
            if (typeOf(sector, i) == PROTECTIVE) {
                List<Partition> first = gpt(disk, blockBytes, blockBytes);
                List<Partition> found = first != null ? first : gpt(disk, disk.sizeBytes() - blockBytes, blockBytes);
                return found == null ? List.of() : found;
            }
        }
        return mbr(disk, sector, blockBytes);
    }

    private static @Nullable List<Partition> gpt(Blocks disk, long headerAt, int blockBytes) throws IOException {
        ByteBuffer header = disk.read(headerAt, MBR_BYTES);
        int headerBytes = header.getInt(12);
        if (!Blocks.has(header, 0, "EFI PART")
                || headerBytes < GPT_HEADER_BYTES
                || headerBytes > MBR_BYTES
                || header.getInt(16) != checksum(header, headerBytes)) {
            return null;
        }
        long entriesAt = header.getLong(72) * blockBytes;
        int count = Math.min(PARTITIONS_MAX, Math.max(0, header.getInt(80)));
        int entryBytes = header.getInt(84);
        if (entriesAt <= 0 || entryBytes < GPT_ENTRY_BYTES || entryBytes > 4_096) {
            return null;
        }
        ByteBuffer entries = disk.read(entriesAt, count * entryBytes);
        List<Partition> partitions = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int at = i * entryBytes;
            if (entries.getLong(at) != 0 || entries.getLong(at + 8) != 0) {
                partitions.add(new Partition(i + 1, entries.getLong(at + 32) * blockBytes));
            }
        }
        return partitions;
    }

    /** Over the header, with the checksum itself as zero. */
    private static int checksum(ByteBuffer header, int headerBytes) {
        byte[] bytes = new byte[headerBytes];
        header.get(0, bytes);
        for (int i = 16; i < 20; i++) {
            bytes[i] = 0;
        }
        CRC32 crc = new CRC32();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    private static List<Partition> mbr(Blocks disk, ByteBuffer sector, int blockBytes) throws IOException {
        List<Partition> partitions = new ArrayList<>();
        long extendedAt = 0;
        for (int i = 0; i < MBR_ENTRIES; i++) {
            int type = typeOf(sector, i);
            long start = startOf(sector, i) * blockBytes;
            if (isExtended(type)) {
                extendedAt = start;
            } else if (type != 0 && start > 0) {
                partitions.add(new Partition(i + 1, start));
            }
        }
        long tableAt = extendedAt;
        int number = FIRST_LOGICAL;
        Set<Long> tables = new HashSet<>();
        while (tableAt > 0 && number < PARTITIONS_MAX && tables.add(tableAt)) {
            ByteBuffer table = disk.read(tableAt, MBR_BYTES);
            if (table.getShort(MBR_SIGNATURE_AT) != MBR_SIGNATURE) {
                break;
            }
            if (typeOf(table, 0) != 0) {
                partitions.add(new Partition(number, tableAt + startOf(table, 0) * blockBytes));
            }
            number++;
            tableAt = isExtended(typeOf(table, 1)) ? extendedAt + startOf(table, 1) * blockBytes : 0;
        }
        return partitions;
    }

    private static boolean isExtended(int type) {
        return type == 0x05 || type == 0x0F || type == 0x85;
    }

    private static int typeOf(ByteBuffer table, int entry) {
        return table.get(MBR_ENTRIES_AT + entry * MBR_ENTRY_BYTES + 4) & 0xFF;
    }

    private static long startOf(ByteBuffer table, int entry) {
        return table.getInt(MBR_ENTRIES_AT + entry * MBR_ENTRY_BYTES + 8) & 0xFFFF_FFFFL;
    }
}
