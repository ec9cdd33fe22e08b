package dev.kume.core.scsi.command;

import dev.kume.core.nexus.ITNexus;
import dev.kume.core.nexus.TargetPort;
import dev.kume.core.nexus.TargetPorts;
import dev.kume.core.nexus.TransportId;
import dev.kume.core.scsi.LogicalUnit;
import dev.kume.core.scsi.Reach;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.Task;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The nexuses beside the sender's that a PERSISTENT RESERVE OUT is about: by SPEC_I_PT, ALL_TG_PT or REGISTER AND MOVE.
 * Only those count that could have sent it themselves: an initiator that the targets admit, or that has been here.
 */
final class ReserveOutPorts {
    private static final int MOVE_PORT = 18;
    private static final int MOVE_ID = 24;

    private final TargetPorts ports;
    private final Reach reach;
    private final int registrationsMax;

    ReserveOutPorts(TargetPorts ports, Reach reach, int registrationsMax) {
        this.ports = ports;
        this.reach = reach;
        this.registrationsMax = registrationsMax;
    }

    /**
     * @param further nexuses beside the sender's
     * @param moveTo  where the reservation is to go
     * @param refusal why the request is refused, unless it is for another reason that goes before; or null
     */
    record Concerned(
            List<ITNexus> further,
            @Nullable ITNexus moveTo,
            @Nullable Sense refusal) {
        private static Concerned refused(int byteIndex) {
            return new Concerned(List.of(), null, Sense.INVALID_FIELD_IN_PARAMETER_LIST.inParameters(byteIndex, -1));
        }
    }

    /** For REGISTER and REGISTER AND IGNORE EXISTING KEY; nobody for what specifies nobody. */
    Concerned concerned(Task task, ReserveOutList list) {
        if (!list.allTargetPorts() && list.ids().isEmpty()) {
            return new Concerned(List.of(), null, null);
        }
        ITNexus from = task.nexus().nexus();
        Set<ITNexus> met = task.unit().nexuses().all().keySet();
        Set<ITNexus> devices = devices(met);
        TargetPort own = new TargetPort(from.targetName(), from.targetPortalGroup(), 0);
        List<TargetPort> through = list.allTargetPorts() ? reach.portsOf(task.unit()) : List.of();
        Set<ITNexus> further = new LinkedHashSet<>();
        addPorts(further, new TransportId(from.initiatorName(), from.isid()), through, met, devices);
        for (int i = 0; i < list.ids().size(); i++) {
            TransportId id = list.ids().get(i);
            int before = further.size();
            boolean known = addPorts(further, id, List.of(own), met, devices);
            if (!known) {
                return Concerned.refused(list.idsAt().get(i));
            }
            addPorts(further, id, through, met, devices);
            if (further.size() > before && further.size() > registrationsMax + 1) {
                break; // More than fits, and the state machine will say so.
            }
        }
        further.remove(from);
        return new Concerned(List.copyOf(further), null, null);
    }

    /** The destination of REGISTER AND MOVE. */
    Concerned destination(LogicalUnit unit, TransportId id, int relativeTargetPort) {
        TargetPort port = ports.find(relativeTargetPort);
        if (port == null || !reach.portsOf(unit).contains(port)) {
            return Concerned.refused(MOVE_PORT);
        }
        Set<ITNexus> found = new LinkedHashSet<>();
        Set<ITNexus> met = unit.nexuses().all().keySet();
        addPorts(found, id, List.of(port), met, devices(met));
        // A device without a port's name will do when it has one port alone.
        return found.size() == 1 ? new Concerned(List.of(), found.iterator().next(), null) : Concerned.refused(MOVE_ID);
    }

    /**
     * Adds the nexuses of the initiator port, or of all known ports of the initiator device, with these target ports.
     *
     * @return true when there was one, new or not
     */
    private boolean addPorts(
            Set<ITNexus> to, TransportId id, List<TargetPort> through, Set<ITNexus> met, Set<ITNexus> devices) {
        boolean any = false;
        for (TargetPort port : through) {
            if (id.isid() != null) {
                ITNexus nexus = new ITNexus(id.initiatorName(), id.isid(), port.targetName(), port.portalGroup());
                if (mayUse(id.initiatorName(), port, devices)) {
                    to.add(nexus);
                    any = true;
                }
                continue;
            }
            for (ITNexus nexus : met) {
                if (nexus.initiatorName().equals(id.initiatorName()) && isThrough(nexus, port)) {
                    to.add(nexus);
                    any = true;
                }
            }
        }
        return any;
    }

    private boolean mayUse(String initiatorName, TargetPort port, Set<ITNexus> devices) {
        return reach.admits(initiatorName, port)
                || devices.contains(new ITNexus(initiatorName, 0, port.targetName(), port.portalGroup()));
    }

    /** Which initiators have come through which ports, whatever their ISID: a list may ask thousands of times. */
    private static Set<ITNexus> devices(Set<ITNexus> met) {
        Set<ITNexus> devices = new HashSet<>();
        met.forEach(nexus ->
                devices.add(new ITNexus(nexus.initiatorName(), 0, nexus.targetName(), nexus.targetPortalGroup())));
        return devices;
    }

    private static boolean isThrough(ITNexus nexus, TargetPort port) {
        return nexus.targetPortalGroup() == port.portalGroup()
                && nexus.targetName().equals(port.targetName());
    }
}
