package dev.kume.cli.daemon;

import dev.kume.core.disk.DiskFormat;
import dev.kume.core.disk.DiskFormatException;
import dev.kume.core.disk.DiskFormats;
import dev.kume.core.disk.DiskImage;
import dev.kume.core.disk.JournaledDisk;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.store.BackingStore;
import dev.kume.core.store.StoreLockedException;
import dev.kume.core.store.StoreProvider;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
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
    private final Map<UUID, OpenDisk> open = new ConcurrentHashMap<>();

    DiskShelf(StoreProvider stores, DiskFormats formats) {
        this(stores, formats, UnitMemories.NONE);
    }

    /** @param memories what the units of the disks remember */
    DiskShelf(StoreProvider stores, DiskFormats formats, UnitMemories memories) {
        this.stores = stores;
        this.formats = formats;
        this.memories = memories;
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

    /** Opens the file of an offline disk again; what its unit remembers is as it was, or as lost as it was. */
    OpenDisk reopen(DiskRecord record) {
        OpenDisk before = open.get(record.identity().uuid());
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
        } catch (NoSuchFileException e) {
            opened = offline(
                    record,
                    "the file %s does not exist; bring it back and %s".formatted(record.file(), online(record)));
        } catch (StoreLockedException e) {
            opened = offline(
                    record,
                    "the file %s is in use by another process; stop that and %s"
                            .formatted(record.file(), online(record)));
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
        BackingStore store = stores.open(Path.of(record.file()), false);
        try {
            DiskImage image = format.inspect(store);
            if (image.sizeBytes() != record.sizeBytes()) {
                throw new DiskFormatException(
                        "%s holds a disk of %d bytes, not the %d it was made with; bring the right file back and %s"
                                .formatted(record.file(), image.sizeBytes(), record.sizeBytes(), online(record)));
            }
            JournaledDisk disk = JournaledDisk.open(
                    format.open(store, record.sparse()), stores, Path.of(record.file() + JOURNAL_SUFFIX));
            tell(record, disk.found());
            return new OpenDisk(record, store, disk, null);
        } catch (IOException | RuntimeException e) {
            closeQuietly(store, e);
            throw e;
        }
    }

    private static void tell(DiskRecord record, JournaledDisk.Found found) {
        String journal = record.file() + JOURNAL_SUFFIX;
        switch (found) {
            case UNFINISHED -> LOG.info("Disk {}: an atomic write that was cut short is finished", record.name());
            case FOREIGN ->
                LOG.warn(
                        "Disk {}: {} held a write that does not fit {}, which was changed or replaced: left out",
                        record.name(),
                        journal,
                        record.file());
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

    /** Space the file takes, or null when that cannot be told. */
    @Nullable
    Long allocatedBytes(DiskRecord record) {
        OpenDisk opened = find(record);
        BackingStore store = opened == null ? null : opened.store();
        if (store == null) {
            return null;
        }
        try {
            return store.allocatedBytes();
        } catch (IOException e) {
            return null; // Closed in between, or the device does not say.
        }
    }

    /** Closes a disk's file, when nothing can reach it any more. */
    void close(DiskRecord record) {
        closeFile(record);
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
            LOG.error("Disk {}: closing {} failed: {}", record.name(), record.file(), Causes.of(e));
        }
    }

    private static OpenDisk offline(DiskRecord record, String reason) {
        return new OpenDisk(record, null, null, reason);
    }

    private static void closeQuietly(BackingStore store, Exception failure) {
        try {
            store.close();
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }
}
