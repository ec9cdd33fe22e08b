package dev.kume.core.reservation;

import dev.kume.core.Limits;
import dev.kume.core.Limits.Limit;
import dev.kume.core.nexus.ITNexus;
import dev.kume.core.nexus.TargetPort;
import dev.kume.core.nexus.TargetPorts;
import dev.kume.core.reservation.ReferenceReservations.Action;
import dev.kume.core.reservation.ReferenceReservations.Nexus;
import dev.kume.core.reservation.ReferenceReservations.Request;
import dev.kume.core.scsi.BlockGeometry;
import dev.kume.core.scsi.CommandTable;
import dev.kume.core.scsi.ITLNexus;
import dev.kume.core.scsi.LogicalUnit;
import dev.kume.core.scsi.Reach;
import dev.kume.core.scsi.ScsiStatus;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.TestDisk;
import dev.kume.core.scsi.TestTarget;
import dev.kume.core.scsi.TestTarget.Answer;
import dev.kume.core.scsi.command.Commands;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One disk, three initiator ports of two nodes, two targets on a loop each: six nexuses that send bytes. Attentions of
 * power on are out of the way.
 */
final class ReservationBench {
    static final String NODE1 = "iqn.1991-05.com.microsoft:node1";
    static final String NODE2 = "iqn.1991-05.com.microsoft:node2";
    static final List<String> INITIATORS =
            List.of(NODE1 + ",i,0x400001370000", NODE1 + ",i,0x400001370001", NODE2 + ",i,0x400001370000");
    static final List<String> TARGETS = List.of("iqn.2026-11.dev.kume:t1", "iqn.2026-11.dev.kume:t2");
    static final int REGISTRATIONS_MAX = 256;
    private static final int ANSWER_BYTES = 65_535;
    private static final int BASIC_LIST_BYTES = 24;
    private static final int DISK_BYTES = 1 << 20;

    /** Relative identifiers that are no indices of anything. */
    private static final int FIRST_PORT = 11;

    private static final TargetPorts PORTS = new TargetPorts() {
        @Override
        public @Nullable TargetPort find(String targetName, int portalGroup) {
            int index = portalGroup == 1 ? TARGETS.indexOf(targetName) : -1;
            return index < 0 ? null : new TargetPort(targetName, 1, FIRST_PORT + index);
        }

        @Override
        public @Nullable TargetPort find(int relativeId) {
            int index = relativeId - FIRST_PORT;
            return index < 0 || index >= TARGETS.size() ? null : find(TARGETS.get(index), 1);
        }

        @Override
        public List<TargetPort> all() {
            return TARGETS.stream()
                    .map(name -> Objects.requireNonNull(find(name, 1)))
                    .toList();
        }
    };

    /** Both targets map the disk and admit everybody of these names. */
    private static final Reach REACH = new Reach() {
        @Override
        public List<TargetPort> portsOf(LogicalUnit unit) {
            return PORTS.all();
        }

        @Override
        public boolean admits(String initiatorName, TargetPort port) {
            return initiatorName.startsWith("iqn.1991-05.com.microsoft:");
        }
    };

    private static final CommandTable COMMANDS =
            Commands.table(Limits.of(Map.of(Limit.REGISTRATIONS_PER_DISK, (long) REGISTRATIONS_MAX)), PORTS, REACH);

    final TestTarget target = new TestTarget(new TestDisk(DISK_BYTES), BlockGeometry.emulated512(DISK_BYTES), COMMANDS);
    private final Map<Nexus, ITLNexus> nexuses = new LinkedHashMap<>();

    ReservationBench() {
        target.memory.answersAtOnce = true;
        for (String initiator : INITIATORS) {
            for (String name : TARGETS) {
                String[] port = initiator.split(",i,0x");
                ITLNexus nexus = target.unit.attach(new ITNexus(port[0], Long.parseLong(port[1], 16), name, 1));
                nexus.poll();
                nexuses.put(new Nexus(initiator, name), nexus);
            }
        }
    }

    /** The nexus of an initiator port and a target, both by number from 0 on. */
    static Nexus nexus(int initiator, int target) {
        return new Nexus(INITIATORS.get(initiator), TARGETS.get(target));
    }

    List<Nexus> nexuses() {
        return List.copyOf(nexuses.keySet());
    }

