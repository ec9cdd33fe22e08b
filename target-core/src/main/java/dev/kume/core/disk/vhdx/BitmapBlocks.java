package dev.kume.core.disk.vhdx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where the sector bitmap blocks of the chunks are. Any thread asks and adds; what has to do with commits is confined
 * to who commits.
 */
final class BitmapBlocks {
    private final Map<Long, Long> offsets = new ConcurrentHashMap<>();

    /** Chunks whose entry in the BAT the file has. */
    private final Set<Long> inFile = new HashSet<>();

    private final Set<Long> inCommit = new HashSet<>();

    /** The offset of a chunk's bitmap block, 0 when it has none. */
    long get(long chunk) {
        return offsets.getOrDefault(chunk, 0L);
    }

    void put(long chunk, long offsetBytes) {
        offsets.put(chunk, offsetBytes);
    }

    /** The file has the entry of the chunk. */
    void committed(long chunk) {
        inFile.add(chunk);
    }

    /** Offsets of bitmap blocks of which the file does not know yet. */
    List<Long> takenAlone() {
        List<Long> taken = new ArrayList<>();
        offsets.forEach((chunk, offset) -> {
            if (!inFile.contains(chunk)) {
                taken.add(offset);
            }
        });
        return taken;
    }

    /** True when the file has not the entry of the chunk yet, and the commit that runs neither. */
    boolean isNew(long chunk) {
        return !inFile.contains(chunk) && !inCommit.contains(chunk);
    }

    /** The commit that runs writes the entry of the chunk, or it is there. */
    void isInCommit(long chunk) {
        inCommit.add(chunk);
    }

    void commitDone() {
        inFile.addAll(inCommit);
        inCommit.clear();
    }

    /** Forgets the chunks from this one on, and tells where their blocks were. */
    Map<Long, Long> dropFrom(long chunk) {
        Map<Long, Long> dropped = new HashMap<>();
        offsets.forEach((at, offset) -> {
            if (at >= chunk) {
                dropped.put(at, offset);
            }
        });
        offsets.keySet().removeAll(dropped.keySet());
        inFile.removeAll(dropped.keySet());
        return dropped;
    }
}
