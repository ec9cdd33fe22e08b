package dev.kume.core.scsi.command;

import dev.kume.core.nexus.ITNexus;
import dev.kume.core.nexus.TransportId;
import dev.kume.core.reservation.ReservationRequest;
import dev.kume.core.reservation.ReservationType;
import dev.kume.core.reservation.ServiceAction;
import dev.kume.core.scsi.Sense;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The parameter list of PERSISTENT RESERVE OUT, SPC-4 6.16.3 and 6.16.4, read and checked.
 *
 * @param refusal            what is wrong with it, or null
 * @param flags              the byte that has SPEC_I_PT, ALL_TG_PT and APTPL, or UNREG and APTPL
 * @param relativeTargetPort RELATIVE TARGET PORT IDENTIFIER of REGISTER AND MOVE
 * @param ids                TransportIDs
 * @param idsAt              where each of them begins
 */
record ReserveOutList(
        @Nullable Sense refusal,
        ServiceAction action,
        long key,
        long actionKey,
        int flags,
        int relativeTargetPort,
        List<TransportId> ids,
        List<Integer> idsAt) {
    private static final int BASIC_BYTES = 24;
    private static final int FLAGS = 20;
    private static final int MOVE_FLAGS = 17;
    private static final int MOVE_PORT = 18;
    private static final int MOVE_ID_LENGTH = 20;
    private static final int IDS_LENGTH = 24;
    private static final int IDS = 28;
    private static final int IDS_BYTES_MAX = 65_536;

    private static final int SPECIFIED_PORTS = 0x08;
    private static final int SPECIFIED_PORTS_BIT = 3;
    private static final int ALL_TARGET_PORTS = 0x04;
    private static final int UNREGISTER = 0x02;
    private static final int THROUGH_POWER_LOSS = 0x01;

    /** True when a list of the service action can have this PARAMETER LIST LENGTH. */
    static boolean isLengthOf(ServiceAction action, long listBytes) {
        return switch (action) {
            case REGISTER -> listBytes == BASIC_BYTES || (listBytes >= IDS && listBytes <= IDS + IDS_BYTES_MAX);
            case REGISTER_AND_MOVE -> listBytes >= BASIC_BYTES && listBytes <= BASIC_BYTES + IDS_BYTES_MAX;
            default -> listBytes == BASIC_BYTES;
        };
    }

    /** Reads a list whose length {@link #isLengthOf} the action. */
    static ReserveOutList of(ServiceAction action, ByteBuffer list) {
        return action == ServiceAction.REGISTER_AND_MOVE ? move(list) : basic(action, list);
    }

    private static ReserveOutList basic(ServiceAction action, ByteBuffer list) {
        int flags = list.get(FLAGS) & 0xFF;
        boolean specifies = (flags & SPECIFIED_PORTS) != 0;
        Sense refusal = null;
        List<TransportId> ids = new ArrayList<>();
        List<Integer> idsAt = new ArrayList<>();
        if (specifies && action != ServiceAction.REGISTER) {
            refusal = Sense.INVALID_FIELD_IN_PARAMETER_LIST.inParameters(FLAGS, SPECIFIED_PORTS_BIT);
        } else if (specifies) {
            refusal = list.remaining() < IDS
                    ? Sense.PARAMETER_LIST_LENGTH_ERROR
                    : readIds(list, IDS_LENGTH, IDS, ids, idsAt);
        } else if (list.remaining() != BASIC_BYTES) {
            refusal = Sense.PARAMETER_LIST_LENGTH_ERROR;
        }
        return new ReserveOutList(refusal, action, list.getLong(0), list.getLong(8), flags, 0, ids, idsAt);
    }

    private static ReserveOutList move(ByteBuffer list) {
        List<TransportId> ids = new ArrayList<>();
        List<Integer> idsAt = new ArrayList<>();
        Sense refusal = readIds(list, MOVE_ID_LENGTH, BASIC_BYTES, ids, idsAt);
        if (refusal == null && ids.size() != 1) {
            refusal = Sense.INVALID_FIELD_IN_PARAMETER_LIST.inParameters(MOVE_ID_LENGTH, -1);
        }
        return new ReserveOutList(
                refusal,
                ServiceAction.REGISTER_AND_MOVE,
                list.getLong(0),
                list.getLong(8),
                list.get(MOVE_FLAGS) & 0xFF,
                list.getShort(MOVE_PORT) & 0xFFFF,
                ids,
                idsAt);
    }

    /** Reads the TransportIDs, which fill the list to its end; their length in bytes stands at {@code lengthAt}. */
    private static @Nullable Sense readIds(
            ByteBuffer list, int lengthAt, int at, List<TransportId> ids, List<Integer> idsAt) {
        if ((list.getInt(lengthAt) & 0xFFFF_FFFFL) != list.remaining() - at) {
            return Sense.PARAMETER_LIST_LENGTH_ERROR;
        }
        ByteBuffer rest = list.duplicate();
        int next = at;
        while (next < list.remaining()) {
            TransportId.Decoded decoded = TransportId.decode(rest.position(next));
            if (decoded.id() == null) {
                return Sense.INVALID_FIELD_IN_PARAMETER_LIST.inParameters(next + decoded.at(), decoded.bit());
            }
            ids.add(decoded.id());
            idsAt.add(next);
            next += decoded.bytes();
        }
        return null;
    }

    boolean specifiesPorts() {
        return isRegister() && (flags & SPECIFIED_PORTS) != 0;
    }

    boolean allTargetPorts() {
        return isRegister() && (flags & ALL_TARGET_PORTS) != 0;
    }

    private boolean isRegister() {
        return action == ServiceAction.REGISTER || action == ServiceAction.REGISTER_AND_IGNORE_EXISTING_KEY;
    }

    ReservationRequest request(
            ITNexus from, @Nullable ReservationType type, List<ITNexus> further, @Nullable ITNexus moveTo, Instant at) {
        return new ReservationRequest(
                action,
                from,
                key,
                actionKey,
                type,
                further,
                specifiesPorts(),
                allTargetPorts(),
                (flags & THROUGH_POWER_LOSS) != 0,
                moveTo,
                action == ServiceAction.REGISTER_AND_MOVE && (flags & UNREGISTER) != 0,
                at);
    }
}