    Answer run(Nexus from, byte[] cdb, byte[] dataOut) {
        return target.run(Objects.requireNonNull(nexuses.get(from)), TARGETS.indexOf(from.targetPort()), cdb, dataOut);
    }

    /** RELATIVE TARGET PORT IDENTIFIER of a target. */
    int relativePort(String targetPort) {
        return Objects.requireNonNull(PORTS.find(targetPort, 1)).relativeId();
    }

    /** The target that has this relative identifier. */
    String targetOf(int relativePort) {
        return Objects.requireNonNull(PORTS.find(relativePort)).targetName();
    }

    /** The command as bytes. The nexuses that ALL_TG_PT adds are no part of it, the listed ports are. */
    Answer run(Request request) {
        byte[] list = list(request);
        int type = request.type();
        return run(request.from(), ReservationWire.out(request.action().code, type, list.length), list);
    }

    private byte[] list(Request request) {
        int powerLoss = request.throughPowerLoss() ? ReservationWire.APTPL : 0;
        Nexus to = request.moveTo();
        if (request.action() == Action.REGISTER_AND_MOVE && to != null) {
            return ReservationWire.move(
                    request.key(),
                    request.actionKey(),
                    powerLoss | (request.unregister() ? ReservationWire.UNREG : 0),
                    relativePort(to.targetPort()),
                    ReservationWire.portId(to.initiatorPort()));
        }
        int flags = powerLoss
                | (request.specifiesPorts() ? ReservationWire.SPEC_I_PT : 0)
                | (request.allTargetPorts() ? ReservationWire.ALL_TG_PT : 0);
        byte[][] ids = request.further().stream()
                .map(Nexus::initiatorPort)
                .filter(port -> !port.equals(request.from().initiatorPort()))
                .distinct()
                .map(ReservationWire::portId)
                .toArray(byte[][]::new);
        byte[] list = ReservationWire.list(request.key(), request.actionKey(), flags, ids);
        // A list of ports has its place behind REGISTER alone; for the others its flag is wrong enough.
        return request.action() == Action.REGISTER ? list : Arrays.copyOf(list, BASIC_LIST_BYTES);
    }

    /** Must end GOOD. */
    void good(Action action, Nexus from, long key, long actionKey, int type) {
        Answer answer = run(Request.of(action, from, key, actionKey, type));
        if (answer.status() != ScsiStatus.GOOD) {
            throw new AssertionError(action + " ends with " + end(answer));
        }
    }

    /** Status as {@code 18}, or with sense data {@code 5/26/00}. */
    static String end(Answer answer) {
        Sense sense = answer.sense();
        return sense == null
                ? "%02x".formatted(answer.status())
                : "%x/%02x/%02x".formatted(sense.key(), sense.asc(), sense.ascq());
    }

    /** TEST UNIT READY of a nexus. */
    String ready(Nexus from) {
        return end(run(from, new byte[6], new byte[0]));
    }

    /** The unit attentions of a nexus one after the other. */
    List<String> attentions(Nexus from) {
        List<String> all = new ArrayList<>();
        for (String next = ready(from); !next.equals("00"); next = ready(from)) {
            all.add(next);
        }
        return all;
    }

    byte[] in(Nexus from, int serviceAction) {
        Answer answer = run(from, ReservationWire.in(serviceAction, ANSWER_BYTES), new byte[0]);
        if (answer.status() != ScsiStatus.GOOD) {
            throw new AssertionError("PERSISTENT RESERVE IN ends with " + end(answer));
        }
        return answer.data();
    }

    /** Registrations and reservation as READ FULL STATUS tells them; compares as text. */
    String state(Nexus from) {
        return ReservationWire.fullStatus(in(from, ReservationWire.READ_FULL_STATUS))
                        .toString()
                + ReservationWire.reservation(in(from, ReservationWire.READ_RESERVATION));
    }

    /** The field pointer as {@code byte 20 bit 3}, of the CDB with {@code CDB } before it; empty without one. */
    static String pointer(@Nullable Sense sense) {
        if (sense == null || sense.fieldPointer() == 0) {
            return "";
        }
        int field = sense.fieldPointer();
        int bits = field >> 16;
        return "%sbyte %d%s"
                .formatted(
                        (bits & 0x40) != 0 ? "CDB " : "",
                        field & 0xFFFF,
                        (bits & 0x08) != 0 ? " bit " + (bits & 7) : "");
    }
}
