package dev.kume.protocol.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * An initiator that builds its PDUs byte by byte over a blocking socket, and holds every PDU of the target against the
 * rules that hold always: StatSN without gaps, MaxCmdSN that never goes back, zero padding, right digests.
 */
final class RawInitiator implements AutoCloseable {
    static final String NAME = "iqn.1991-05.com.microsoft:hv-node1";
    static final String TARGET = "iqn.2026-11.dev.kume:hv-node1";

    /** The connection id that each of them logs in with. */
    static final int CID = 1;

    private static final int TIMEOUT_MILLIS = 5_000;

    final Socket socket;
    private final OutputStream out;
    private final DataInputStream in;
    private final Map<String, String> agreed = new LinkedHashMap<>();
    private final ArrayDeque<WirePdu> setAside = new ArrayDeque<>();
    private boolean headerDigest;
    private boolean dataDigest;
    int cmdSn = 1;
    int expStatSn;
    int maxCmdSn;
    int nextTag = 0x100;
    int tsih;
    int isidQualifier = 1;

    /** What a login says that is not about a new session. */
    int loginTsih;

    int cid = CID;
    private boolean countsStatSn;

    private RawInitiator(InetSocketAddress portal, int receiveBytes) {
        try {
            socket = new Socket();
            if (receiveBytes > 0) {
                socket.setReceiveBufferSize(receiveBytes);
            }
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.connect(portal, TIMEOUT_MILLIS);
            out = socket.getOutputStream();
            in = new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream(), 65_536));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A connection on which nobody has said anything. */
    static RawInitiator connect(int port) {
        return connect(loopback(port));
    }

    /** The same, at any portal. */
    static RawInitiator connect(InetSocketAddress portal) {
        return new RawInitiator(portal, 0);
    }

