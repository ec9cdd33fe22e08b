package dev.kume.cli.daemon;

import dev.kume.cli.api.ErrorCode;
import dev.kume.core.inventory.DiskRecord;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/** Disks on whose files an operation works, by the disk's uuid: one at a time. The provisioning thread's alone. */
final class DiskWork {
    private final Map<UUID, String> running = new HashMap<>();

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
