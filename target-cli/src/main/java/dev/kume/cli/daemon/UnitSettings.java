package dev.kume.cli.daemon;

import dev.kume.cli.api.ErrorCode;
import dev.kume.cli.files.Causes;
import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.inventory.DiskIdentity;
import dev.kume.core.inventory.DiskProfile;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.SectorFormat;
import dev.kume.core.inventory.Sharing;
import dev.kume.core.scsi.BlockGeometry;
import dev.kume.core.scsi.Ending;
import dev.kume.core.scsi.LogicalUnit;
import dev.kume.core.scsi.ModeState;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.Task;
import dev.kume.core.scsi.UnitChange;
import dev.kume.core.scsi.UnitIdentity;
import dev.kume.core.scsi.UnitState;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What units are told of the settings of their disks, and who hears of it. The provisioning thread's alone.
 *
 * <p>A change is compared with what a unit was told before and not with its state: an earlier change may still wait in
 * its turn, and this one goes behind it.
 */
final class UnitSettings {
    /** What a unit was last told. */
    private record Told(
            boolean refusesWrites, boolean exclusive, BlockGeometry geometry, DiskProfile profile, boolean thin) {}

    private final String revision;
    private final Executor diskThreads;
    private final Map<UUID, Told> told = new HashMap<>();

    /** @param revision PRODUCT REVISION LEVEL of every disk */
    UnitSettings(String revision, Executor diskThreads) {
        this.revision = revision;
        this.diskThreads = diskThreads;
    }

    UnitIdentity identity(DiskRecord disk) {
        DiskIdentity identity = disk.identity();
        DiskProfile profile = disk.profile();
        return new UnitIdentity(
                profile.vendor(),
                profile.product(),
                revision,
                identity.serial(),
                identity.naaHigh(),
                identity.naaLow(),
                profile.rotationRate());
    }

    /** Mode pages of a disk for which nobody has sent MODE SELECT: its default and saved values. */
    static ModeState defaultModes(DiskRecord disk) {
        return ModeState.DEFAULT.withWriteCacheEnabled(disk.profile().writeCache());
    }

    static BlockGeometry geometry(DiskRecord disk) {
        SectorFormat sectors = disk.sectorFormat();
        int shift = Integer.numberOfTrailingZeros(sectors.logicalBytes());
        int exponent = Integer.numberOfTrailingZeros(sectors.physicalBytes() / sectors.logicalBytes());
        return new BlockGeometry(disk.sizeBytes() >>> shift, shift, exponent);
    }

    static boolean refusesWrites(DiskRecord disk, @Nullable VirtualDisk open) {
        return disk.sharing() == Sharing.READ_ONLY
                || (open != null && open.info().readOnly());
    }

    /** A unit that was made from this record, and that nobody uses yet. */
    void begin(DiskRecord disk, LogicalUnit unit) {
        unit.present(identity(disk), defaultModes(disk));
        told.put(disk.identity().uuid(), settings(disk, unit));
        unit.hosts().exclusive(isExclusive(disk), () -> {});
    }

    void forget(DiskRecord disk) {
        told.remove(disk.identity().uuid());
    }

    /** Gives the unit its disk again, as the record is now. {@code then} runs when commands reach it. */
    void online(DiskRecord disk, VirtualDisk open, LogicalUnit unit, Runnable then) {
        Told now =
                new Told(refusesWrites(disk, open), isExclusive(disk), geometry(disk), disk.profile(), disk.sparse());
        unit.hosts().exclusive(now.exclusive(), () -> {});
        told.put(disk.identity().uuid(), now);
        unit.bringOnline(open, now.geometry(), now.refusesWrites(), then);
    }

    /** Makes the unit be what the record says. {@code waits} gets what must be over before that is true. */
    void tell(DiskRecord disk, LogicalUnit unit, List<CompletableFuture<Void>> waits) {
        Told now = settings(disk, unit);
        Told before = told.put(disk.identity().uuid(), now);
        if (before == null || before.equals(now)) {
            return;
        }
        if (before.exclusive() != now.exclusive()) {
            CompletableFuture<Void> done = new CompletableFuture<>();
            unit.hosts().exclusive(now.exclusive(), () -> done.complete(null));
            waits.add(done);
        }
        if (before.refusesWrites() != now.refusesWrites()) {
            waits.add(protect(unit, now.refusesWrites()));
        }
        if (!before.geometry().equals(now.geometry())) {
            waits.add(turn(
                    unit,
                    state -> state.withGeometry(now.geometry()),
                    () -> unit.raise(Sense.CAPACITY_DATA_HAS_CHANGED, nexus -> true)));
        }
        if (!before.profile().equals(now.profile())) {
            waits.add(present(disk, unit, !before.profile().looksLike(now.profile())));
        }
        if (before.thin() != now.thin()) {
            // PROVISIONING TYPE in page B2h: its file is another one, by a snapshot, a merge or a conversion.
            unit.raise(Sense.INQUIRY_DATA_HAS_CHANGED, nexus -> true);
        }
        if (before.profile().writeCache() != now.profile().writeCache()) {
            waits.add(writeCache(disk, unit, now.profile().writeCache()));
        }
    }

