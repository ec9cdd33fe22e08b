package dev.kume.core.disk.block;

import dev.kume.core.disk.MapNotes.Note;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Does again what a process that has crashed had answered: changes of the map that were noted and are not in the file.
 * The bytes that they refer to are, since the system lives on.
 */
final class NotesReplay {
    private final BlockFile file;
    private final BlockLayout.Shape shape;
    private final Map<Long, Long> entries = new LinkedHashMap<>();
    private final Map<Long, SectorMap> sectors = new HashMap<>();

    NotesReplay(BlockFile file, BlockLayout.Shape shape) {
        this.file = file;
        this.shape = shape;
    }

    /** False when the notes are of another state of the file; nothing is changed then. */
    boolean replay(List<Note> left) throws IOException {
        // Blocks behind the end are of a growth that nobody was told of, and that was taken back.
        long blocks = file.map().blocks();
        List<Note> notes = left.stream().filter(note -> note.block() < blocks).toList();
        if (notes.isEmpty()) {
            return true;
        }
        if (!fits(notes)) {
            return false;
        }
        collect(notes);
        if (!file.claim(entries)) {
            return false;
        }
        file.begin();
        for (Map.Entry<Long, Long> change : entries.entrySet()) {
            apply(change.getKey(), change.getValue());
        }
        file.flush();
        file.truncate();
        return true;
    }

    /** Each block must be as it was before its first note, or as one of its notes says: a flush had begun. */
    private boolean fits(List<Note> notes) {
        BlockMap map = file.map();
        Set<Long> fitting = new HashSet<>();
        Set<Long> all = new HashSet<>();
        for (Note note : notes) {
            if (note.block() < 0) {
                return false;
            }
            long now = map.get(note.block());
            all.add(note.block());
            if (isSame(note.before(), now) || isSame(note.after(), now)) {
                fitting.add(note.block());
            }
            long end = Entry.dataBytes(note.after()) + shape.blockBytes();
            if (Entry.hasSpace(note.after()) && end > file.store.sizeBytes()) {
                return false;
            }
        }
        return fitting.size() == all.size();
    }

    /** A map that was read from a file may say of a full block that its sectors have to be looked at. */
    private static boolean isSame(long noted, long now) {
        return noted == now
                || (Entry.hasSpace(noted) && Entry.hasSpace(now) && Entry.dataBytes(noted) == Entry.dataBytes(now));
    }

    private void collect(List<Note> notes) throws IOException {
        for (Note note : notes) {
            if (note.count() == 0) {
                if (Entry.state(note.after()) != Entry.PARTIAL) {
                    sectors.remove(note.block());
                } else if (Entry.state(note.before()) != Entry.PARTIAL) {
                    sectors.put(note.block(), emptySectors());
                } else {
                    sectors.put(note.block(), known(note.block(), note.before()));
                }
            } else if (Entry.state(note.after()) == Entry.PARTIAL) {
                SectorMap added = known(note.block(), note.after());
                added.add(note.sector(), Math.min(note.count(), added.sectors() - note.sector()));
                sectors.put(note.block(), added);
            }
            entries.put(note.block(), note.after());
        }
    }

    private SectorMap known(long block, long entry) throws IOException {
        SectorMap collected = sectors.get(block);
        if (collected != null) {
            return collected;
        }
        long now = file.map().get(block);
        SectorMap read = emptySectors();
        if (Entry.state(now) == Entry.PARTIAL && (now == entry || Entry.hasSpace(entry))) {
            file.layout.readSectors(block, now, read);
        }
        return read;
    }

    private SectorMap emptySectors() {
        return new SectorMap(Math.toIntExact(shape.blockBytes() / shape.sectorBytes()));
    }

    private void apply(long block, long entry) throws IOException {
        if (Entry.state(entry) != Entry.PARTIAL) {
            if (file.map().get(block) != entry) {
                file.change(block, entry);
            }
            return;
        }
        boolean isThere = file.map().get(block) == entry;
        SectorMap known = isThere ? file.sectorMaps.get(block, entry) : file.prepareSectors(block);
        SectorMap added = sectors.get(block);
        if (added != null) {
            for (int word = 0; word < added.words(); word++) {
                known.add(word, added.word(word));
            }
        }
        if (!isThere || added != null) {
            file.change(block, entry, known);
        }
    }
}
