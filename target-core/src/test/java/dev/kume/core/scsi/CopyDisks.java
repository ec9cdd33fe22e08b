package dev.kume.core.scsi;

import dev.kume.core.disk.VirtualDisk;
import dev.kume.core.io.DiskLane;
import dev.kume.core.nexus.ITNexus;
import dev.kume.core.scsi.TestTarget.Answer;
import dev.kume.core.scsi.command.Commands;
import dev.kume.core.testing.FixedClock;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Two disks at LUN 0 and 1 of one target, a third one that only node 2 sees, and parameter lists that name them. */
public final class CopyDisks {
    public static final int ALPHA = 0xA;
    public static final int BETA = 0xB;
    public static final int HIDDEN = 0xC;

    private static final int BLOCK_BYTES = 512;

    public final TestTarget target;
    public final LogicalUnit alpha;
    public final LogicalUnit beta;
    public final LogicalUnit hidden;
    public final ITLNexus node1AtBeta;
    public final ITLNexus node2AtBeta;

    public CopyDisks(TestDisk alphaDisk, VirtualDisk betaDisk) {
        target = new TestTarget(
                alphaDisk, BlockGeometry.emulated512(alphaDisk.info().sizeBytes()), Commands.table());
        alpha = target.unit;
        beta = unit(
                "beta",
                BETA,
                betaDisk,
                BlockGeometry.emulated512(betaDisk.info().sizeBytes()));
        hidden = unit("hidden", HIDDEN, new TestDisk(1 << 20), BlockGeometry.emulated512(1 << 20));
        node1AtBeta = attach(beta, TestTarget.NODE1);
        node2AtBeta = attach(beta, TestTarget.NODE2);
        attach(hidden, TestTarget.NODE2);
        target.luns(LunMap.of(Map.of(0, alpha, 1, beta)));
    }

    /** A unit with the same commands, loops and threads. */
    public LogicalUnit unit(String name, int digit, VirtualDisk disk, BlockGeometry geometry) {
        return new LogicalUnit(
                name,
                new UnitIdentity("KUME", "DISK", "0.1", "serial" + digit, naaHigh(digit), digit),
                UnitState.of(disk, geometry),
                alpha.commands(),
                new DiskLane(target.diskThreads, new FixedClock(Instant.EPOCH), 4),
                target.loops.stream().map(ManualLoop::port).toList(),
                target.memory,
                64,
                LogicalUnit.Watcher.NONE);
    }

    public static ITLNexus attach(LogicalUnit unit, ITNexus nexus) {
        ITLNexus there = unit.attach(nexus);
        there.poll();
        return there;
    }

    private static long naaHigh(int digit) {
        return 0x6L << 60 | digit;
    }

    /** The identification descriptor of one of the disks. */
    public ByteBuffer cscd(int digit, int blockBytes) {
        ByteBuffer cscd = ByteBuffer.allocate(32);
        cscd.put(0, (byte) 0xE4).put(4, (byte) 0x01).put(5, (byte) 0x03).put(7, (byte) 16);
        if (digit == ALPHA) {
            cscd.putLong(8, alpha.identity().naaHigh())
                    .putLong(16, alpha.identity().naaLow());
        } else {
            cscd.putLong(8, naaHigh(digit)).putLong(16, digit);
        }
        return cscd.putInt(28, blockBytes);
    }

    /** A descriptor 02h: so many blocks. */
    public static ByteBuffer segment(int source, int destination, int blocks, long fromLba, long toLba) {
        return ByteBuffer.allocate(28)
                .put(0, (byte) 0x02)
                .putShort(2, (short) 24)
                .putShort(4, (short) source)
                .putShort(6, (short) destination)
                .putShort(10, (short) blocks)
                .putLong(12, fromLba)
                .putLong(20, toLba);
    }

    /** A descriptor 0Ah: so many bytes. */
    public static ByteBuffer byteSegment(int source, int destination, int bytes, long fromLba, long toLba) {
        return ByteBuffer.allocate(32)
                .put(0, (byte) 0x0A)
                .putShort(2, (short) 28)
                .putShort(4, (short) source)
                .putShort(6, (short) destination)
                .putInt(8, bytes)
                .putLong(12, fromLba)
                .putLong(20, toLba);
    }

    /** A whole parameter list; LIST ID USAGE 00b. */
    public static byte[] list(int identifier, List<ByteBuffer> cscds, List<ByteBuffer> segments) {
        int cscdBytes = cscds.stream().mapToInt(ByteBuffer::capacity).sum();
        int segmentBytes = segments.stream().mapToInt(ByteBuffer::capacity).sum();
        ByteBuffer list = ByteBuffer.allocate(16 + cscdBytes + segmentBytes);
        list.put(0, (byte) identifier)
                .putShort(2, (short) cscdBytes)
                .putInt(8, segmentBytes)
                .position(16);
        cscds.forEach(cscd -> list.put(cscd.duplicate().clear()));
        segments.forEach(segment -> list.put(segment.duplicate().clear()));
        return list.array();
    }

    /** A list that names alpha as CSCD 0 and beta as CSCD 1. */
    public byte[] alphaAndBeta(ByteBuffer... segments) {
        return list(1, List.of(cscd(ALPHA, BLOCK_BYTES), cscd(BETA, BLOCK_BYTES)), List.of(segments));
    }

    public static byte[] cdb(int listBytes) {
        return ByteBuffer.allocate(16).put(0, (byte) 0x83).putInt(10, listBytes).array();
    }

    /** Sends the command to alpha, as node 1. */
    public Answer copy(byte[] list) {
        return target.run(target.node1, 0, cdb(list.length), list);
    }

    /** Begins a command of some nexus at one of the disks, on the second loop. */
    public ScriptedTask beginAt(LogicalUnit unit, ITLNexus from, String cdb, byte[] dataOut) {
        byte[] bytes = TestTarget.bytes(cdb);
        ScriptedTask task = new ScriptedTask(target.loops.get(1).port(), bytes, dataOut, dataOut.length + 1, false);
        task.prepare(unit, from, LunMap.EMPTY, TaskAttribute.SIMPLE);
        unit.begin(task);
        return task;
    }

    public ScriptedTask beginCopy(byte[] list) {
        return target.begin(target.node1, 0, cdb(list.length), list, false);
    }
}
