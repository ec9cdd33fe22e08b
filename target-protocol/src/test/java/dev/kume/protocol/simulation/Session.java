package dev.kume.protocol.simulation;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * One connection of a simulated initiator: builds what it sends byte by byte, and holds every PDU of the target against
 * the rules of RFC 7143 and against what the disks may hold.
 */
final class Session implements Wire.Peer {
    enum Phase {
        LOGIN,
        FULL,
        LOGGING_OUT,
        OVER
    }

    private static final int TARGET_SEGMENT_BYTES = 8192;

    final Simulation simulation;
    final World world;
    final Initiator initiator;
    final Wire wire;
    final boolean discovery;
    final int segmentBytes;
    final long beganNanos;
    Phase phase = Phase.LOGIN;
    /** The target may close this connection, and that would be no fault of it. */
    boolean mayBeClosed;

    private final Bytes in = new Bytes();
    private boolean headerDigest;
    private boolean dataDigest;
    private int digestsFrom;
    private final Map<String, String> agreed = new TreeMap<>();
    private int cmdSn;
    private int expStatSn;
    private int maxCmdSn;
    private boolean countsStatSn;
    private int nextTag = 1;
    final Map<Integer, Op> ops = new LinkedHashMap<>();
    final Map<Integer, Function> functions = new LinkedHashMap<>();
    /** Tags of immediate requests that have one answer: NOP-Out, text, logout. */
    private final Map<Integer, Integer> asked = new LinkedHashMap<>();

    /** A task management function that was asked for. */
    record Function(int code, int lun, int referencedTag, long askedNanos, List<Op> covers) {}

    Session(Simulation simulation, Initiator initiator, boolean discovery) {
        this.simulation = simulation;
        this.world = simulation.world;
        this.initiator = initiator;
        this.discovery = discovery;
        beganNanos = world.nanoTime();
        segmentBytes = 1 << 9 + world.random.nextInt(8);
        cmdSn = world.oneIn(3) ? -world.random.nextInt(40) : world.random.nextInt();
        expStatSn = world.random.nextInt();
        wire = new Wire(world, this);
    }

    // ---- login ------------------------------------------------------------------------------------------------------

    void logIn(String name, String target, int isid, List<String> more) {
        List<String> text = new ArrayList<>();
        text.add("InitiatorName=" + name);
        text.add(discovery ? "SessionType=Discovery" : "TargetName=" + target);
        text.addAll(more);
        Pdu pdu = Pdu.of(Pdu.LOGIN | Pdu.IMMEDIATE, 0x87).withText(text.toArray(String[]::new));
        pdu.word(8, 0x40000137).word(12, isid << 16).word(16, nextTag++).word(20, 1 << 16);
        wire.send(pdu.word(24, cmdSn).word(28, expStatSn).bytes(false, false));
    }

