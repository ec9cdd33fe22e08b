package dev.kume.cli.daemon;

import dev.kume.cli.api.ErrorCode;
import dev.kume.cli.api.ReservationView;
import dev.kume.cli.log.ServiceEvent;
import dev.kume.core.inventory.DiskRecord;
import dev.kume.core.inventory.Inventory;
import dev.kume.core.scsi.UnitState;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The paths of reservations: {@code /v1/reservations/...}. Any thread; requests may wait. */
final class ReservationRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(ReservationRoutes.class);

    private final Changes changes;
    private final Exports exports;
    private final UnitMemories memories;

    ReservationRoutes(Changes changes, Exports exports, UnitMemories memories) {
        this.changes = changes;
        this.exports = exports;
        this.memories = memories;
    }

    ApiAnswer answer(ApiRequest request) {
        int segments = request.path().size();
        if (segments == 1 && request.method().equals("GET")) {
            request.allowParameters(Set.of());
            return ApiAnswer.ok(new ReservationView.Listing(all()));
        }
        if (segments == 2 && request.method().equals("GET")) {
            request.allowParameters(Set.of());
            return ApiAnswer.ok(one(request.path().getLast()));
        }
        if (segments == 2 && request.method().equals("DELETE")) {
            request.allowParameters(Set.of("force"));
            return ApiAnswer.ok(clear(request.path().getLast(), request.flag("force")));
        }
        throw request.unsupported();
    }

    private List<ReservationView> all() {
        Inventory inventory = changes.current();
        ReservationFacts facts = new ReservationFacts(inventory, exports.sessions());
        return inventory.disks().stream()
                .map(disk -> facts.view(disk.name(), state(disk)))
                .toList();
    }

    private ReservationView one(String name) {
        Inventory inventory = changes.current();
        DiskRecord disk = inventory.disk(name);
        return new ReservationFacts(inventory, exports.sessions()).view(disk.name(), state(disk));
    }

    private ReservationView clear(String name, boolean force) {
        ReservationView before = one(name);
        List<String> connected = before.registrations().stream()
                .filter(registration -> registration.nexus().connected())
                .map(registration -> registration.nexus().initiator())
                .distinct()
                .toList();
        if (!connected.isEmpty() && !force) {
            throw new ApiException(
                    ErrorCode.BUSY,
                    "disk '%s' has registered nodes that are logged in: %s"
                            .formatted(before.disk(), String.join(", ", connected)),
                    "let their cluster release it, or clear it with force");
        }
        DiskRecord disk = changes.current().disk(name);
        if (state(disk).durable().isLost()) {
            changes.inTurn(() -> giveUp(changes.current().disk(name)));
            return before;
        }
        exports.clearReservations(disk);
        ServiceEvent.RESERVATIONS_CLEARED.log(
                LOG,
                before.disk(),
                before.reservation() == null
                        ? "none"
                        : before.reservation().holder().initiator(),
                before.registrations().size(),
                connected.isEmpty() ? "" : ", with these nodes logged in: " + String.join(", ", connected));
        return one(name);
    }

    /** What cannot be read any more is replaced by a disk that nobody has; its unit stays offline until a restart. */
    private DiskRecord giveUp(DiskRecord disk) throws IOException {
        memories.create(disk);
        ServiceEvent.RESERVATIONS_GIVEN_UP.log(LOG, disk.name());
        return disk;
    }

    private UnitState state(DiskRecord disk) {
        UnitState state = exports.unitState(disk);
        if (state == null) {
            throw new ApiException(
                    ErrorCode.BUSY, "disk '%s' is being removed".formatted(disk.name()), "look again in a moment");
        }
        return state;
    }
}
