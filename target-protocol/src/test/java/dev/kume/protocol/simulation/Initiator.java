package dev.kume.protocol.simulation;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One initiator that does what comes to its mind: correct on the wire, and otherwise as bad as hosts can be. */
final class Initiator {
    static final int ABORT_TASK = 1;
    static final int ABORT_TASK_SET = 2;
    static final int CLEAR_TASK_SET = 4;
    static final int LOGICAL_UNIT_RESET = 5;
    static final int TARGET_WARM_RESET = 6;
    static final int TARGET_COLD_RESET = 7;

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(150);
    private static final long ABORT_AFTER_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final int COMMANDS_MAX = 24;

    final Simulation simulation;
    final World world;
    final int index;
    final String name;
    final String target;
    long mayBeClosedUntil;
    private @Nullable Session session;
    /** Connections that were left behind: reinstated, silent, or closed without the target's knowing. */
    private final List<Session> left = new ArrayList<>();

    private long lastStamp;
    private boolean finishing;

    Initiator(Simulation simulation, int index, String target) {
        this.simulation = simulation;
        this.world = simulation.world;
        this.index = index;
        this.target = target;
        this.name = "iqn.2026-11.test:node" + index;
        world.soon(TimeUnit.MILLISECONDS.toNanos(20), this::turn);
    }

    void finish() {
        finishing = true;
    }

    boolean isFinished() {
        return finishing && session == null;
    }

    private void turn() {
        try {
            if (finishing) {
                left.stream().filter(each -> each.phase == Session.Phase.FULL).forEach(each -> {
                    each.phase = Session.Phase.OVER;
                    each.wire.close();
                });
            }
            if (isFinished()) {
                return;
            }
            simulation.acts++;
            act();
        } catch (RuntimeException | Error failure) {
            world.fail(failure);
        }
        long most = !finishing && world.oneIn(120) ? TimeUnit.SECONDS.toNanos(60) : TimeUnit.MILLISECONDS.toNanos(20);
        world.soon(most, this::turn);
    }

    private void act() {
        Session now = session;
        if (now == null) {
            connect();
        } else if (now.phase == Session.Phase.FULL) {
            now.checkPatience(PATIENCE_NANOS);
            if (finishing) {
                comeToAnEnd(now);
            } else if (now.discovery) {
                discover(now);
            } else {
                actLoggedIn(now);
            }
        } else if (now.phase == Session.Phase.LOGIN && finishing) {
            leave(now, true);
        }
    }

    // ---- login and its end ------------------------------------------------------------------------------------------

    private void connect() {
        boolean discovery = world.oneIn(25);
        Session fresh = new Session(simulation, this, discovery);
        session = fresh;
        simulation.target().accept(fresh.wire, index);
        if (world.oneIn(50)) {
            world.tell(this + " connects and says nothing");
            fresh.mayBeClosed = true;
            leave(fresh, false);
            return;
        }
        boolean wrong = !discovery && world.oneIn(25);
        world.tell(this + " logs in" + (wrong ? " at a target that is not there" : discovery ? " to discover" : ""));
        fresh.mayBeClosed = wrong;
        fresh.logIn(
                name,
                wrong ? target + "x" : target,
                index,
                List.of(
                        "HeaderDigest=" + (world.random.nextBoolean() ? "CRC32C" : "None"),
                        "DataDigest=" + (world.random.nextBoolean() ? "CRC32C" : "None"),
                        "InitialR2T=" + (world.random.nextBoolean() ? "Yes" : "No"),
                        "ImmediateData=" + (world.random.nextBoolean() ? "Yes" : "No"),
                        "FirstBurstLength=" + (1 << 9 + world.random.nextInt(8)),
                        "MaxBurstLength=" + (1 << 13 + world.random.nextInt(6)),
                        "MaxRecvDataSegmentLength=" + fresh.segmentBytes));
    }

