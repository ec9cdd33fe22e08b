package dev.kume.system.wire;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One session of one connection with a target, over a blocking socket. Confined to the thread that uses it.
 *
 * <p>Commands may be in flight together: {@link #submit} sends one, {@link #await} serves the connection (R2T, NOP-In,
 * Data-In) until that one is answered.
 */
public final class RawInitiator implements Closeable {
    private static final int LOGIN_REQUEST = 0x43;
    private static final int FULL_FEATURE = 0x83;
    private static final int NO_TAG = 0xFFFFFFFF;
    private static final int SEGMENT_BYTES = 262_144;
    private static final int TIMEOUT_MILLIS = 20_000;

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private final Map<Integer, Pending> pending = new HashMap<>();
    private final Map<Integer, RawAnswer> answered = new HashMap<>();
    private final Map<Integer, RawPdu> otherAnswers = new HashMap<>();
    private final Map<String, String> negotiated = new LinkedHashMap<>();
    private int cmdSn = 1;
    private int expStatSn;
    private int maxCmdSn = 1;
    private int nextTag = 1;
    private int targetSegmentBytes = 8192;
    private int firstBurstBytes = 65_536;
    private boolean immediateData = true;
    private boolean logoutRequested;

    private static final class Pending {
        final byte[] dataOut;
        final ByteArrayOutputStream dataIn = new ByteArrayOutputStream();

        Pending(byte[] dataOut) {
            this.dataOut = dataOut;
        }
    }

