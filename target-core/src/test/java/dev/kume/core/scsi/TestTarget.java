package dev.kume.core.scsi;

import dev.kume.core.Limits;
import dev.kume.core.io.DiskLane;
import dev.kume.core.nexus.ITNexus;
import dev.kume.core.scsi.command.Commands;
import dev.kume.core.testing.FixedClock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One disk, two nexuses, two manual loops and manual disk threads: bytes in, bytes out, all in the test's thread. */
public final class TestTarget {
    public static final UnitIdentity IDENTITY = new UnitIdentity(
            "KUME", "DISK", "0.1", "0123456789abcdef", 0x6_0123_4567_89AB_CDEL, 0x0123_4567_89AB_CDEFL);
    public static final ITNexus NODE1 = new ITNexus("iqn.1991-05.com.microsoft:node1", 1, "iqn.2026-11.dev.kume:t1", 1);
    public static final ITNexus NODE2 = new ITNexus("iqn.1991-05.com.microsoft:node2", 2, "iqn.2026-11.dev.kume:t2", 1);
    private static final int DISK_BYTES = 1 << 20;
    private static final int PIECE_BYTES = 8192;

    public final TestDisk disk;
    public final List<ManualLoop> loops = List.of(new ManualLoop(0), new ManualLoop(1));
    public final HeldMemory memory = new HeldMemory();
    public final ManualThreads diskThreads = new ManualThreads();
    public final LogicalUnit unit;
    public final ITLNexus node1;
    public final ITLNexus node2;
    private LunMap luns;

    /** How a command ended. */
    public record Answer(int status, @Nullable Sense sense, byte[] data) {
        public Sense expectSense() {
            return Objects.requireNonNull(sense, "no sense data");
        }

        public String hex() {
            return HexFormat.of().formatHex(data);
        }
    }

    public TestTarget() {
        this(new TestDisk(DISK_BYTES), BlockGeometry.emulated512(DISK_BYTES), Commands.table());
    }

    public TestTarget(TestDisk disk, BlockGeometry geometry, CommandTable commands) {
        this.disk = disk;
        unit = new LogicalUnit(
                "vms",
                IDENTITY,
                UnitState.of(disk, geometry),
                commands,
                new DiskLane(diskThreads, new FixedClock(Instant.EPOCH), 4),
                loops.stream().map(ManualLoop::port).toList(),
                memory,
                64,
                LogicalUnit.Watcher.NONE);
        node1 = unit.attach(NODE1);
        node2 = unit.attach(NODE2);
        node1.poll();
        node2.poll();
        luns = LunMap.of(Map.of(0, unit));
    }

    /** A target with 4096-byte blocks. */
    public static TestTarget native4k() {
        return new TestTarget(new TestDisk(DISK_BYTES), BlockGeometry.native4k(DISK_BYTES), Commands.table());
    }

    /** A target whose commands move at most 1 MiB. */
    public static TestTarget withTransferLimit() {
        int diskBytes = 4 << 20;
        Limits limits = Limits.of(Map.of(Limits.Limit.TRANSFER_BYTES, 1L << 20));
        return new TestTarget(new TestDisk(diskBytes), BlockGeometry.emulated512(diskBytes), Commands.table(limits));
    }

    public void luns(LunMap map) {
        luns = map;
    }

    public static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    /** Runs a command of node 1 to its end. */
    public Answer run(String cdb) {
        return run(cdb, new byte[0]);
    }

    public Answer run(String cdb, byte[] dataOut) {
        return run(node1, 0, bytes(cdb), dataOut);
    }

    public Answer runAsNode2(String cdb) {
        return run(node2, 1, bytes(cdb), new byte[0]);
    }

    public Answer run(ITLNexus from, int loop, byte[] cdb, byte[] dataOut) {
        ScriptedTask task = begin(from, loop, cdb, dataOut, false);
        runAll();
        return answer(task);
    }

    /** Runs a command at a LUN that has no unit. */
    public Answer runWithoutUnit(String cdb) {
        ScriptedTask task = new ScriptedTask(loops.get(0).port(), bytes(cdb), new byte[0], PIECE_BYTES, false);
        task.prepare(null, null, luns, TaskAttribute.SIMPLE);
        LogicalUnit.beginWithoutUnit(task, unit.commands());
        return answer(task);
    }

    /** Begins a command and leaves it where it is. */
    public ScriptedTask begin(ITLNexus from, int loop, byte[] cdb, byte[] dataOut, boolean holdsData) {
        ScriptedTask task = new ScriptedTask(loops.get(loop).port(), cdb, dataOut, PIECE_BYTES, holdsData);
        task.prepare(unit, from, luns, TaskAttribute.SIMPLE);
        unit.begin(task);
        return task;
    }

    public ScriptedTask beginHeld(ITLNexus from, int loop, String cdb, byte[] dataOut) {
        return begin(from, loop, bytes(cdb), dataOut, true);
    }

    private static Answer answer(ScriptedTask task) {
        if (task.completions != 1 || task.dooms != 0) {
            throw new AssertionError("did not complete: " + task);
        }
        Answer answer = new Answer(task.status(), task.sense(), task.dataIn());
        task.release();
        return answer;
    }

    /** Runs loops and disk threads until nothing waits. */
    public void runAll() {
        boolean ran;
        do {
            ran = diskThreads.runOne();
            ran |= runLoops();
        } while (ran);
    }

    /** Runs the loops until nothing waits there; the disk threads stand still. */
    public boolean runLoops() {
        boolean ran = false;
        boolean again;
        do {
            again = false;
            for (ManualLoop loop : loops) {
                again |= loop.runOne();
            }
            ran |= again;
        } while (again);
        return ran;
    }

    /** Data that differs in every block. */
    public static byte[] pattern(int lengthBytes, int seed) {
        byte[] data = new byte[lengthBytes];
        for (int i = 0; i < lengthBytes; i++) {
            data[i] = (byte) (i * 31 + i / 512 + seed);
        }
        return data;
    }

    /** What waits for the second node. */
    public List<Sense> attentionsOfNode2() {
        List<Sense> all = new ArrayList<>();
        for (Sense next = node2.poll(); next != null; next = node2.poll()) {
            all.add(next);
        }
        return all;
    }
}