    void onLogin(Session of, int status) {
        world.tell(this + " login status " + Integer.toHexString(status));
        if (status != 0) {
            int kind = status >> 8;
            world.check(kind == 2 || kind == 3, "login status " + Integer.toHexString(status));
        } else {
            simulation.logins++;
            if (!of.discovery) {
                world.check(!simulation.isForbidden(this, of.beganNanos), this + " was let in though it is denied");
                // The nexus was granted: no task of a session before it is left.
                left.forEach(Session::endAll);
                left.clear();
            }
        }
    }

    void onEnded(Session of) {
        if (session == of) {
            session = null;
            if (!left.contains(of)) {
                left.add(of);
            }
        }
    }

    /** The target asks for a logout. */
    void onAsked(Session of) {
        if (world.random.nextInt(4) != 0) {
            world.soon(TimeUnit.SECONDS.toNanos(1), () -> {
                if (of.phase == Session.Phase.FULL) {
                    of.logOut();
                }
            });
        }
    }

    private void leave(Session of, boolean closes) {
        left.add(of);
        session = null;
        if (closes) {
            of.phase = Session.Phase.OVER;
            if (world.random.nextBoolean()) {
                of.wire.close();
            } else {
                of.wire.reset();
            }
        }
    }

    private void comeToAnEnd(Session now) {
        if (now.ops.isEmpty() && now.functions.isEmpty()) {
            if (world.random.nextBoolean()) {
                now.logOut();
            } else {
                leave(now, true);
            }
        } else {
            abortWhatIsStuck(now, 0);
        }
    }

    /** The daemon that all connections led to is gone. */
    void targetRestarted() {
        Session now = session;
        if (now != null) {
            now.mayBeClosed = true;
        }
        left.forEach(Session::endAll);
        left.clear();
    }

    /** No connection exists any more: nothing that was sent can have an effect. */
    void endAll() {
        left.forEach(Session::endAll);
    }

    // ---- a session's life -------------------------------------------------------------------------------------------

    private void discover(Session now) {
        if (world.random.nextInt(3) != 0) {
            now.sendTargets();
        } else {
            now.logOut();
        }
    }

    private void actLoggedIn(Session now) {
        int kind = world.random.nextInt(1000);
        if (kind < 800) {
            for (int i = world.random.nextInt(4); i >= 0 && now.ops.size() < COMMANDS_MAX && now.canSend(); i--) {
                command(now);
            }
        } else if (kind < 900) {
            abortWhatIsStuck(now, ABORT_AFTER_NANOS);
        } else if (kind < 940) {
            manage(now);
        } else if (kind < 965) {
            now.ping();
        } else if (kind < 970) {
            now.sendTargets();
        } else if (kind < 980) {
            world.tell(this + " logs out");
            now.logOut();
        } else {
            breakOff(now, kind - 980);
        }
    }

    private void breakOff(Session now, int how) {
        now.mayBeClosed = true;
        if (how < 8) {
            world.tell(this + " closes its connection");
            leave(now, true);
        } else if (how < 12) {
            world.tell(this + " dies without a word");
            now.wire.fallSilent();
            now.phase = Session.Phase.OVER;
            leave(now, false);
        } else {
            world.tell(this + " logs in anew while its session is there");
            leave(now, false);
            connect();
        }
    }

    private void command(Session now) {
        int lun = world.random.nextInt(simulation.models.size());
        DiskModel model = simulation.models.get(lun);
        int count = world.oneIn(12) ? 1 + world.random.nextInt(256) : 1 + world.random.nextInt(24);
        int block = world.random.nextInt(model.blockCount() - count + 1);
        int kind = world.random.nextInt(100);
        Op op;
        if (kind < 45) {
            op = write(lun, block, count);
        } else if (kind < 85) {
            op = new Op(this, lun, cdb(0x28, 0, block, count), new byte[0], count * SimulatedStore.SECTOR_BYTES);
            op.read = model.read(block, count);
        } else if (kind < 93) {
            op = new Op(this, lun, cdb(0x35, 0, 0, 0), new byte[0], 0);
            op.flush = model.flush();
        } else if (kind < 97) {
            op = new Op(this, lun, cdb(0x00, 0, 0, 0), new byte[0], 0);
        } else {
            byte[] inquiry = new byte[16];
            inquiry[0] = 0x12;
            inquiry[4] = (byte) 255;
            op = new Op(this, lun, inquiry, new byte[0], 255);
            op.anyLength = true;
        }
        now.command(op);
        simulation.commands++;
    }