    /** One with a small receive buffer, so that the target's output stops soon when it is not read. */
    static RawInitiator narrow(int port) {
        return new RawInitiator(loopback(port), 16_384);
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** A session as {@link #NAME} at {@link #TARGET}; pairs are {@code Key=value}. */
    static RawInitiator login(int port, String... pairs) {
        return connect(port).loggedIn(NAME, TARGET, pairs);
    }

    // ---- login ------------------------------------------------------------------------------------------------------

    RawInitiator loggedIn(String initiator, String target, String... pairs) {
        WirePdu answer = tryLogin(initiator, target, pairs);
        assertEquals(0, answer.header().getShort(36), "login status");
        return this;
    }

    /** One request straight from the operational stage to the full feature phase; the last answer. */
    WirePdu tryLogin(String initiator, String target, String... pairs) {
        sendLogin(initiator, target, pairs);
        return loginAnswer();
    }

    void sendLogin(String initiator, String target, String... pairs) {
        List<String> text = new ArrayList<>(List.of("InitiatorName=" + initiator));
        if (target.isEmpty()) {
            text.add("SessionType=Discovery");
        } else {
            text.add("TargetName=" + target);
        }
        text.addAll(List.of(pairs));
        send(loginPdu(0x87, text));
    }

    WirePdu loginPdu(int flags, List<String> text) {
        WirePdu pdu = WirePdu.of(WirePdu.LOGIN | WirePdu.IMMEDIATE, flags).with(text(text));
        pdu.word(8, 0x40000137)
                .word(12, isidQualifier << 16 | loginTsih)
                .word(16, 1)
                .word(20, cid << 16);
        return pdu.word(24, cmdSn).word(28, expStatSn);
    }

    WirePdu loginAnswer() {
        while (true) {
            WirePdu answer = receive();
            assertEquals(WirePdu.LOGIN_RESPONSE, answer.opcode());
            if (answer.header().getShort(36) != 0) {
                return answer;
            }
            for (String pair : new String(answer.data(), StandardCharsets.UTF_8).split("\0")) {
                if (pair.contains("=")) {
                    agreed.put(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
                }
            }
            expStatSn = answer.statSn() + 1;
            if ((answer.octet(1) & 0x83) == 0x83) {
                tsih = answer.header().getShort(14) & 0xFFFF;
                countsStatSn = true;
                maxCmdSn = answer.maxCmdSn();
                headerDigest = "CRC32C".equals(agreed.get("HeaderDigest"));
                dataDigest = "CRC32C".equals(agreed.get("DataDigest"));
                return answer;
            }
            send(loginPdu(0x87, List.of()));
        }
    }

    String agreed(String key) {
        return agreed.get(key);
    }

    int agreed(String key, int otherwise) {
        String value = agreed.get(key);
        return value == null ? otherwise : Integer.parseInt(value);
    }

    /** InitialR2T and ImmediateData are Yes where nobody says anything. */
    boolean agrees(String key, String value) {
        return agreed.getOrDefault(key, "Yes").equals(value);
    }

    static byte[] text(List<String> pairs) {
        StringBuilder text = new StringBuilder();
        pairs.forEach(pair -> text.append(pair).append('\0'));
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    // ---- bytes ------------------------------------------------------------------------------------------------------

    /** The PDU as it goes over the wire: digests and padding added. */
    byte[] bytes(WirePdu pdu) {
        ByteArrayOutputStream wire = new ByteArrayOutputStream();
        wire.writeBytes(pdu.header().array());
        wire.writeBytes(pdu.additional());
        if (headerDigest) {
            wire.writeBytes(digest(wire.toByteArray()));
        }
        if (pdu.data().length > 0) {
            byte[] padded = Arrays.copyOf(pdu.data(), pdu.data().length + 3 & ~3);
            wire.writeBytes(padded);
            if (dataDigest) {
                wire.writeBytes(digest(padded));
            }
        }
        return wire.toByteArray();
    }

    private static byte[] digest(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt((int) crc.getValue())
                .array();
    }

    RawInitiator send(WirePdu pdu) {
        return sendBytes(bytes(pdu));
    }

    RawInitiator sendBytes(byte[] bytes) {
        try {
            out.write(bytes);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** The next PDU of the target; fails after five seconds without one. */
    WirePdu receive() {
        WirePdu early = setAside.poll();
        if (early != null) {
            return early;
        }
        try {
            return read();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private WirePdu read() throws IOException {
        byte[] header = in.readNBytes(48);
        if (header.length < 48) {
            throw new EOFException("closed after " + header.length + " bytes of a header");
        }
        if (headerDigest) {
            assertEquals(hex(digest(header)), hex(in.readNBytes(4)), "header digest");
        }
        WirePdu pdu = new WirePdu(ByteBuffer.wrap(header), new byte[0], new byte[0]);
        assertEquals(0, pdu.octet(4), "TotalAHSLength");
        byte[] padded = in.readNBytes((pdu.word(4) & 0xFFFFFF) + 3 & ~3);
        byte[] data = Arrays.copyOf(padded, pdu.word(4) & 0xFFFFFF);
        for (int i = data.length; i < padded.length; i++) {
            assertEquals(0, padded[i], "padding");
        }
        if (dataDigest && padded.length > 0) {
            assertEquals(hex(digest(padded)), hex(in.readNBytes(4)), "data digest");
        }
        WirePdu whole = new WirePdu(pdu.header(), new byte[0], data);
        if (countsStatSn) {
            check(whole);
        }
        return whole;
    }

    private void check(WirePdu pdu) {
        if (pdu.opcode() != WirePdu.DATA_IN || pdu.takesStatSn()) {
            assertEquals(expStatSn, pdu.statSn(), () -> "StatSN of " + pdu);
        }
        if (pdu.takesStatSn()) {
            expStatSn++;
        }
        assertTrue(pdu.maxCmdSn() - maxCmdSn >= 0, () -> "MaxCmdSN went back from " + maxCmdSn + " in " + pdu);
        maxCmdSn = pdu.maxCmdSn();
    }

    private static String hex(byte[] bytes) {
        return java.util.HexFormat.of().formatHex(bytes);
    }

    /** Keeps a PDU for the next {@link #receive}. */
    void setAside(WirePdu pdu) {
        setAside.add(pdu);
    }

    /** True when the target says something within so long. */
    boolean readable(int millis) {
        if (!setAside.isEmpty()) {
            return true;
        }
        try {
            socket.setSoTimeout(millis);
            in.mark(1);
            int first = in.read();
            in.reset();
            return first >= 0;
        } catch (SocketTimeoutException silent) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            timeout(TIMEOUT_MILLIS);
        }
    }

    /** Asserts that the target says nothing for so long. */
    void expectSilence(int millis) {
        assertTrue(setAside.isEmpty(), () -> "set aside: " + setAside);
        try {
            socket.setSoTimeout(millis);
            in.mark(1);
            int first = in.read();
            in.reset();
            if (first >= 0) {
                fail("not silent: " + read());
            }
            fail("closed");
        } catch (SocketTimeoutException silent) {
            // As it should be.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            timeout(TIMEOUT_MILLIS);
        }
    }

    void timeout(int millis) {
        try {
            socket.setSoTimeout(millis);
        } catch (SocketException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Asserts that the target closes the connection, whatever it still says before. */
    List<WirePdu> expectClosed() {
        List<WirePdu> before = new ArrayList<>(setAside);
        try {
            while (true) {
                before.add(read());
            }
        } catch (SocketTimeoutException open) {
            return fail("still open after " + before);
        } catch (IOException closed) {
            return before;
        }
    }

    // ---- PDUs -------------------------------------------------------------------------------------------------------

    int tag() {
        return nextTag++;
    }

    static byte[] cdb10(int opcode, int lba, int blocks) {
        return ByteBuffer.allocate(16)
                .put((byte) opcode)
                .put((byte) 0)
                .putInt(lba)
                .put((byte) 0)
                .putShort((short) blocks)
                .array();
    }

    /** A SCSI Command with the next CmdSN: flags are F 80h, R 40h, W 20h and the attribute. */
    WirePdu command(int lun, int flags, int expectedBytes, byte[] cdb) {
        WirePdu pdu = WirePdu.of(WirePdu.SCSI_COMMAND, flags).lun(lun);
        pdu.header().put(32, cdb);
        return pdu.word(16, tag()).word(20, expectedBytes).word(24, cmdSn++).word(28, expStatSn);
    }

    WirePdu testUnitReady() {
        return command(0, 0x81, 0, new byte[16]);
    }

    WirePdu read(int lba, int blocks) {
        return command(0, 0xC1, blocks * 512, cdb10(0x28, lba, blocks));
    }

    WirePdu write(int lba, int blocks) {
        return command(0, 0xA1, blocks * 512, cdb10(0x2A, lba, blocks));
    }

    WirePdu dataOut(int initiatorTaskTag, int targetTransferTag, int dataSn, int offset, boolean last, byte[] data) {
        return WirePdu.of(WirePdu.DATA_OUT, last ? 0x80 : 0)
                .word(16, initiatorTaskTag)
                .word(20, targetTransferTag)
                .word(28, expStatSn)
                .word(36, dataSn)
                .word(40, offset)
                .with(data);
    }

    WirePdu taskManagement(int function, int lun, int referencedTag) {
        return WirePdu.of(WirePdu.TASK_MANAGEMENT | WirePdu.IMMEDIATE, 0x80 | function)
                .lun(lun)
                .word(16, tag())
                .word(20, referencedTag)
                .word(24, cmdSn)
                .word(28, expStatSn);
    }

    WirePdu nopOut(byte[] data) {
        return WirePdu.of(WirePdu.NOP_OUT | WirePdu.IMMEDIATE, 0x80)
                .word(16, tag())
                .word(20, WirePdu.NO_TAG)
                .word(24, cmdSn)
                .word(28, expStatSn)
                .with(data);
    }

    WirePdu logout(int reason) {
        return WirePdu.of(WirePdu.LOGOUT | WirePdu.IMMEDIATE, 0x80 | reason)
                .word(16, tag())
                .word(20, reason == 0 ? 0 : CID << 16)
                .word(24, cmdSn)
                .word(28, expStatSn);
    }

    WirePdu textRequest(String... pairs) {
        return WirePdu.of(WirePdu.TEXT, 0x80)
                .word(16, tag())
                .word(20, WirePdu.NO_TAG)
                .word(24, cmdSn++)
                .word(28, expStatSn)
                .with(text(List.of(pairs)));
    }

    // ---- whole commands ---------------------------------------------------------------------------------------------

    /** How a command ended: its last PDU, and the data that came. */
    record Answer(WirePdu last, byte[] data, List<WirePdu> pdus) {
        int status() {
            return last.status();
        }
    }

    /** Sends a command and hears it to its end; data is sent as R2Ts ask for it. */
    Answer run(WirePdu command, byte[] dataOut) {
        send(command);
        return finish(command, dataOut);
    }

    Answer run(WirePdu command) {
        return run(command, new byte[0]);
    }

    /** Hears a command that was sent to its end; what belongs to others is set aside. */
    Answer finish(WirePdu command, byte[] dataOut) {
        int tag = command.initiatorTaskTag();
        List<WirePdu> others = new ArrayList<>();
        List<WirePdu> own = new ArrayList<>();
        byte[] dataIn = new byte[0];
        while (true) {
            WirePdu pdu = receive();
            if (pdu.initiatorTaskTag() != tag || pdu.opcode() == WirePdu.REJECT) {
                assertTrue(pdu.opcode() != WirePdu.REJECT, () -> "rejected: " + pdu);
                others.add(pdu);
                continue;
            }
            own.add(pdu);
            if (pdu.opcode() == WirePdu.R2T) {
                answerR2t(pdu, dataOut);
                continue;
            }
            if (pdu.opcode() == WirePdu.DATA_IN) {
                assertEquals(dataIn.length, pdu.word(40), "Buffer Offset");
                dataIn = Arrays.copyOf(dataIn, dataIn.length + pdu.data().length);
                System.arraycopy(pdu.data(), 0, dataIn, dataIn.length - pdu.data().length, pdu.data().length);
            }
            if (pdu.opcode() == WirePdu.SCSI_RESPONSE || pdu.takesStatSn()) {
                others.forEach(setAside::add);
                return new Answer(pdu, dataIn, own);
            }
        }
    }

    /** Sends what an R2T asks for, in segments that the target takes. */
    void answerR2t(WirePdu r2t, byte[] dataOut) {
        int segment = Integer.parseInt(agreed.getOrDefault("MaxRecvDataSegmentLength", "8192"));
        int offset = r2t.word(40);
        int end = offset + r2t.word(44);
        for (int dataSn = 0; offset < end; dataSn++) {
            int bytes = Math.min(segment, end - offset);
            byte[] piece = Arrays.copyOfRange(dataOut, offset, offset + bytes);
            send(dataOut(r2t.initiatorTaskTag(), r2t.word(20), dataSn, offset, offset + bytes == end, piece));
            offset += bytes;
        }
    }

    /** TEST UNIT READY until no unit attention is left; gives their sense. */
    List<String> clearAttentions() {
        List<String> told = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Answer answer = run(testUnitReady());
            if (answer.status() == 0) {
                return told;
            }
            told.add(answer.last().sense());
        }
        return fail("unit attentions without end: " + told);
    }

    /** A NOP-Out and its answer: the target is there, and has dealt with all that was sent before. */
    void ping() {
        WirePdu ping = nopOut(new byte[0]);
        send(ping);
        List<WirePdu> others = new ArrayList<>();
        while (true) {
            WirePdu pdu = receive();
            if (pdu.opcode() == WirePdu.NOP_IN && pdu.initiatorTaskTag() == ping.initiatorTaskTag()) {
                others.forEach(setAside::add);
                return;
            }
            others.add(pdu);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
