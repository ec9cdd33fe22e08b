package dev.kume.cli.daemon;

import dev.kume.cli.api.ErrorCode;
import dev.kume.cli.files.Causes;
import dev.kume.cli.log.DiskEvent;
import dev.kume.core.disk.Chain;
import dev.kume.core.disk.DiskChains;
import dev.kume.core.disk.DiskFormat;
import dev.kume.core.disk.DiskFormatException;
import dev.kume.core.disk.DiskFormats;
import dev.kume.core.disk.DiskImage;
import dev.kume.core.disk.IsolatedDisk;
import dev.kume.core.disk.JournaledDisk;
import dev.kume.core.disk.LiveDisk;
import dev.kume.core.disk.ReadOnlyDisk;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Sharing;
import dev.kume.core.inventory.SnapshotRecord;
import dev.kume.core.store.BackingStore;
import dev.kume.core.store.StoreLockedException;
import dev.kume.core.store.StoreProvider;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The disk files that the daemon has open, each by its only descriptor. Changed by the provisioning thread, read by
 * all.
 */
final class DiskShelf implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DiskShelf.class);

    /** Where a disk keeps the atomic write that is under way. */
    private static final String JOURNAL_SUFFIX = ".kume-atomic";

    private final StoreProvider stores;
    private final DiskFormats formats;
    private final UnitMemories memories;
    private final DiskChains chains;
    private final Map<UUID, OpenDisk> open = new ConcurrentHashMap<>();

    /** Those that somebody wants offline. */
    private final Set<UUID> askedOffline = ConcurrentHashMap.newKeySet();

    /** What the files of snapshots take that are not open: they do not change. */
    private final Map<String, Long> frozenBytes = new ConcurrentHashMap<>();

    DiskShelf(StoreProvider stores, DiskFormats formats) {
        this(stores, formats, UnitMemories.NONE);
    }

    /** @param memories what the units of the disks remember */
    DiskShelf(StoreProvider stores, DiskFormats formats, UnitMemories memories) {
        this(stores, formats, memories, BootId.UNKNOWN);
    }

    /**
     * @param bootId see {@link BootId}; where it cannot be told, a crash of the daemon takes back what was not flushed
     */
    DiskShelf(StoreProvider stores, DiskFormats formats, UnitMemories memories, String bootId) {
        this.stores = stores;
        this.formats = formats;
        this.memories = memories;
        this.chains = new DiskChains(stores, noteKeeping(bootId));
    }

    private static DiskChains.@Nullable NoteKeeping noteKeeping(String bootId) {
        return bootId.equals(BootId.UNKNOWN)
                ? null
                : new DiskChains.NoteKeeping(
                        UUID.nameUUIDFromBytes(bootId.getBytes(StandardCharsets.UTF_8)),
                        file -> DiskEvent.MAP_NOTES_LEFT_OUT.log(LOG, file));
    }

    /** The open disk files, with their parents. */
    DiskChains chains() {
        return chains;
    }

    /** What a disk that is open is made of; a refusal of one that is offline. */
    DiskStack stack(DiskRecord record) {
        OpenDisk opened = find(record);
        DiskStack stack = opened == null ? null : opened.stack();
        if (stack == null) {
            String reason = opened == null ? "it is not open" : String.valueOf(opened.offlineReason());
            throw new ApiException(ErrorCode.GUARD, "disk '%s' is offline: %s".formatted(record.name(), reason), null);
        }
        return stack;
    }

    /** What the units of the disks remember. */
    UnitMemories memories() {
        return memories;
    }

    /**
     * Opens the file of a disk that is known, and what its unit remembers. One that cannot be opened is offline; the
     * others go on.
     */
    OpenDisk open(DiskRecord record) {
        UnitMemories.Recalled memory = memories.open(record);
        OpenDisk opened = memory.lostReason() == null ? openFile(record) : offline(record, memory.lostReason());
        opened = opened.with(memory);
        open.put(record.identity().uuid(), opened);
        return opened;
    }

    /** Opens the file of a disk that no inventory has, and whose unit remembers nothing. In turn. */
    OpenDisk openForgetful(DiskRecord record) {
        OpenDisk opened = openFile(record);
        open.put(record.identity().uuid(), opened);
        return opened;
    }

    /** Opens the file of an offline disk again; what its unit remembers is as it was, or as lost as it was. */
    OpenDisk reopen(DiskRecord record) {
        OpenDisk before = open.get(record.identity().uuid());
        askedOffline.remove(record.identity().uuid());
        if (before == null) {
            return open(record);
        }
        UnitMemories.Recalled memory = before.memory();
        OpenDisk opened = memory.lostReason() == null ? openFile(record) : offline(record, memory.lostReason());
        opened = opened.with(memory);
        open.put(record.identity().uuid(), opened);
        return opened;
    }

    private OpenDisk openFile(DiskRecord record) {
        OpenDisk opened;
        try {
            opened = tryOpen(record);
            measureFrozen(record, opened);
        } catch (NoSuchFileException e) {
            opened = offline(
                    record,
                    "the file %s does not exist; bring it back and %s".formatted(record.file(), online(record)));
        } catch (StoreLockedException e) {
            opened = offline(
                    record,
                    "the file %s is in use by another process; stop that and %s".formatted(e.path(), online(record)));
        } catch (DiskFormatException e) {
            opened = offline(record, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            opened = offline(
                    record,
                    "the file %s cannot be opened: %s; mend it and %s"
                            .formatted(record.file(), Causes.of(e), online(record)));
        }
        return opened;
    }

    private static String online(DiskRecord record) {
        return "run 'kume disk online %s'".formatted(record.name());
    }

    private OpenDisk tryOpen(DiskRecord record) throws IOException {
        DiskFormat format = formats.byName(record.format())
                .orElseThrow(() -> new DiskFormatException("this version does not know the format '%s' of %s; use the"
                                .formatted(record.format(), record.file())
                        + " version that made it"));
        Chain chain = chains.open(Path.of(record.file()), format, record.sparse());
        try {
            checkIs(record, chain.image());
            LiveDisk live = new LiveDisk(shown(record, chain), chain);
            JournaledDisk journaled = JournaledDisk.open(live, stores, journal(record));
            tell(record, journaled.found());
            IsolatedDisk isolated = IsolatedDisk.of(journaled);
            return new OpenDisk(record, new DiskStack(chain, live, journaled, isolated), isolated, null);
        } catch (IOException | RuntimeException e) {
            closeQuietly(chain, e);
            throw e;
        }
    }

    private static void checkIs(DiskRecord record, DiskImage image) throws DiskFormatException {
        if (image.sizeBytes() != record.sizeBytes()) {
            throw new DiskFormatException(
                    "%s holds a disk of %d bytes, not the %d it was made with; bring the right file back and %s"
                            .formatted(record.file(), image.sizeBytes(), record.sizeBytes(), online(record)));
        }
        if (!image.type().word().equals(record.type())) {
            throw new DiskFormatException("%s is a %s disk, not the %s one it was; bring the right file back and %s"
                    .formatted(record.file(), image.type().word(), record.type(), online(record)));
        }
    }

    /** A snapshot that is shown as a disk is never written, whatever becomes of the disk's sharing. */
    private static VirtualDisk shown(DiskRecord record, Chain chain) {
        boolean snapshot = record.layers().parentSnapshot() != null && record.sharing() == Sharing.READ_ONLY;
        return snapshot ? new ReadOnlyDisk(chain.disk()) : chain.disk();
    }

    /** A disk that showed a snapshot's file as it is, or could have, may be written from now on. In turn. */
    void writable(DiskRecord record) {
        OpenDisk opened = find(record);
        DiskStack stack = opened == null ? null : opened.stack();
        if (stack != null && stack.live().current() instanceof ReadOnlyDisk) {
            // Reads that are under way go on in the same file.
            var _ = stack.live().exchange(stack.chain().disk(), stack.chain());
        }
    }

    private static Path journal(DiskRecord record) {
        return Path.of(record.file() + JOURNAL_SUFFIX);
    }

    /**
     * The disk serves from another file from now on, which has the same content. Called by the provisioning thread
     * while no call is in the disk ({@link IsolatedDisk#aloneAll}). When this throws, the disk is as it was.
     *
     * @param next the hold on that file; the shelf takes it over
     * @return the hold on the file until now, which the caller closes
     */
    Chain exchange(DiskRecord before, DiskRecord after, Chain next) throws IOException {
        DiskStack stack = stack(before);
        OpenDisk opened = Objects.requireNonNull(find(before));
        stack.journaled().retire(journal(after));
        stack.live().exchange(next.disk(), next);
        DiskStack changed = new DiskStack(next, stack.live(), stack.journaled(), stack.isolated());
        open.put(after.identity().uuid(), new OpenDisk(after, changed, opened.disk(), null, opened.memory()));
        return stack.chain();
    }

    /**
     * What of an {@link #exchange} can fail, done before it: afterwards that cannot, unless the disk is used meanwhile.
     * It is taken back by the same with the records exchanged.
     */
    void prepareExchange(DiskRecord before, DiskRecord after) throws IOException {
        stack(before).journaled().retire(journal(after));
    }

    /** The record of an open disk has changed in what is about its files. By the provisioning thread. */
    void changed(DiskRecord after) {
        open.computeIfPresent(
                after.identity().uuid(),
                (uuid, opened) ->
                        new OpenDisk(after, opened.stack(), opened.disk(), opened.offlineReason(), opened.memory()));
    }

    private static void tell(DiskRecord record, JournaledDisk.Found found) {
        String journal = record.file() + JOURNAL_SUFFIX;
        switch (found) {
            case UNFINISHED -> DiskEvent.ATOMIC_WRITE_FINISHED.log(LOG, record.name());
            case FOREIGN -> DiskEvent.ATOMIC_WRITE_LEFT_OUT.log(LOG, record.name(), journal, record.file());
            case NOTHING -> {}
        }
    }

    /** What a file says about itself; the file is closed again. A null format is found by the signature. */
    DiskImage inspect(Path file, @Nullable DiskFormat given) throws IOException {
        BackingStore store = stores.open(file, true);
        try (store) {
            DiskFormat format = given == null ? formats.probe(store) : given;
            return format.inspect(store);
        }
    }

    /** What is known of a disk's file; null when it was never opened. */
    @Nullable
    OpenDisk find(DiskRecord record) {
        return open.get(record.identity().uuid());
    }

    /** The disk that has this id, or whose file, or a parent of it, carries it; null for none. */
    @Nullable
    DiskRecord carrierOf(UUID uniqueId, Collection<DiskRecord> disks) {
        for (DiskRecord disk : disks) {
            if (disk.identity().uuid().equals(uniqueId)) {
                return disk;
            }
        }
        // What lies below a snapshot of one disk may lie below others as well: any of them will do.
        for (DiskRecord disk : disks) {
            OpenDisk opened = find(disk);
            for (Chain at = opened == null ? null : opened.chain(); at != null; at = at.parent()) {
                if (uniqueId.equals(at.image().uniqueId())) {
                    return disk;
                }
            }
        }
        return null;
    }

    /** Space that the disk's own files take, those of its snapshots included; null when that cannot be told. */
    @Nullable
    Long allocatedBytes(DiskRecord record) {
        OpenDisk opened = find(record);
        Chain top = opened == null ? null : opened.chain();
        if (top == null) {
            return null;
        }
        try {
            long bytes = top.store().allocatedBytes();
            for (SnapshotRecord snapshot : record.layers().snapshots()) {
                BackingStore frozen = chains.find(Path.of(snapshot.file()));
                bytes += frozen == null ? frozenBytes.getOrDefault(snapshot.file(), 0L) : frozen.allocatedBytes();
            }
            return bytes;
        } catch (IOException e) {
            return null; // Closed in between, or the device does not say.
        }
    }

    /** Space that the file of a snapshot takes which is not open; null when that cannot be told. */
    @Nullable
    Long frozenBytes(SnapshotRecord snapshot) {
        return frozenBytes.get(snapshot.file());
    }

    /** The disk has other snapshots: looks at their files. */
    void measureSnapshots(DiskRecord record) {
        OpenDisk opened = find(record);
        if (opened != null) {
            measureFrozen(record, opened);
        }
    }

    /** Looks at the files of snapshots that are not among the parents of the disk's file. */
    private void measureFrozen(DiskRecord record, OpenDisk opened) {
        for (SnapshotRecord snapshot : record.layers().snapshots()) {
            Path file = Path.of(snapshot.file());
            if (opened.chain() != null && chains.find(file) == null) {
                try (BackingStore store = stores.open(file, true)) {
                    frozenBytes.put(snapshot.file(), store.allocatedBytes());
                } catch (IOException e) {
                    DiskEvent.SNAPSHOT_UNREADABLE.log(LOG, record.name(), snapshot.name(), Causes.of(e));
                }
            }
        }
    }

    /** Closes a disk's file, when nothing can reach it any more. */
    void close(DiskRecord record) {
        closeFile(record);
        askedOffline.remove(record.identity().uuid());
        memories.close(record);
    }

    private void closeFile(DiskRecord record) {
        OpenDisk opened = open.remove(record.identity().uuid());
        VirtualDisk disk = opened == null ? null : opened.disk();
        if (disk != null) {
            close(record, disk);
        }
    }

    /** Closes a disk's file, when nothing can reach it any more; the disk is offline, for this reason. */
    OpenDisk takeOffline(DiskRecord record, String reason) {
        OpenDisk before = open.get(record.identity().uuid());
        closeFile(record);
        OpenDisk offline = offline(record, reason);
        if (before != null) {
            // Its unit goes on: it has reservations, and remembers what becomes of them.
            offline = offline.with(before.memory());
        }
        open.put(record.identity().uuid(), offline);
        return offline;
    }

    /** Says of a disk that is offline that somebody wants it so, until it is opened again. */
    void offlineAsAsked(DiskRecord record) {
        askedOffline.add(record.identity().uuid());
    }

    /** True while a disk is offline because somebody wants it so. */
    boolean isOfflineAsAsked(DiskRecord record) {
        return askedOffline.contains(record.identity().uuid());
    }

    /** Closes all files. */
    @Override
    public void close() {
        open.values().forEach(opened -> close(opened.record()));
        memories.close();
    }

    private static void close(DiskRecord record, VirtualDisk disk) {
        try {
            // No flush: what initiators were promised to be durable is, and a slow disk must not delay the daemon's
            // end.
            disk.close();
        } catch (IOException e) {
            DiskEvent.NOT_CLOSED.log(LOG, record.name(), record.file(), Causes.of(e));
        }
    }

    private static OpenDisk offline(DiskRecord record, String reason) {
        return new OpenDisk(record, null, null, reason);
    }

    private static void closeQuietly(Closeable open, Exception failure) {
        try {
            open.close();
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }
}
