package dev.kume.core.inventory;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The blocks of a disk, SBC-3 4.5: what an LBA counts, and what a write should be aligned to. */
public enum SectorFormat {
    /** 512-byte logical blocks on 4096-byte physical blocks: what Windows and Hyper-V expect of a modern disk. */
    EMULATED_512("512e", 512, 4096),
    /** 512-byte blocks, both ways. */
    NATIVE_512("512n", 512, 512),
    /** 4096-byte blocks, both ways. */
    NATIVE_4K("4kn", 4096, 4096);

    private final String word;
    private final int logicalBytes;
    private final int physicalBytes;

    SectorFormat(String word, int logicalBytes, int physicalBytes) {
        this.word = word;
        this.logicalBytes = logicalBytes;
        this.physicalBytes = physicalBytes;
    }

    /** The word of CLI, API and inventory. */
    public String word() {
        return word;
    }

    public int logicalBytes() {
        return logicalBytes;
    }

    public int physicalBytes() {
        return physicalBytes;
    }

    /** All words, for messages and completion. */
    public static List<String> words() {
        return Arrays.stream(values()).map(SectorFormat::word).toList();
    }

    /**
     * The format with these blocks, else {@link InventoryException.Kind#INVALID}.
     *
     * @param logicalBytes  what an LBA counts; null: 512
     * @param physicalBytes what a write should be aligned to; null: 4096
     */
    public static SectorFormat ofBytes(@Nullable Integer logicalBytes, @Nullable Integer physicalBytes) {
        int logical = logicalBytes == null ? EMULATED_512.logicalBytes : logicalBytes;
        int physical = physicalBytes == null ? EMULATED_512.physicalBytes : physicalBytes;
        for (SectorFormat format : values()) {
            if (format.logicalBytes == logical && format.physicalBytes == physical) {
                return format;
            }
        }
        throw InventoryException.invalid(
                "a disk cannot have blocks of %d bytes on physical blocks of %d".formatted(logical, physical),
                "use 512 on 512, 512 on 4096 or 4096 on 4096");
    }

    /** The format of a word, else {@link InventoryException.Kind#INVALID}. */
    public static SectorFormat ofWord(String word) {
        return Words.find("sector format", word, values(), SectorFormat::word);
    }
}
