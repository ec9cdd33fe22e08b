package dev.kume.core.volume;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The label of an LVM2 physical volume, and whether its volume group is one that several hosts use at once. */
final class LvmLabel {
    private static final int SECTOR_BYTES = 512;

    /** The label is in one of the first four sectors. */
    private static final int LABEL_BYTES = 4 * SECTOR_BYTES;

    /** Bytes of the physical volume header before its lists of areas. */
    private static final int AREAS_AT = 40;

    private static final int AREA_BYTES = 16;
    private static final String METADATA_MAGIC = " LVM2 x[5A%r0N*>";

    /** The text of a volume group may be long; what says that it is shared stands near its beginning. */
    private static final int TEXT_BYTES_MAX = 64 * 1024;

    private LvmLabel() {}

    static @Nullable VolumeKind read(Blocks volume) throws IOException {
        ByteBuffer start = volume.read(0, LABEL_BYTES);
        for (int at = 0; at < LABEL_BYTES; at += SECTOR_BYTES) {
            if (Blocks.has(start, at, "LABELONE") && Blocks.has(start, at + 24, "LVM2 001")) {
                int header = at + start.getInt(at + 20);
                return isShared(volume, start, header) ? VolumeKind.CLUSTERED_LVM : VolumeKind.LVM;
            }
        }
        return null;
    }

    private static boolean isShared(Blocks volume, ByteBuffer start, int header) throws IOException {
        int at = header + AREAS_AT;
        // Two lists of areas, each with an empty one at its end: data, then metadata.
        boolean metadata = false;
        while (header > 0 && at + AREA_BYTES <= LABEL_BYTES) {
            long areaAt = start.getLong(at);
            at += AREA_BYTES;
            if (areaAt != 0 && metadata) {
                return saysShared(volume, areaAt);
            }
            if (areaAt == 0 && metadata) {
                break;
            }
            metadata |= areaAt == 0;
        }
        return false;
    }

    private static boolean saysShared(Blocks volume, long areaAt) throws IOException {
        ByteBuffer area = volume.read(areaAt, SECTOR_BYTES);
        long textAt = area.getLong(40);
        long textBytes = area.getLong(48);
        long areaBytes = area.getLong(32);
        if (!Blocks.has(area, 4, METADATA_MAGIC) || textAt <= 0 || textBytes <= 0 || textAt >= areaBytes) {
            return false;
        }
        // The area is a ring behind its first sector.
        int first = (int) Math.min(Math.min(textBytes, TEXT_BYTES_MAX), areaBytes - textAt);
        int second = (int) Math.min(textBytes, TEXT_BYTES_MAX) - first;
        String text = text(volume.read(areaAt + textAt, first)) + text(volume.read(areaAt + SECTOR_BYTES, second));
        return text.contains("lock_type = \"sanlock\"")
                || text.contains("lock_type = \"dlm\"")
                || text.contains("lock_type = \"idm\"")
                || text.contains("\"CLUSTERED\"");
    }

    private static String text(ByteBuffer piece) {
        return StandardCharsets.ISO_8859_1.decode(piece).toString();
    }
}
