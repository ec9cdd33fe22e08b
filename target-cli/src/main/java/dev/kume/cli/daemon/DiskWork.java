package dev.kume.cli.daemon;

import dev.kume.cli.api.ErrorCode;
import dev.kume.cli.api.OperationView;
import dev.kume.core.inventory.DiskRecord;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** Disks on whose files an operation works, by the disk's uuid: one at a time. The provisioning thread's alone. */
final class DiskWork {
    private final Changes changes;
    private final Operations operations;
    private final Map<UUID, String> running = new HashMap<>();

    DiskWork(Changes changes, Operations operations) {
        this.changes = changes;
        this.operations = operations;
    }

    /**
     * Starts an operation that has these disks for itself until it has ended, whatever ends it. In turn.
     *
     * @param doing   what is done with the disks: {@code resized}
     * @param subject of the operation
     * @param free    gives back what else was taken for it; in turn, at its end or when it cannot start
     */
    OperationView start(
            Collection<DiskRecord> disks,
            String doing,
            String kind,
            String subject,
            Operations.Work steps,
            Runnable free) {
        return started(
                disks,
                doing,
                free,
                end -> operations.start(kind, subject, progress -> {
                    try {
                        steps.run(progress);
                    } finally {
                        end.run();
                    }
                }));
    }

    /** The same for one disk. */
    OperationView start(DiskRecord disk, String doing, String kind, Operations.Work steps) {
        return start(List.of(disk), doing, kind, disk.name(), steps, () -> {});
    }

    /** The same, with something to tell at its end. */
    OperationView startTelling(
            DiskRecord disk, String doing, String kind, Operations.TellingWork steps, Runnable free) {
        return started(
                List.of(disk),
                doing,
                free,
                end -> operations.startTelling(kind, disk.name(), progress -> {
                    try {
                        return steps.run(progress);
                    } finally {
                        end.run();
                    }
                }));
    }

    private OperationView started(
            Collection<DiskRecord> disks, String doing, Runnable free, Function<Runnable, OperationView> start) {
        try {
            disks.forEach(this::checkIdle);
        } catch (RuntimeException busy) {
            free.run();
            throw busy;
        }
        disks.forEach(disk -> begin(disk, doing));
        Runnable end = () -> {
            free.run();
            disks.forEach(this::end);
        };
        try {
            return start.apply(() -> changes.inTurn(Executors.callable(end)));
        } catch (RuntimeException e) {
            end.run();
            throw e;
        }
    }

    /** @param doing what is done with the disk: {@code resized} */
    void begin(DiskRecord disk, String doing) {
        checkIdle(disk);
        running.put(disk.identity().uuid(), doing);
    }

    void end(DiskRecord disk) {
        running.remove(disk.identity().uuid());
    }

    boolean isIdle(DiskRecord disk) {
        return !running.containsKey(disk.identity().uuid());
    }

    /** Refuses what cannot be done while something works on the disk. */
    void checkIdle(DiskRecord disk) {
        String doing = running.get(disk.identity().uuid());
        if (doing != null) {
            throw new ApiException(
                    ErrorCode.BUSY,
                    "disk '%s' is being %s".formatted(disk.name(), doing),
                    "wait for that, or cancel it");
        }
    }
}