    private void onLoginResponse(Pdu pdu) {
        world.check(phase == Phase.LOGIN, "a login response after the login");
        int status = pdu.header().getShort(36);
        if (status != 0) {
            phase = Phase.OVER;
            mayBeClosed = true;
            initiator.onLogin(this, status);
            return;
        }
        for (String pair : new String(pdu.data(), StandardCharsets.UTF_8).split("\0")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                agreed.put(pair.substring(0, equals), pair.substring(equals + 1));
            }
        }
        world.check((pdu.octet(1) & 0x83) == 0x83, "the login did not end in one step: " + pdu);
        expStatSn = pdu.word(24) + 1;
        maxCmdSn = pdu.word(32);
        countsStatSn = true;
        headerDigest = "CRC32C".equals(agreed.get("HeaderDigest"));
        dataDigest = "CRC32C".equals(agreed.get("DataDigest"));
        phase = Phase.FULL;
        initiator.onLogin(this, 0);
    }

    private int agreed(String key, int otherwise) {
        String value = agreed.get(key);
        return value == null ? otherwise : Integer.parseInt(value);
    }

    int firstBurst() {
        return Math.min(agreed("FirstBurstLength", 65_536), maxBurst());
    }

    int maxBurst() {
        return agreed("MaxBurstLength", 262_144);
    }

    // ---- commands out -----------------------------------------------------------------------------------------------

    boolean canSend() {
        return phase == Phase.FULL && cmdSn - maxCmdSn <= 0;
    }

    void send(Pdu pdu) {
        pdu.word(28, expStatSn);
        wire.send(pdu.bytes(headerDigest, dataDigest));
    }

    int tag() {
        int tag = nextTag++;
        return world.oneIn(3) ? tag : tag | 0x8000_0000;
    }

    /** Sends a SCSI command with what may go with it unasked. */
    void command(Op op) {
        op.itt = tag();
        op.cmdSn = cmdSn;
        op.issuedNanos = world.nanoTime();
        byte[] data = op.data;
        boolean immediateData = !"No".equals(agreed.get("ImmediateData"));
        boolean unsolicited = "No".equals(agreed.get("InitialR2T")) && data.length > 0;
        int burst = Math.min(firstBurst(), data.length);
        int first = immediateData && world.random.nextInt(4) != 0 ? Math.min(burst, TARGET_SEGMENT_BYTES) : 0;
        if (first > 0 && world.oneIn(4)) {
            first = 1 + world.random.nextInt(first);
        }
        boolean more = unsolicited && first < burst && world.random.nextInt(4) != 0;
        if (!more) {
            // What comes unasked ends with a block, as it does with every initiator that there is.
            first -= first % SimulatedStore.SECTOR_BYTES;
        }
        int flags = (data.length > 0 ? 0x20 : 0) | (op.expectedBytes > 0 ? 0x40 : 0) | (more ? 0 : Pdu.FINAL);
        flags |= attribute();
        Pdu pdu = Pdu.of(Pdu.SCSI_COMMAND, flags).with(java.util.Arrays.copyOf(data, first));
        pdu.lun(op.lun).word(16, op.itt).word(20, Math.max(data.length, op.expectedBytes));
        pdu.word(24, cmdSn++);
        pdu.header().put(32, op.cdb);
        ops.put(op.itt, op);
        send(pdu);
        if (more) {
            dataOut(op, Pdu.NO_TAG, first, burst - first);
        }
    }

    /** Mostly SIMPLE; 2 is ORDERED, 3 HEAD OF QUEUE. */
    private int attribute() {
        return world.oneIn(20) ? world.random.nextInt(4) : 1;
    }

    /** A sequence of Data-Out PDUs, of random lengths. */
    void dataOut(Op op, int transferTag, int from, int bytes) {
        int dataSn = 0;
        int end = from + bytes;
        for (int at = from; at < end; ) {
            int most = Math.min(TARGET_SEGMENT_BYTES, end - at);
            int length = world.oneIn(3) ? 1 + world.random.nextInt(most) : most;
            boolean last = at + length == end;
            Pdu pdu = Pdu.of(Pdu.DATA_OUT, last ? Pdu.FINAL : 0)
                    .with(java.util.Arrays.copyOfRange(op.data, at, at + length));
            send(pdu.lun(op.lun)
                    .word(16, op.itt)
                    .word(20, transferTag)
                    .word(36, dataSn++)
                    .word(40, at));
            at += length;
        }
    }

    void function(int code, int lun, int referencedTag, int refCmdSn, List<Op> covers) {
        int itt = tag();
        functions.put(itt, new Function(code, lun, referencedTag, world.nanoTime(), covers));
        send(Pdu.of(Pdu.TASK_MANAGEMENT | Pdu.IMMEDIATE, Pdu.FINAL | code)
                .lun(lun)
                .word(16, itt)
                .word(20, referencedTag)
                .word(24, cmdSn)
                .word(32, refCmdSn));
    }

    void ping() {
        int itt = tag();
        asked.put(itt, Pdu.NOP_IN);
        send(Pdu.of(Pdu.NOP_OUT | Pdu.IMMEDIATE, Pdu.FINAL)
                .with(new byte[world.random.nextInt(60)])
                .word(16, itt)
                .word(20, Pdu.NO_TAG)
                .word(24, cmdSn));
    }

    void sendTargets() {
        int itt = tag();
        asked.put(itt, Pdu.TEXT_RESPONSE);
        send(Pdu.of(Pdu.TEXT | Pdu.IMMEDIATE, Pdu.FINAL)
                .withText("SendTargets=" + (discovery ? "All" : ""))
                .word(16, itt)
                .word(20, Pdu.NO_TAG)
                .word(24, cmdSn));
    }

    void logOut() {
        int itt = tag();
        asked.put(itt, Pdu.LOGOUT_RESPONSE);
        phase = Phase.LOGGING_OUT;
        mayBeClosed = true;
        send(Pdu.of(Pdu.LOGOUT | Pdu.IMMEDIATE, Pdu.FINAL).word(16, itt).word(24, cmdSn));
    }

    // ---- what the target says ---------------------------------------------------------------------------------------

    @Override
    public void onBytes(byte[] bytes) {
        try {
            in.add(bytes, 0, bytes.length);
            while (phase != Phase.OVER && parse()) {
                simulation.pdus++;
            }
        } catch (RuntimeException | Error failure) {
            world.fail(failure);
        }
    }

    private boolean parse() {
        if (in.size() < 48) {
            return false;
        }
        int length = in.at(5) << 16 | in.at(6) << 8 | in.at(7);
        int padded = length + 3 & ~3;
        int afterHeader = 48 + (headerDigest ? 4 : 0);
        int size = afterHeader + padded + (dataDigest && length > 0 ? 4 : 0);
        world.check(in.at(4) == 0, "additional headers that nobody asked for");
        if (in.size() < size) {
            return false;
        }
        byte[] all = in.take(size);
        ByteBuffer header = ByteBuffer.wrap(java.util.Arrays.copyOf(all, 48));
        byte[] segment = java.util.Arrays.copyOfRange(all, afterHeader, afterHeader + padded);
        ByteBuffer digests = ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN);
        world.check(!headerDigest || digests.getInt(48) == Pdu.crc(header.array()), "a wrong header digest");
        world.check(!dataDigest || length == 0 || digests.getInt(size - 4) == Pdu.crc(segment), "a wrong data digest");
        for (int i = length; i < padded; i++) {
            world.check(segment[i] == 0, "padding that is not zero");
        }
        Pdu pdu = new Pdu(header, java.util.Arrays.copyOf(segment, length));
        world.mix(header.getLong(0) ^ header.getLong(16) * 31 ^ header.getLong(24) ^ length);
        numbers(pdu);
        onPdu(pdu);
        return true;
    }

    private void numbers(Pdu pdu) {
        if (!countsStatSn) {
            return;
        }
        if (pdu.showsStatSn()) {
            world.check(
                    pdu.word(24) == expStatSn,
                    "StatSN %d where %d was due: %s".formatted(pdu.word(24), expStatSn, pdu));
        }
        if (pdu.takesStatSn()) {
            expStatSn++;
        }
        int max = pdu.word(32);
        world.check(pdu.word(28) - cmdSn <= 0, "ExpCmdSN beyond what was sent: " + pdu);
        world.check(max - maxCmdSn >= 0, "MaxCmdSN goes back from %d to %d: %s".formatted(maxCmdSn, max, pdu));
        world.check(max - pdu.word(28) + 1 <= simulation.tasksPerSession, "a window beyond the slots: " + pdu);
        maxCmdSn = max;
    }

    private void onPdu(Pdu pdu) {
        switch (pdu.opcode()) {
            case Pdu.LOGIN_RESPONSE -> onLoginResponse(pdu);
            case Pdu.DATA_IN -> onDataIn(pdu);
            case Pdu.R2T -> onR2t(pdu);
            case Pdu.SCSI_RESPONSE -> onResponse(pdu);
            case Pdu.TASK_MANAGEMENT_RESPONSE -> onFunctionDone(pdu);
            case Pdu.NOP_IN -> onNopIn(pdu);
            case Pdu.TEXT_RESPONSE -> answered(pdu);
            case Pdu.LOGOUT_RESPONSE -> {
                answered(pdu);
                phase = Phase.OVER;
                // RFC 7143 11.14: the tasks ended before the answer.
                endAll();
                initiator.onEnded(this);
            }
            case Pdu.ASYNC_MESSAGE -> {
                mayBeClosed = true;
                initiator.onAsked(this);
            }
            default -> world.check(false, "nobody asked for " + pdu + " reason " + pdu.octet(2));
        }
    }

    private void answered(Pdu pdu) {
        Integer expected = asked.remove(pdu.itt());
        world.check(expected != null && expected == pdu.opcode(), "nobody waits for " + pdu);
    }

    private void onNopIn(Pdu pdu) {
        if (pdu.itt() != Pdu.NO_TAG) {
            answered(pdu);
        } else if (pdu.word(20) != Pdu.NO_TAG && phase == Phase.FULL) {
            send(Pdu.of(Pdu.NOP_OUT | Pdu.IMMEDIATE, Pdu.FINAL)
                    .word(16, Pdu.NO_TAG)
                    .word(20, pdu.word(20))
                    .word(24, cmdSn));
        }
    }

    private Op opOf(Pdu pdu) {
        Op op = ops.get(pdu.itt());
        world.check(op != null, "of a task that has ended, or never was: " + pdu);
        return java.util.Objects.requireNonNull(op);
    }

    private void onDataIn(Pdu pdu) {
        Op op = opOf(pdu);
        world.check(pdu.word(36) == op.dataSn++, "DataSN out of order: " + pdu);
        world.check(pdu.word(40) == op.received, "a gap in Data-In: " + pdu);
        op.received += pdu.data().length;
        world.check(op.received <= op.expectedBytes, "more data than expected: " + pdu);
        world.check(pdu.data().length <= segmentBytes, "a segment longer than ours: " + pdu);
        op.burst += pdu.data().length;
        world.check(op.burst <= maxBurst(), "a sequence longer than MaxBurstLength: " + pdu);
        if (pdu.isFinal()) {
            op.burst = 0;
        }
        op.dataIn.add(pdu.data(), 0, pdu.data().length);
        if (pdu.takesStatSn()) {
            world.check(pdu.isFinal(), "a status before the end: " + pdu);
            finish(op, pdu);
        }
    }

    private void onR2t(Pdu pdu) {
        Op op = opOf(pdu);
        int offset = pdu.word(40);
        int bytes = pdu.word(44);
        world.check(op.data.length > 0, "R2T for a command that writes nothing: " + pdu);
        world.check(pdu.word(36) == op.r2tSn++, "R2TSN out of order: " + pdu);
        world.check(bytes > 0 && bytes <= maxBurst(), "R2T of %d bytes".formatted(bytes));
        world.check(offset >= 0 && offset + bytes <= op.data.length, "R2T outside of the data: " + pdu);
        if (op.lazy) {
            op.owesData = true;
            return;
        }
        int transferTag = pdu.word(20);
        Runnable answer = () -> {
            if (phase == Phase.FULL && ops.get(op.itt) == op) {
                dataOut(op, transferTag, offset, bytes);
            }
        };
        if (world.oneIn(5)) {
            world.soon(TimeUnit.MILLISECONDS.toNanos(300), answer);
        } else {
            answer.run();
        }
    }

    private void onResponse(Pdu pdu) {
        Op op = opOf(pdu);
        world.check(pdu.octet(2) == 0, "iSCSI response %d".formatted(pdu.octet(2)));
        if (pdu.octet(3) == 0) {
            world.check(op.expectedBytes == 0 || op.anyLength, "GOOD for a read without its data: " + pdu);
            int pdus = op.dataSn + op.r2tSn;
            world.check(pdu.word(36) == pdus, "ExpDataSN %d where %d is due".formatted(pdu.word(36), pdus));
        }
        finish(op, pdu);
    }

    private void finish(Op op, Pdu pdu) {
        ops.remove(op.itt);
        if (pdu.octet(3) == 0) {
            world.check(
                    op.anyLength || op.received == op.expectedBytes,
                    "GOOD with %d of %d bytes".formatted(op.received, op.expectedBytes));
            world.check(op.anyLength || (pdu.octet(1) & 6) == 0, "a residual where nothing is missing: " + pdu);
            op.good();
        } else {
            op.failed(pdu.octet(3), pdu.sense());
        }
        simulation.answers++;
    }

    private void onFunctionDone(Pdu pdu) {
        Function function = functions.remove(pdu.itt());
        world.check(function != null, "nobody asked for the function of " + pdu);
        if (function == null) {
            return;
        }
        int response = pdu.octet(2);
        if (response == 0) {
            for (Op op : function.covers()) {
                if (ops.remove(op.itt, op)) {
                    op.sealed();
                    simulation.aborts++;
                }
            }
        } else {
            // It does not exist any more, or its LUN does not.
            world.check(
                    response == 1 || response == 2, "response %d to function %d".formatted(response, function.code()));
            // Of a LUN that is not there any more tasks may still be on their way out: an abort alone looks for its
            // task.
            List<Op> gone = function.code() == Initiator.ABORT_TASK ? function.covers() : List.of();
            for (Op op : gone) {
                if (ops.remove(op.itt, op)) {
                    boolean endedByOther = functions.values().stream()
                            .anyMatch(each -> each.covers().contains(op));
                    world.check(endedByOther || simulation.mayVanish(op), "a task has vanished: " + op);
                    op.sealed();
                }
            }
        }
        simulation.disturbanceOver(this);
    }

    // ---- the end ----------------------------------------------------------------------------------------------------

    @Override
    public void onClosed() {
        world.tell(initiator + " was closed on");
        if (phase != Phase.OVER) {
            if (!mayBeClosed && !simulation.mayClose(initiator)) {
                world.fail(new AssertionError("the target closed the connection of an innocent initiator"));
            }
            phase = Phase.OVER;
        }
        initiator.onEnded(this);
    }

    /** Nothing that was sent here can have an effect any more. */
    void endAll() {
        phase = Phase.OVER;
        ops.values().forEach(Op::sealed);
        ops.clear();
        functions.clear();
        simulation.disturbanceOver(this);
    }

    /** The oldest command that the target has had for too long. */
    void checkPatience(long nanos) {
        for (Op op : ops.values()) {
            if (world.nanoTime() - op.issuedNanos > nanos) {
                world.check(op.owesData || simulation.mayVanish(op), "never answered: " + op + " of " + initiator);
            }
        }
        for (Function function : functions.values()) {
            world.check(world.nanoTime() - function.askedNanos() < nanos, "never answered: " + function);
        }
    }

    String describe() {
        return phase + " " + ops.values() + " " + functions.values() + " " + wire;
    }
}
