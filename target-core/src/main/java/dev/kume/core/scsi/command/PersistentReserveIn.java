package dev.kume.core.scsi.command;

import dev.kume.core.nexus.ITNexus;
import dev.kume.core.nexus.TargetPort;
import dev.kume.core.nexus.TargetPorts;
import dev.kume.core.nexus.TransportId;
import dev.kume.core.reservation.PersistentReservations;
import dev.kume.core.reservation.Registration;
import dev.kume.core.reservation.Reservation;
import dev.kume.core.reservation.ReservationType;
import dev.kume.core.scsi.Command;
import dev.kume.core.scsi.CommandDescriptor;
import dev.kume.core.scsi.CommandDescriptor.ReservationClass;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.Task;
import dev.kume.core.scsi.UnitState;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * PERSISTENT RESERVE IN, SPC-4 6.15. The lengths in the data always tell the whole, however little of it is asked for.
 */
final class PersistentReserveIn extends Command {
    private static final int OPCODE = 0x5E;
    private static final int ALLOCATION_LENGTH = 7;
    private static final int HEADER_BYTES = 8;
    private static final int KEY_BYTES = 8;
    private static final int RESERVATION_BYTES = 16;
    private static final int CAPABILITIES_BYTES = 8;
    private static final int STATUS_BYTES = 24;

    private enum Action {
        READ_KEYS("READ KEYS"),
        READ_RESERVATION("READ RESERVATION"),
        REPORT_CAPABILITIES("REPORT CAPABILITIES"),
        READ_FULL_STATUS("READ FULL STATUS");

        private final String words;

        Action(String words) {
            this.words = words;
        }
    }

    private final Action action;
    private final TargetPorts ports;

    private PersistentReserveIn(Action action, TargetPorts ports) {
        super(CommandDescriptor.of(OPCODE, action.ordinal(), "PERSISTENT RESERVE IN " + action.words)
                .usage("5E %02X 00 00 00 00 00 FF FF 00".formatted(action.ordinal()))
                .reservation(ReservationClass.ALWAYS)
                .toleratesScsi2Lun()
                .build());
        this.action = action;
        this.ports = ports;
    }

    static List<Command> family(TargetPorts ports) {
        List<Command> family = new ArrayList<>();
        for (Action action : Action.values()) {
            family.add(new PersistentReserveIn(action, ports));
        }
        return family;
    }

    /** SPC-2 5.5.1: while the unit is reserved by RESERVE(6) or (10), whoever did it. */
    @Override
    public boolean conflicts(byte[] cdb, ITNexus from, UnitState now) {
        return now.reservedBy() != null;
    }

    @Override
    public void begin(Task task) {
        if (task.unitState().durable().isLost()) {
            task.terminate(Sense.NOT_READY_MANUAL_INTERVENTION_REQUIRED);
            return;
        }
        PersistentReservations now = task.unitState().reservations();
        ByteBuffer data = switch (action) {
            case READ_KEYS -> keys(now);
            case READ_RESERVATION -> reservation(now);
            case REPORT_CAPABILITIES -> capabilities(now);
            case READ_FULL_STATUS -> fullStatus(now);
        };
        task.respond(data.flip(), Cdb.unsignedShort(task.cdb(), ALLOCATION_LENGTH));
    }

    private static ByteBuffer keys(PersistentReservations now) {
        List<Registration> all = now.registrations();
        ByteBuffer data = withHeader(now, all.size() * KEY_BYTES);
        all.forEach(each -> data.putLong(each.key()));
        return data;
    }

    private static ByteBuffer reservation(PersistentReservations now) {
        Reservation held = now.reservation();
        ByteBuffer data = withHeader(now, held == null ? 0 : RESERVATION_BYTES);
        if (held != null) {
            Registration holder = now.registrationOf(held.holder());
            // SPC-4 6.15.3.2: every registered nexus holds an all-registrants type, so no key stands for it.
            data.putLong(holder == null || held.type().isAllRegistrants() ? 0 : holder.key());
            data.putInt(0).put((byte) 0).put((byte) held.type().code()).putShort((short) 0);
        }
        return data;
    }

    private static ByteBuffer capabilities(PersistentReservations now) {
        int types = 0;
        for (ReservationType type : ReservationType.values()) {
            types |= 1 << type.code();
        }
        return ByteBuffer.allocate(CAPABILITIES_BYTES)
                .putShort((short) CAPABILITIES_BYTES)
                // SIP_C, ATP_C, PTPL_C: all that can be asked for is there; CRH is not.
                .put((byte) 0x0D)
                // TMV; ALLOW COMMANDS says nothing beyond the standard's tables; PTPL_A.
                .put((byte) (0x80 | (now.throughPowerLoss() ? 1 : 0)))
                // Bit n of the first byte is type n, bit 0 of the second type 8.
                .put((byte) types)
                .put((byte) (types >> 8))
                .putShort((short) 0);
    }

    private ByteBuffer fullStatus(PersistentReservations now) {
        List<byte[]> ids = new ArrayList<>();
        int bytes = 0;
        for (Registration each : now.registrations()) {
            byte[] id = TransportId.of(each.nexus());
            ids.add(id);
            bytes += STATUS_BYTES + id.length;
        }
        ByteBuffer data = withHeader(now, bytes);
        Reservation held = now.reservation();
        for (int i = 0; i < ids.size(); i++) {
            Registration each = now.registrations().get(i);
            boolean holder = held != null && now.isHolder(each.nexus());
            TargetPort port = ports.find(each.nexus().targetName(), each.nexus().targetPortalGroup());
            data.putLong(each.key()).putInt(0);
            data.put((byte) ((each.allTargetPorts() ? 2 : 0) | (holder ? 1 : 0)));
            data.put((byte) (held != null && holder ? held.type().code() : 0)).putInt(0);
            data.putShort((short) (port == null ? 0 : port.relativeId()));
            data.putInt(ids.get(i).length).put(ids.get(i));
        }
        return data;
    }

    private static ByteBuffer withHeader(PersistentReservations now, int additionalBytes) {
        return ByteBuffer.allocate(HEADER_BYTES + additionalBytes)
                .putInt(now.generation())
                .putInt(additionalBytes);
    }
}