    private Op write(int lun, int block, int count) {
        long stamp = ++lastStamp << 8 | index;
        ByteBuffer data = ByteBuffer.allocate(count * SimulatedStore.SECTOR_BYTES);
        while (data.hasRemaining()) {
            data.putLong(stamp);
        }
        boolean forceUnitAccess = world.oneIn(4);
        Op op = new Op(this, lun, cdb(0x2A, forceUnitAccess ? 8 : 0, block, count), data.array(), 0);
        op.forceUnitAccess = forceUnitAccess;
        op.write = simulation.models.get(lun).write(stamp, block, count);
        op.lazy = world.oneIn(25);
        return op;
    }

    private static byte[] cdb(int opcode, int flags, int block, int count) {
        return ByteBuffer.allocate(16)
                .put((byte) opcode)
                .put((byte) flags)
                .putInt(block)
                .put((byte) 0)
                .putShort((short) count)
                .array();
    }

    // ---- task management --------------------------------------------------------------------------------------------

    private void abortWhatIsStuck(Session now, long olderThanNanos) {
        for (Op op : List.copyOf(now.ops.values())) {
            boolean stuck = op.owesData || world.nanoTime() - op.issuedNanos > ABORT_AFTER_NANOS;
            boolean asked = now.functions.values().stream()
                    .anyMatch(each -> each.code() == ABORT_TASK && each.referencedTag() == op.itt);
            if (stuck
                    && !asked
                    && world.nanoTime() - op.issuedNanos >= olderThanNanos / 8
                    && now.functions.size() < 4) {
                now.function(ABORT_TASK, op.lun, op.itt, op.cmdSn, List.of(op));
            }
        }
    }

    private void manage(Session now) {
        if (now.functions.size() >= 4) {
            return;
        }
        int lun = world.random.nextInt(simulation.models.size());
        List<Op> onUnit = now.ops.values().stream().filter(op -> op.lun == lun).toList();
        int kind = world.random.nextInt(20);
        if (kind < 12 && !now.ops.isEmpty()) {
            Op op = world.any(List.copyOf(now.ops.values()));
            now.function(ABORT_TASK, op.lun, op.itt, op.cmdSn, List.of(op));
        } else if (kind < 15) {
            now.function(ABORT_TASK_SET, lun, Pdu.NO_TAG, 0, onUnit);
        } else if (kind < 17) {
            simulation.disturb(now, lun);
            now.function(world.random.nextBoolean() ? CLEAR_TASK_SET : LOGICAL_UNIT_RESET, lun, Pdu.NO_TAG, 0, onUnit);
        } else if (kind < 19) {
            simulation.disturb(now, -1);
            now.function(TARGET_WARM_RESET, 0, Pdu.NO_TAG, 0, mapped(now));
        } else if (kind < 20 && world.oneIn(4)) {
            world.tell(this + " resets its target cold");
            simulation.disturb(now, -1);
            simulation.willBeClosed(target);
            now.function(TARGET_COLD_RESET, 0, Pdu.NO_TAG, 0, mapped(now));
        }
    }

    /** A reset reaches the units that the target maps when it comes; the others end by themselves. */
    private List<Op> mapped(Session now) {
        return now.ops.values().stream()
                .filter(op -> simulation.isSurelyMapped(target, op.lun))
                .toList();
    }

    @Override
    public String toString() {
        return "node" + index;
    }

    /** What it has open, for people. */
    String describe() {
        return this + ": " + (session == null ? "no session" : session.describe())
                + left.stream().map(Session::describe).toList();
    }
}
