package dev.kume.cli.daemon;

import dev.kume.cli.files.Causes;
import dev.kume.cli.log.DiskEvent;
import dev.kume.core.Clock;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.memory.SlotMemory;
import dev.kume.core.scsi.DurableState;
import dev.kume.core.scsi.UnitMemory;
import dev.kume.core.store.BackingStore;
import dev.kume.core.store.StoreLockedException;
import dev.kume.core.store.StoreProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The memories of all disks: {@code units/UUID.slots} in the state directory, one open file each. */
final class SlotShelf implements UnitMemories {
    private static final Logger LOG = LoggerFactory.getLogger(SlotShelf.class);
    private static final String SUFFIX = ".slots";
    private static final String UNFINISHED = ".unfinished";
    private static final long END_SECONDS = 2;

    private final Path stateDirectory;
    private final Path directory;
    private final StoreProvider stores;
    private final ExecutorService threads;
    private final String bootId;
    private final Clock clock;
    private final Map<UUID, SlotMemory> open = new ConcurrentHashMap<>();

    /**
     * @param threads run the saves; ended by {@link #close()}
     * @param bootId  see {@link BootId}
     */
    SlotShelf(Path stateDirectory, StoreProvider stores, ExecutorService threads, String bootId, Clock clock) {
        this.stateDirectory = stateDirectory;
        this.directory = stateDirectory.resolve("units");
        this.stores = stores;
        this.threads = threads;
        this.bootId = bootId;
        this.clock = clock;
    }

    @Override
    public void create(DiskRecord disk) throws IOException {
        if (!Files.isDirectory(directory)) {
            StateDirectory.create(directory);
            stores.syncDirectory(stateDirectory);
        }
        Path place = fileOf(disk);
        Path working = place.resolveSibling(place.getFileName() + UNFINISHED);
        removeIfThere(working);
        removeIfThere(place);
        BackingStore store = stores.create(working);
        try (store) {
            SlotMemory.create(store, disk.identity().uuid(), UnitSettings.defaultModes(disk), bootId);
        } catch (IOException | RuntimeException e) {
            removeAfter(e, working);
            throw e;
        }
        stores.rename(working, place);
    }

    @Override
    public void createMissing(DiskRecord disk) throws IOException {
        if (!UnfinishedFiles.exists(fileOf(disk))) {
            create(disk);
        }
    }

    @Override
    public Recalled open(DiskRecord disk) {
        Path file = fileOf(disk);
        try {
            BackingStore store = stores.open(file, false);
            try {
                SlotMemory memory = SlotMemory.open(store, disk.identity().uuid(), threads, bootId, clock.now());
                open.put(disk.identity().uuid(), memory);
                return new Recalled(memory, memory.found(), null);
            } catch (IOException | RuntimeException e) {
                closeAfter(e, store);
                throw e;
            }
        } catch (NoSuchFileException e) {
            return lost(disk, "the file %s is missing".formatted(file));
        } catch (StoreLockedException e) {
            return lost(disk, "the file %s is in use by another process".formatted(file));
        } catch (IOException e) {
            String reason = Causes.of(e);
            return lost(disk, reason.contains(file.toString()) ? reason : "%s: %s".formatted(file, reason));
        }
    }

    @Override
    public byte @Nullable [] record(DiskRecord disk) {
        SlotMemory memory = open.get(disk.identity().uuid());
        return memory == null ? null : memory.record();
    }

    private static Recalled lost(DiskRecord disk, String reason) {
        return new Recalled(
                UnitMemory.NONE,
                DurableState.LOST,
                ("its reservations are not known: %s; bring the file back and restart the daemon, or, when no host uses"
                                + " the disk, give them up with 'kume reservation clear %s' and restart the daemon")
                        .formatted(reason, disk.name()));
    }

    @Override
    public void close(DiskRecord disk) {
        SlotMemory memory = open.remove(disk.identity().uuid());
        if (memory != null) {
            try {
                memory.close();
            } catch (IOException e) {
                DiskEvent.NOT_CLOSED.log(LOG, disk.name(), fileOf(disk), Causes.of(e));
            }
        }
    }

    @Override
    public void remove(DiskRecord disk) {
        close(disk);
        try {
            removeIfThere(fileOf(disk));
        } catch (IOException e) {
            DiskEvent.MEMORY_NOT_REMOVED.log(LOG, disk.name(), fileOf(disk), Causes.of(e));
        }
    }

    @Override
    public void settle(Inventory inventory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return;
        }
        Set<Path> known = new HashSet<>();
        inventory.disks().forEach(disk -> known.add(fileOf(disk)));
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                String name = String.valueOf(file.getFileName());
                if (name.endsWith(UNFINISHED) || (name.endsWith(SUFFIX) && !known.contains(file))) {
                    DiskEvent.MEMORY_REMOVED.log(LOG, file);
                    removeLeftover(file);
                }
            }
        }
    }

    private void removeLeftover(Path file) {
        try {
            stores.remove(file);
        } catch (IOException e) {
            // One file that stays must not keep all disks from their hosts.
            DiskEvent.MEMORY_STAYS.log(LOG, file, Causes.of(e));
        }
    }

    /** Lets the saves under way end; a device that hangs cannot delay the daemon's end for long. */
    @Override
    public void close() {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(END_SECONDS, TimeUnit.SECONDS)) {
                DiskEvent.SAVE_HANGS.log(LOG, directory);
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        open.forEach((uuid, memory) -> {
            try {
                memory.close();
            } catch (IOException e) {
                DiskEvent.FILE_NOT_CLOSED.log(LOG, fileOf(uuid), Causes.of(e));
            }
        });
        open.clear();
    }

    private Path fileOf(DiskRecord disk) {
        return fileOf(disk.identity().uuid());
    }

    private Path fileOf(UUID disk) {
        return directory.resolve(disk + SUFFIX);
    }

    private void removeIfThere(Path file) throws IOException {
        if (UnfinishedFiles.exists(file)) {
            stores.remove(file);
        }
    }

    private void removeAfter(Exception failure, Path file) {
        try {
            removeIfThere(file);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    private static void closeAfter(Exception failure, BackingStore store) {
        try {
            store.close();
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }
}
