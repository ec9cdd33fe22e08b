package dev.kume.cli.journal;

import dev.kume.core.nexus.ITNexus;
import dev.kume.core.reservation.ReservationEvent;
import dev.kume.core.reservation.ReservationEvent.Cause;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What of the reservations' own history, which is durable with each change, has not reached the journal. */
final class JournalRecall {
    private final Map<UUID, Instant> last = new HashMap<>();
    private final Map<UUID, ITNexus> holders = new HashMap<>();

    /** Since when a disk has an owner that has not written it yet. */
    private final Map<UUID, Instant> unwritten = new HashMap<>();

    /** An event that the journal has, in their order. */
    void seen(JournalEvent event) {
        if (event instanceof JournalEvent.ReservationChanged changed) {
            last.merge(changed.disk(), changed.at(), (one, other) -> one.isAfter(other) ? one : other);
            remember(changed.disk(), changed.holder(), changed.at());
        } else if (event instanceof JournalEvent.FirstAccess access && access.write()) {
            ITNexus holder = holders.get(access.disk());
            if (holder != null && holder.initiatorName().equals(access.nexus().initiatorName())) {
                unwritten.remove(access.disk());
            }
        }
    }

    /** Since when the owner of a disk could have written and has not, as far as it is known; null when it has. */
    @Nullable
    Instant unwrittenSince(UUID disk) {
        return unwritten.get(disk);
    }

    /**
     * What it does not have.
     *
     * @param history oldest first
     * @param holder  who holds the disk now; who did in between follows from the events
     */
    List<JournalEvent> missing(UUID disk, List<ReservationEvent> history, @Nullable ITNexus holder) {
        Instant known = last.get(disk);
        List<ReservationEvent> later = history.stream()
                .filter(event -> known == null || event.at().isAfter(known))
                .toList();
        List<JournalEvent> missing = new ArrayList<>();
        for (int i = 0; i < later.size(); i++) {
            ReservationEvent event = later.get(i);
            remember(disk, i == later.size() - 1 ? holder : after(event, holders.get(disk)), event.at());
            missing.add(JournalEvent.ReservationChanged.of(disk, event, holders.get(disk)));
        }
        return missing;
    }

    private void remember(UUID disk, @Nullable ITNexus holder, Instant at) {
        ITNexus before = holder == null ? holders.remove(disk) : holders.put(disk, holder);
        if (holder == null) {
            unwritten.remove(disk);
        } else if (before == null || !before.initiatorName().equals(holder.initiatorName())) {
            unwritten.put(disk, at);
        }
    }

    private static @Nullable ITNexus after(ReservationEvent event, @Nullable ITNexus before) {
        if (event.type() == null) {
            return null;
        }
        boolean taken = event.cause() == Cause.RESERVE
                || before == null
                || event.removed().stream().anyMatch(gone -> gone.nexus().equals(before));
        return taken ? event.by() : before;
    }
}