    private static Told settings(DiskRecord disk, LogicalUnit unit) {
        return new Told(
                refusesWrites(disk, unit.state().disk()),
                isExclusive(disk),
                geometry(disk),
                disk.profile(),
                disk.sparse());
    }

    private static boolean isExclusive(DiskRecord disk) {
        return disk.sharing() == Sharing.EXCLUSIVE;
    }

    /**
     * A disk that becomes read-only takes no write once this change is answered, not even one that is on its way. The
     * WP bit of the mode parameter header is another one (SBC-3 6.4.1), which every nexus hears.
     */
    private static CompletableFuture<Void> protect(LogicalUnit unit, boolean refuses) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        unit.change(
                state -> state.withWriteProtected(refuses),
                () -> unit.raise(Sense.MODE_PARAMETERS_CHANGED, nexus -> true));
        unit.fence(
                task -> refuses && unit.writes(task) ? Ending.check(Sense.WRITE_PROTECTED) : null,
                null,
                affected -> done.complete(null));
        return done;
    }

    private CompletableFuture<Void> present(DiskRecord disk, LogicalUnit unit, boolean looksDifferent) {
        return turn(unit, state -> state, () -> {
            unit.present(identity(disk), defaultModes(disk));
            if (looksDifferent) {
                unit.raise(Sense.INQUIRY_DATA_HAS_CHANGED, nexus -> true);
            }
        });
    }

    private static CompletableFuture<Void> turn(LogicalUnit unit, UnaryOperator<UnitState> change, Runnable published) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        unit.change(change, () -> {
            published.run();
            done.complete(null);
        });
        return done;
    }

    /** As MODE SELECT with SP does it: current and saved value, then what the cache held is made durable. */
    CompletableFuture<Void> writeCache(DiskRecord disk, LogicalUnit unit, boolean enabled) {
        WriteCacheChange change = new WriteCacheChange(unit, enabled);
        CompletableFuture<Void> done = new CompletableFuture<>();
        unit.change(change, () -> {
            VirtualDisk open = unit.state().disk();
            if (change.failure != null) {
                done.completeExceptionally(notDone(disk, "is not changed", change.failure));
            } else if (enabled || open == null) {
                done.complete(null);
            } else {
                diskThreads.execute(() -> flush(disk, open, done));
            }
        });
        return done;
    }

    private static void flush(DiskRecord disk, VirtualDisk open, CompletableFuture<Void> done) {
        try {
            open.flush();
            done.complete(null);
        } catch (IOException e) {
            done.completeExceptionally(notDone(disk, "is off, but what it held may be lost", e));
        } catch (RuntimeException | Error e) {
            done.completeExceptionally(e);
        }
    }

    private static ApiException notDone(DiskRecord disk, String what, IOException failure) {
        return new ApiException(
                ErrorCode.FAILED,
                "the write cache of disk '%s' %s: %s".formatted(disk.name(), what, Causes.of(failure)),
                "look after the device");
    }

    private static final class WriteCacheChange implements UnitChange {
        private final LogicalUnit unit;
        private final boolean enabled;
        private @Nullable IOException failure;

        WriteCacheChange(LogicalUnit unit, boolean enabled) {
            this.unit = unit;
            this.enabled = enabled;
        }

        @Override
        public UnitState apply(UnitState now) {
            ModeState saved = now.durable().savedModes().withWriteCacheEnabled(enabled);
            if (now.modes().writeCacheEnabled() == enabled
                    && saved.equals(now.durable().savedModes())) {
                return now;
            }
            return now.withModes(now.modes().withWriteCacheEnabled(enabled))
                    .withDurable(now.durable().withSavedModes(saved));
        }

        @Override
        public boolean isDurable() {
            return true;
        }

        @Override
        public void notSaved(IOException because) {
            failure = because;
        }

        @Override
        public void published(UnitState before, UnitState after) {
            if (!before.modes().equals(after.modes())) {
                unit.raise(Sense.MODE_PARAMETERS_CHANGED, nexus -> true);
            }
        }

        @Override
        public void ended(Task task) {
            throw new IllegalStateException("no task asks for this change");
        }
    }
}
