package dev.kume.core.scsi.command;

import dev.kume.core.Limits;
import dev.kume.core.Limits.Limit;
import dev.kume.core.nexus.ITNexus;
import dev.kume.core.nexus.TargetPort;
import dev.kume.core.nexus.TargetPorts;
import dev.kume.core.nexus.TransportId;
import dev.kume.core.reservation.ReservationType;
import dev.kume.core.reservation.ServiceAction;
import dev.kume.core.scsi.BlockGeometry;
import dev.kume.core.scsi.ITLNexus;
import dev.kume.core.scsi.LogicalUnit;
import dev.kume.core.scsi.Reach;
import dev.kume.core.scsi.ScriptedTask;
import dev.kume.core.scsi.Sense;
import dev.kume.core.scsi.TestDisk;
import dev.kume.core.scsi.TestTarget;
import dev.kume.core.scsi.TestTarget.Answer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A disk that two targets map, with commands as `sg_persist` would send them. */
final class PrTarget {
    static final long K1 = 0x1111L;
    static final long K2 = 0x2222L;
    static final int WE = ReservationType.WRITE_EXCLUSIVE.code();
    static final int EA = ReservationType.EXCLUSIVE_ACCESS.code();
    static final int WERO = ReservationType.WRITE_EXCLUSIVE_REGISTRANTS_ONLY.code();
    static final int WEAR = ReservationType.WRITE_EXCLUSIVE_ALL_REGISTRANTS.code();
    static final TargetPort T1 = new TargetPort(TestTarget.NODE1.targetName(), 1, 0x0101);
    static final TargetPort T2 = new TargetPort(TestTarget.NODE2.targetName(), 1, 0x0102);
    static final int APTPL = 0x01;
    static final int ALL_TG_PT = 0x04;
    static final int SPEC_I_PT = 0x08;

    /** Names that the access lists of both targets have, beside those that are logged in. */
    static final String LISTED = "iqn.2026-11.example:listed";

    final TestTarget target;
    final LogicalUnit unit;
    final ITLNexus node1;
    final ITLNexus node2;

    PrTarget() {
        this(Limits.DEFAULTS);
    }

    PrTarget(Limits limits) {
        int bytes = 1 << 20;
        target = new TestTarget(
                new TestDisk(bytes), BlockGeometry.emulated512(bytes), Commands.table(limits, PORTS, REACH));
        target.memory.answersAtOnce = true;
        unit = target.unit;
        node1 = target.node1;
        node2 = target.node2;
    }

    static Limits registrations(int max) {
        return Limits.of(Map.of(Limit.REGISTRATIONS_PER_DISK, (long) max));
    }

    private static final TargetPorts PORTS = new TargetPorts() {
        @Override
        public @Nullable TargetPort find(String targetName, int portalGroup) {
            return all().stream()
                    .filter(port -> port.targetName().equals(targetName) && port.portalGroup() == portalGroup)
                    .findFirst()
                    .orElse(null);
        }

        @Override
        public @Nullable TargetPort find(int relativeId) {
            return all().stream()
                    .filter(port -> port.relativeId() == relativeId)
                    .findFirst()
                    .orElse(null);
        }

        @Override
        public List<TargetPort> all() {
            return List.of(T1, T2);
        }
    };

    private static final Reach REACH = new Reach() {
        @Override
        public List<TargetPort> portsOf(LogicalUnit unit) {
            return List.of(T1, T2);
        }

        @Override
        public boolean admits(String initiatorName, TargetPort port) {
            return initiatorName.equals(LISTED)
                    || (port.equals(T2) && initiatorName.equals(TestTarget.NODE1.initiatorName()));
        }
    };

    private int loopOf(ITLNexus nexus) {
        return nexus == node2 ? 1 : 0;
    }

    /** A PERSISTENT RESERVE OUT with 24 bytes. */
    Answer out(ITLNexus from, ServiceAction action, int scopeAndType, long key, long actionKey, int flags) {
        byte[] list = ByteBuffer.allocate(24)
                .putLong(key)
                .putLong(actionKey)
                .putInt(0)
                .put((byte) flags)
                .array();
        return out(from, action, scopeAndType, list);
    }

