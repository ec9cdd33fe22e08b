package dev.kume.core.memory;

import dev.kume.core.nexus.ITNexus;
import dev.kume.core.reservation.Registration;
import dev.kume.core.reservation.ReservationEvent;
import dev.kume.core.reservation.ReservationEvent.Cause;
import dev.kume.core.reservation.ReservationHistory;
import dev.kume.core.reservation.ReservationType;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The history of reservations as bytes. */
final class HistorySection {
    private HistorySection() {}

    static void write(DataOutputStream out, ReservationHistory history) throws IOException {
        out.writeInt(history.events().size());
        for (ReservationEvent event : history.events()) {
            ReservationSection.writeInstant(out, event.at());
            ITNexus by = event.by();
            out.writeBoolean(by != null);
            if (by != null) {
                ReservationSection.writeNexus(out, by);
            }
            out.writeByte(event.cause().ordinal());
            out.writeLong(event.key());
            out.writeLong(event.actionKey());
            ReservationType type = event.type();
            out.writeByte(type == null ? 0 : type.code());
            out.writeInt(event.generation());
            ReservationSection.writeRegistrations(out, event.removed());
            out.writeInt(event.removedCount());
        }
    }

    static ReservationHistory read(ByteBuffer in) {
        int count = in.getInt();
        List<ReservationEvent> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Instant at = ReservationSection.readInstant(in);
            ITNexus by = in.get() == 0 ? null : ReservationSection.readNexus(in);
            Cause cause = Cause.values()[in.get() & 0xFF];
            long key = in.getLong();
            long actionKey = in.getLong();
            int type = in.get();
            int generation = in.getInt();
            List<Registration> removed = ReservationSection.readRegistrations(in);
            events.add(new ReservationEvent(
                    at,
                    by,
                    cause,
                    key,
                    actionKey,
                    type == 0 ? null : ReservationSection.type(type),
                    generation,
                    removed,
                    in.getInt()));
        }
        return new ReservationHistory(events);
    }
}
