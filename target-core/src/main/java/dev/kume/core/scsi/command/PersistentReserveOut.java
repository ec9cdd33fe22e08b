package dev.kume.core.scsi.command;

import dev.kume.core.nexus.ITNexus;
import dev.kume.core.nexus.TargetPorts;
import dev.kume.core.nexus.TransportId;
import dev.kume.core.reservation.ReservationType;
import dev.kume.core.reservation.ServiceAction;
import dev.kume.core.scsi.Command;
import dev.kume.core.scsi.CommandDescriptor;
import dev.kume.core.scsi.CommandDescriptor.ReservationClass;
import dev.kume.core.scsi.Reach;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.Task;
import dev.kume.core.scsi.UnitState;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * PERSISTENT RESERVE OUT, SPC-4 6.16. Checks the form here; what it does is decided in the unit's turn, where it is
 * made durable before it is answered. It needs no medium and never waits for one.
 */
final class PersistentReserveOut extends Command {
    private static final int OPCODE = 0x5F;
    private static final int SCOPE_AND_TYPE = 2;
    private static final int LIST_LENGTH = 5;

    private final ServiceAction action;
    private final ReserveOutPorts ports;
    private final int registrationsMax;

    private PersistentReserveOut(ServiceAction action, ReserveOutPorts ports, int registrationsMax) {
        super(CommandDescriptor.of(
                        OPCODE,
                        action.code(),
                        "PERSISTENT RESERVE OUT " + action.name().replace('_', ' '))
                .usage("5F %02X FF 00 00 FF FF FF FF 00".formatted(action.code()))
                .reservation(ReservationClass.BY_COMMAND)
                .toleratesScsi2Lun()
                .build());
        this.action = action;
        this.ports = ports;
        this.registrationsMax = registrationsMax;
    }

    /** @param registrationsMax registrations that one disk may have */
    static List<Command> family(int registrationsMax, TargetPorts ports, Reach reach) {
        ReserveOutPorts ways = new ReserveOutPorts(ports, reach, registrationsMax);
        List<Command> family = new ArrayList<>();
        for (ServiceAction action : ServiceAction.values()) {
            family.add(new PersistentReserveOut(action, ways, registrationsMax));
        }
        return family;
    }

    /** SPC-2 5.5.1: while the unit is reserved by RESERVE(6) or (10), whoever did it. Looked at again in its turn. */
    @Override
    public boolean conflicts(byte[] cdb, ITNexus from, UnitState now) {
        return now.reservedBy() != null;
    }

    @Override
    public void begin(Task task) {
        byte[] cdb = task.cdb();
        long listBytes = Cdb.unsignedInt(cdb, LIST_LENGTH);
        Sense refusal = task.unitState().durable().isLost()
                ? Sense.NOT_READY_MANUAL_INTERVENTION_REQUIRED
                : ReserveOutList.isLengthOf(action, listBytes) ? refusalOfType(cdb) : Sense.PARAMETER_LIST_LENGTH_ERROR;
        if (refusal != null) {
            task.terminate(refusal);
        } else {
            task.gather((int) listBytes);
        }
    }

    /** Scope and type are looked at where they are to become true; RELEASE compares them with what is there. */
    private @Nullable Sense refusalOfType(byte[] cdb) {
        return switch (action) {
            case RESERVE, PREEMPT, PREEMPT_AND_ABORT -> {
                if (scope(cdb) != 0) {
                    yield Sense.INVALID_FIELD_IN_CDB.inCdb(SCOPE_AND_TYPE, 7);
                }
                yield type(cdb) == null ? Sense.INVALID_FIELD_IN_CDB.inCdb(SCOPE_AND_TYPE, 3) : null;
            }
            case RELEASE, CLEAR, REGISTER, REGISTER_AND_IGNORE_EXISTING_KEY, REGISTER_AND_MOVE -> null;
        };
    }

    private static int scope(byte[] cdb) {
        return cdb[SCOPE_AND_TYPE] >>> 4 & 0x0F;
    }

    private static @Nullable ReservationType type(byte[] cdb) {
        return scope(cdb) == 0 ? ReservationType.of(cdb[SCOPE_AND_TYPE] & 0x0F) : null;
    }

    @Override
    public void gathered(Task task, ByteBuffer parameters) {
        ByteBuffer bytes = parameters.slice();
        if (bytes.remaining() < task.lengthBytes()) {
            task.terminate(Sense.PARAMETER_LIST_LENGTH_ERROR);
            return;
        }
        ReserveOutList list = ReserveOutList.of(action, bytes);
        if (list.refusal() != null) {
            task.terminate(list.refusal());
            return;
        }
        List<TransportId> ids = list.ids();
        ReserveOutPorts.Concerned concerned = action == ServiceAction.REGISTER_AND_MOVE
                ? ports.destination(task.unit(), ids.getFirst(), list.relativeTargetPort())
                : ports.concerned(task, list);
        task.change(new ReserveOutChange(
                task.unit(),
                list.request(
                        task.nexus().nexus(),
                        type(task.cdb()),
                        concerned.further(),
                        concerned.moveTo(),
                        task.unit().lane().clock().now()),
                concerned.refusal(),
                registrationsMax));
    }
}