    private RawInitiator(InetSocketAddress portal, InetSocketAddress from) throws IOException {
        socket = new Socket();
        socket.bind(from);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.connect(portal, TIMEOUT_MILLIS);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 16));
        out = socket.getOutputStream();
    }

    /** A connection on which nobody has said anything yet. */
    public static RawInitiator connect(InetSocketAddress portal) throws IOException {
        return new RawInitiator(portal, new InetSocketAddress(0));
    }

    /** The same, from this address of the host. */
    public static RawInitiator connect(InetSocketAddress portal, String from) throws IOException {
        return new RawInitiator(portal, new InetSocketAddress(from, 0));
    }

    /** A normal session, as {@code initiator} at {@code target}; throws {@link LoginRefused} when it may not. */
    public static RawInitiator login(InetSocketAddress portal, String initiator, String target) throws IOException {
        return opened(portal, initiator, "Normal", target, (int) System.nanoTime() & 0xFFFFFF);
    }

    /** A normal session with this ISID qualifier: the same again reinstates the session before it. */
    public static RawInitiator login(InetSocketAddress portal, String initiator, String target, int qualifier)
            throws IOException {
        return opened(portal, initiator, "Normal", target, qualifier);
    }

    /** A discovery session. */
    public static RawInitiator discovery(InetSocketAddress portal, String initiator) throws IOException {
        return opened(portal, initiator, "Discovery", "", (int) System.nanoTime() & 0xFFFFFF);
    }

    private static RawInitiator opened(
            InetSocketAddress portal, String initiator, String type, String target, int qualifier) throws IOException {
        RawInitiator session = connect(portal);
        try {
            session.logIn(initiator, type, target, qualifier);
            return session;
        } catch (IOException e) {
            session.close();
            throw e;
        }
    }

    /** Keys and values as the target's answers had them. */
    public Map<String, String> negotiated() {
        return negotiated;
    }

    /** A login request at the operational stage that asks for full feature phase, ready to be sent. */
    public static RawPdu loginRequest(int qualifier, Map<String, String> keys) {
        return RawPdu.of(LOGIN_REQUEST, 0x87, text(keys))
                .word(8, 0x80000000 | qualifier >>> 8)
                .word(12, qualifier << 24 | 1 << 16)
                .word(24, 1);
    }

    private void logIn(String initiator, String type, String target, int qualifier) throws IOException {
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put("InitiatorName", initiator);
        keys.put("SessionType", type);
        if (!target.isEmpty()) {
            keys.put("TargetName", target);
        }
        keys.put("HeaderDigest", "None");
        keys.put("DataDigest", "None");
        keys.put("MaxRecvDataSegmentLength", Integer.toString(SEGMENT_BYTES));
        keys.put("DefaultTime2Wait", "0");
        keys.put("DefaultTime2Retain", "0");
        keys.put("ErrorRecoveryLevel", "0");
        if (!target.isEmpty()) {
            keys.put("MaxConnections", "1");
            keys.put("InitialR2T", "Yes");
            keys.put("ImmediateData", "Yes");
            keys.put("MaxBurstLength", "262144");
            keys.put("FirstBurstLength", "65536");
            keys.put("MaxOutstandingR2T", "1");
        }
        int session = 0;
        for (int round = 0; round < 8; round++) {
            RawPdu request = loginRequest(qualifier, keys).word(28, expStatSn);
            request.header().putShort(14, (short) session);
            send(request);
            RawPdu answer = receive();
            if (answer.opcode() != 0x23) {
                throw new IOException("a login request is answered with opcode 0x%02x".formatted(answer.opcode()));
            }
            if (answer.unsigned(36) != 0) {
                throw new LoginRefused(answer.unsigned(36), answer.unsigned(37));
            }
            negotiated.putAll(keys(answer.data()));
            session = answer.header().getShort(14);
            if ((answer.flags() & FULL_FEATURE) == FULL_FEATURE) {
                settle();
                return;
            }
            keys = Map.of();
        }
        throw new IOException("the login does not come to an end");
    }

    private void settle() {
        targetSegmentBytes = Integer.parseInt(negotiated.getOrDefault("MaxRecvDataSegmentLength", "8192"));
        firstBurstBytes = Integer.parseInt(negotiated.getOrDefault("FirstBurstLength", "65536"));
        immediateData = negotiated.getOrDefault("ImmediateData", "Yes").equals("Yes");
    }

    private static byte[] text(Map<String, String> keys) {
        StringBuilder text = new StringBuilder();
        keys.forEach((key, value) -> text.append(key).append('=').append(value).append('\0'));
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static Map<String, String> keys(byte[] data) {
        Map<String, String> keys = new LinkedHashMap<>();
        for (String pair : new String(data, StandardCharsets.UTF_8).split("\0")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                keys.merge(pair.substring(0, equals), pair.substring(equals + 1), (a, b) -> a + " " + b);
            }
        }
        return keys;
    }

    // ---- Commands

    /** Sends a command that expects {@code expectedIn} bytes, or writes {@code dataOut}; the answer's tag. */
    public int submit(int lun, byte[] cdb, byte[] dataOut, int expectedIn) throws IOException {
        while (cmdSn - maxCmdSn > 0) {
            serveOne();
        }
        int tag = nextTag++;
        boolean writes = dataOut.length > 0;
        int immediate =
                writes && immediateData ? Math.min(dataOut.length, Math.min(firstBurstBytes, targetSegmentBytes)) : 0;
        int flags = 0x81 | (expectedIn > 0 ? 0x40 : 0) | (writes ? 0x20 : 0);
        RawPdu command = RawPdu.of(0x01, flags, Arrays.copyOf(dataOut, immediate))
                .lun(lun)
                .word(16, tag)
                .word(20, writes ? dataOut.length : expectedIn)
                .word(24, cmdSn++)
                .word(28, expStatSn);
        command.header().put(32, cdb);
        pending.put(tag, new Pending(dataOut));
        send(command);
        return tag;
    }

    /** Serves the connection until the command with this tag is answered. */
    public RawAnswer await(int tag) throws IOException {
        RawAnswer answer;
        while ((answer = answered.remove(tag)) == null) {
            serveOne();
        }
        return answer;
    }

    /** One command from beginning to end. */
    public RawAnswer command(int lun, byte[] cdb, byte[] dataOut, int expectedIn) throws IOException {
        return await(submit(lun, cdb, dataOut, expectedIn));
    }

    /** TEST UNIT READY until no unit attention is left. */
    public void clearUnitAttentions(int lun) throws IOException {
        for (int tries = 0; tries < 8; tries++) {
            RawAnswer answer = command(lun, Cdb.testUnitReady(), new byte[0], 0);
            if (answer.good()) {
                return;
            }
            if (!answer.outcome().startsWith("6/")) {
                throw new IOException("TEST UNIT READY ends with " + answer.outcome());
            }
        }
        throw new IOException("unit attentions without end");
    }

    /** LOGICAL UNIT RESET, ABORT TASK...: function code of RFC 7143 11.5.1; the response code. */
    public int taskManagement(int function, int lun, int referencedTag) throws IOException {
        int tag = nextTag++;
        send(RawPdu.of(0x42, 0x80 | function)
                .lun(lun)
                .word(16, tag)
                .word(20, referencedTag)
                .word(24, cmdSn)
                .word(28, expStatSn));
        return awaitOther(tag).unsigned(2);
    }

    /** The answer to {@code SendTargets=All}, keys joined by blanks as they repeat. */
    public String sendTargets() throws IOException {
        int tag = nextTag++;
        RawPdu request = RawPdu.of(0x04, 0x80, text(Map.of("SendTargets", "All")))
                .word(16, tag)
                .word(20, NO_TAG)
                .word(24, cmdSn++)
                .word(28, expStatSn);
        send(request);
        return new String(awaitOther(tag).data(), StandardCharsets.UTF_8).replace('\0', '\n');
    }

    /** NOP-Out that asks for an answer; the bytes that came back. */
    public byte[] ping(byte... payload) throws IOException {
        int tag = nextTag++;
        send(RawPdu.of(0x40, 0x80, payload)
                .word(16, tag)
                .word(20, NO_TAG)
                .word(24, cmdSn)
                .word(28, expStatSn));
        return awaitOther(tag).data();
    }

    /** Logs out in order; the response code. */
    public int logout() throws IOException {
        int tag = nextTag++;
        send(RawPdu.of(0x06, 0x80).word(16, tag).word(24, cmdSn++).word(28, expStatSn));
        return awaitOther(tag).unsigned(2);
    }

    private RawPdu awaitOther(int tag) throws IOException {
        RawPdu answer;
        while ((answer = otherAnswers.remove(tag)) == null) {
            serveOne();
        }
        return answer;
    }

    // ---- The connection

    private void serveOne() throws IOException {
        RawPdu pdu = receive();
        switch (pdu.opcode()) {
            case 0x21 -> complete(pdu);
            case 0x25 -> dataIn(pdu);
            case 0x31 -> solicited(pdu);
            case 0x20 -> nopIn(pdu);
            case 0x3F -> throw new IOException("rejected, reason 0x%02x".formatted(pdu.unsigned(2)));
            case 0x32 -> asynchronous(pdu.unsigned(36));
            default -> otherAnswers.put(pdu.word(16), pdu);
        }
    }

    private void asynchronous(int event) throws IOException {
        if (event != 1) {
            throw new IOException("asynchronous message, event " + event);
        }
        logoutRequested = true;
    }

    private void complete(RawPdu response) throws IOException {
        if (response.unsigned(2) != 0) {
            throw new IOException("the target failed: response 0x%02x".formatted(response.unsigned(2)));
        }
        byte[] data = response.data();
        byte[] sense = data.length > 2 ? Arrays.copyOfRange(data, 2, data.length) : new byte[0];
        finish(response, sense);
    }

    private void dataIn(RawPdu pdu) throws IOException {
        Pending command = pendingOf(pdu);
        if (pdu.word(40) != command.dataIn.size()) {
            throw new IOException("Data-In at %d, expected %d".formatted(pdu.word(40), command.dataIn.size()));
        }
        command.dataIn.writeBytes(pdu.data());
        if ((pdu.flags() & 1) != 0) {
            finish(pdu, new byte[0]);
        }
    }

    private void finish(RawPdu pdu, byte[] sense) throws IOException {
        byte[] data = pendingOf(pdu).dataIn.toByteArray();
        pending.remove(pdu.word(16));
        boolean overflow = (pdu.flags() & 4) != 0;
        boolean underflow = (pdu.flags() & 2) != 0;
        answered.put(pdu.word(16), new RawAnswer(pdu.unsigned(3), data, sense, overflow, underflow, pdu.word(44)));
    }

    private void solicited(RawPdu r2t) throws IOException {
        byte[] dataOut = pendingOf(r2t).dataOut;
        int offset = r2t.word(40);
        int end = offset + r2t.word(44);
        for (int dataSn = 0; offset < end; dataSn++) {
            int bytes = Math.min(targetSegmentBytes, end - offset);
            RawPdu pdu = RawPdu.of(
                            0x05, offset + bytes == end ? 0x80 : 0, Arrays.copyOfRange(dataOut, offset, offset + bytes))
                    .word(16, r2t.word(16))
                    .word(20, r2t.word(20))
                    .word(28, expStatSn)
                    .word(36, dataSn)
                    .word(40, offset);
            pdu.header().putLong(8, r2t.header().getLong(8));
            send(pdu);
            offset += bytes;
        }
    }

    private void nopIn(RawPdu nop) throws IOException {
        if (nop.word(16) != NO_TAG) {
            otherAnswers.put(nop.word(16), nop);
        } else if (nop.word(20) != NO_TAG) {
            RawPdu pong = RawPdu.of(0x40, 0x80)
                    .word(16, NO_TAG)
                    .word(20, nop.word(20))
                    .word(24, cmdSn)
                    .word(28, expStatSn);
            pong.header().putLong(8, nop.header().getLong(8));
            send(pong);
        }
    }

    private Pending pendingOf(RawPdu pdu) throws IOException {
        Pending command = pending.get(pdu.word(16));
        if (command == null) {
            throw new IOException("opcode 0x%02x for the unknown tag %08x".formatted(pdu.opcode(), pdu.word(16)));
        }
        return command;
    }

    public void send(RawPdu pdu) throws IOException {
        sendBytes(pdu.bytes());
    }

    /** Bytes as they are, well-formed or not. */
    public void sendBytes(byte... bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    /** The next PDU from the target; keeps the sequence numbers. */
    public RawPdu receive() throws IOException {
        RawPdu pdu = RawPdu.read(in);
        boolean hasStatSn = pdu.opcode() != 0x25 || (pdu.flags() & 1) != 0;
        boolean advances = hasStatSn && pdu.opcode() != 0x31 && !(pdu.opcode() == 0x20 && pdu.word(16) == NO_TAG);
        if (advances) {
            expStatSn = pdu.word(24) + 1;
        }
        if (pdu.word(32) - maxCmdSn > 0) {
            maxCmdSn = pdu.word(32);
        }
        return pdu;
    }

    /** How long {@link #receive} waits for a byte. */
    public void timeoutMillis(int millis) throws IOException {
        socket.setSoTimeout(millis);
    }

    /** True when the target ends the connection, whatever it sends before; false when it stands at the timeout. */
    public boolean closedByTarget(int millis) throws IOException {
        socket.setSoTimeout(millis);
        byte[] rest = new byte[4096];
        try {
            while (in.read(rest) >= 0) {
                // What comes before the end does not matter here.
            }
            return true;
        } catch (java.net.SocketTimeoutException e) {
            return false;
        } catch (java.net.SocketException e) {
            return true;
        }
    }

    /** True when the target has asked for a logout, RFC 7143 11.9.1. */
    public boolean logoutRequested() {
        return logoutRequested;
    }

    public int cmdSn() {
        return cmdSn;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
