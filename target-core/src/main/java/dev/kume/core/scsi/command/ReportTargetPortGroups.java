package dev.kume.core.scsi.command;

import dev.kume.core.nexus.TargetPort;
import dev.kume.core.nexus.TargetPortGroup;
import dev.kume.core.scsi.AsymmetricAccess;
import dev.kume.core.scsi.Command;
import dev.kume.core.scsi.CommandDescriptor;
import dev.kume.core.scsi.CommandDescriptor.ReservationClass;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.Task;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * REPORT TARGET PORT GROUPS, SPC-4 6.37: the same bytes through every port of the disk. No group is preferred over
 * another in its state (PREF 0), and a change of state takes no time (no transitioning state).
 */
final class ReportTargetPortGroups extends Command {
    private static final int ALLOCATION_LENGTH = 6;
    private static final int LENGTH_ONLY = 0;
    private static final int EXTENDED_HEADER = 1;
    private static final int LENGTH_BYTES = 4;
    private static final int EXTENDED_HEADER_BYTES = 8;
    private static final byte EXTENDED_FORMAT_TYPE = 0x10;
    private static final int GROUP_BYTES = 8;
    private static final int PORT_BYTES = 4;

    /** AN_SUP and AO_SUP; neither standby, unavailable, offline, nor transitioning. */
    private static final byte SUPPORTED_STATES = 0x03;

    private final AsymmetricAccess access;

    ReportTargetPortGroups(AsymmetricAccess access) {
        super(CommandDescriptor.of(0xA3, 0x0A, "REPORT TARGET PORT GROUPS")
                .usage("A3 EA 00 00 00 00 FF FF FF FF 00 00")
                .reservation(ReservationClass.ALWAYS)
                .build());
        this.access = access;
    }

    @Override
    public void begin(Task task) {
        int format = task.cdb()[1] >>> 5 & 7;
        if (format != LENGTH_ONLY && format != EXTENDED_HEADER) {
            task.terminate(Sense.INVALID_FIELD_IN_CDB.inCdb(1, 7));
            return;
        }
        List<TargetPortGroup> groups = access.groups(task.unit());
        int headerBytes = format == EXTENDED_HEADER ? EXTENDED_HEADER_BYTES : LENGTH_BYTES;
        int bytes = headerBytes
                + groups.stream()
                        .mapToInt(group ->
                                GROUP_BYTES + PORT_BYTES * group.ports().size())
                        .sum();
        ByteBuffer data = ByteBuffer.allocate(bytes);
        data.putInt(bytes - LENGTH_BYTES);
        if (format == EXTENDED_HEADER) {
            // IMPLICIT TRANSITION TIME 0: nothing is said, and the usual time is enough.
            data.put(EXTENDED_FORMAT_TYPE);
        }
        data.position(headerBytes);
        groups.forEach(group -> put(data, group));
        task.respond(data.flip(), Cdb.unsignedInt(task.cdb(), ALLOCATION_LENGTH));
    }

    private static void put(ByteBuffer data, TargetPortGroup group) {
        data.put((byte) group.state().code()).put(SUPPORTED_STATES).putShort((short) group.id());
        data.put((byte) 0); // reserved
        data.put((byte) 0); // STATUS CODE: no status available
        data.put((byte) 0); // vendor specific
        data.put((byte) group.ports().size());
        for (TargetPort port : group.ports()) {
            data.putShort((short) 0).putShort((short) port.relativeId());
        }
    }
}