    Answer out(ITLNexus from, ServiceAction action, int scopeAndType, byte[] list) {
        return target.run(from, loopOf(from), cdb(action, scopeAndType, list.length), list);
    }

    /** Begins one and leaves it where it is. */
    ScriptedTask begin(ITLNexus from, ServiceAction action, int type, long key, long actionKey) {
        byte[] list = ByteBuffer.allocate(24).putLong(key).putLong(actionKey).array();
        return target.begin(from, loopOf(from), cdb(action, type, 24), list, false);
    }

    static byte[] cdb(ServiceAction action, int scopeAndType, int listBytes) {
        return ByteBuffer.allocate(10)
                .put((byte) 0x5F)
                .put((byte) action.code())
                .put((byte) scopeAndType)
                .putShort((short) 0)
                .putInt(listBytes)
                .array();
    }

    Answer register(ITLNexus from, long key) {
        return out(from, ServiceAction.REGISTER_AND_IGNORE_EXISTING_KEY, 0, 0, key, 0);
    }

    Answer reserve(ITLNexus from, long key, int type) {
        return out(from, ServiceAction.RESERVE, type, key, 0, 0);
    }

    Answer preempt(ITLNexus from, long key, long actionKey, int type) {
        return out(from, ServiceAction.PREEMPT, type, key, actionKey, 0);
    }

    /** A REGISTER list with TransportIDs. */
    static byte[] specified(long key, long actionKey, int flags, byte[]... ids) {
        int bytes = 0;
        for (byte[] id : ids) {
            bytes += id.length;
        }
        ByteBuffer list = ByteBuffer.allocate(28 + bytes)
                .putLong(key)
                .putLong(actionKey)
                .putInt(0)
                .put((byte) (SPEC_I_PT | flags))
                .position(24)
                .putInt(bytes);
        for (byte[] id : ids) {
            list.put(id);
        }
        return list.array();
    }

    static byte[] moved(long key, long actionKey, int flags, int relativeTargetPort, byte[] id) {
        return ByteBuffer.allocate(24 + id.length)
                .putLong(key)
                .putLong(actionKey)
                .put((byte) 0)
                .put((byte) flags)
                .putShort((short) relativeTargetPort)
                .putInt(id.length)
                .put(id)
                .array();
    }

    static byte[] idOf(String initiatorName, long isid) {
        return TransportId.of(new ITNexus(initiatorName, isid, "", 1));
    }

    Answer in(ITLNexus from, int serviceAction, int allocationLength) {
        byte[] cdb = ByteBuffer.allocate(10)
                .put((byte) 0x5E)
                .put((byte) serviceAction)
                .position(7)
                .putShort((short) allocationLength)
                .array();
        return target.run(from, loopOf(from), cdb, new byte[0]);
    }

    /** The keys that READ KEYS lists, through node 2. */
    List<Long> keys() {
        ByteBuffer data = ByteBuffer.wrap(in(node2, 0, 0xFFFF).data());
        data.getInt();
        int bytes = data.getInt();
        List<Long> keys = new ArrayList<>();
        for (int i = 0; i < bytes; i += 8) {
            keys.add(data.getLong());
        }
        return keys;
    }

    int write(ITLNexus from) {
        return target.run(from, loopOf(from), TestTarget.bytes("2A 00 00 00 00 05 00 00 01 00"), new byte[512])
                .status();
    }

    int read(ITLNexus from) {
        return target.run(from, loopOf(from), TestTarget.bytes("28 00 00 00 00 05 00 00 01 00"), new byte[0])
                .status();
    }

    Answer run(ITLNexus from, String cdb) {
        return target.run(from, loopOf(from), TestTarget.bytes(cdb), new byte[4096]);
    }

    static List<Sense> attentions(ITLNexus of) {
        List<Sense> all = new ArrayList<>();
        for (Sense next = of.poll(); next != null; next = of.poll()) {
            all.add(next);
        }
        return all;
    }
}
