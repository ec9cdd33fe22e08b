package dev.kume.protocol.trace;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kume.protocol.pdu.DataInPdu;
import dev.kume.protocol.pdu.NopOutPdu;
import dev.kume.protocol.pdu.PduHeader;
import dev.kume.protocol.pdu.ScsiResponsePdu;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PcapFileTest {
    private static final Instant BEGAN = Instant.parse("2026-11-23T07:00:00.5Z");
    private static final int IPV4_HEADERS_BYTES = 14 + 20 + 20;
    private static final int IPV6_HEADERS_BYTES = 14 + 40 + 20;

    /** @param bytes those that are in the file, of {@code frameBytes} there were */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Frame(int frameBytes, byte[] bytes) {
        private int sequence() {
            return ByteBuffer.wrap(bytes).getInt(14 + 20 + 4);
        }

        private int acknowledged() {
            return ByteBuffer.wrap(bytes).getInt(14 + 20 + 8);
        }

        private int ipBytes() {
            return ByteBuffer.wrap(bytes).getShort(14 + 2) & 0xFFFF;
        }
    }

    private final ByteBuf header = Unpooled.wrappedBuffer(new byte[PduHeader.SIZE_BYTES]);

    @Test
    void aPingIsWrittenByteForByte() throws IOException {
        new NopOutPdu().wrap(header, 0).begin().immediate(true).initiatorTaskTag(0x11);
        new NopOutPdu().wrap(header, 0).targetTransferTag(-1).cmdSn(5).expStatSn(6);
        byte[] file = write(pdu(700_000_001, true));
        assertEquals(
                // Little-endian; times in nanoseconds; version 2.4; snapshot length; Ethernet.
                "4d3cb2a1" + "02000400" + "00000000" + "00000000" + "00000400" + "01000000"
                        // The frame: seconds, nanoseconds, bytes in the file, bytes there were.
                        + "71e4036b" + "01c2eb0b" + "66000000" + "66000000"
                        + "020000000002" + "020000000001" + "0800"
                        + "45000058" + "00004000" + "4006269e" + "0a000001" + "0a000002"
                        + "c3500cbc" + "00000001" + "00000001" + "5018ffff" + "00000000"
                        + "40800000" + "00000000" + "0000000000000000" + "00000011" + "ffffffff"
                        + "00000005" + "00000006" + "00000000000000000000000000000000",
                HexFormat.of().formatHex(file));
    }

    @Test
    void aDataSegmentIsMissingAsBehindASnapshotLength() throws IOException {
        new DataInPdu().wrap(header, 0).begin().dataSegmentLength(513);
        List<Frame> frames = frames(write(pdu(0, false)));
        assertEquals(1, frames.size());
        assertEquals(IPV4_HEADERS_BYTES + 48 + 516, frames.getFirst().frameBytes());
        assertEquals(IPV4_HEADERS_BYTES + 48, frames.getFirst().bytes().length);
        assertEquals(20 + 20 + 48 + 516, frames.getFirst().ipBytes());
    }

    @Test
    void aLongPduIsSeveralSegmentsThatFollowEachOther() throws IOException {
        new DataInPdu().wrap(header, 0).begin().dataSegmentLength(262_144);
        List<Frame> frames = frames(write(pdu(0, false), pdu(1, true)));
        int tcpBytes = 0;
        for (Frame frame : frames.subList(0, 5)) {
            assertEquals(1 + tcpBytes, frame.sequence());
            assertEquals(frame.frameBytes() - 14, frame.ipBytes());
            tcpBytes += frame.frameBytes() - IPV4_HEADERS_BYTES;
        }
        assertEquals(48 + 262_144, tcpBytes);
        assertEquals(IPV4_HEADERS_BYTES + 48, frames.getFirst().bytes().length);
        assertEquals(IPV4_HEADERS_BYTES, frames.get(1).bytes().length);
        assertEquals(10, frames.size());
        assertEquals(1, frames.get(5).sequence());
        assertEquals(1 + tcpBytes, frames.get(5).acknowledged());
    }

    @Test
    void senseDataStandsBehindItsHeader() throws IOException {
        new ScsiResponsePdu().wrap(header, 0).begin().status(2).dataSegmentLength(20);
        byte[] sense = new byte[20];
        Arrays.fill(sense, (byte) 0x77);
        List<Frame> frames = frames(write(new RecordedPdu(0, false, false, headerBytes(), sense)));
        byte[] bytes = frames.getFirst().bytes();
        assertEquals(frames.getFirst().frameBytes(), bytes.length);
        assertArrayEquals(sense, Arrays.copyOfRange(bytes, bytes.length - 20, bytes.length));
    }

    @Test
    void aBrokenHeaderIsLeftOut() throws IOException {
        RecordedPdu broken = new RecordedPdu(0, true, true, headerBytes(), new byte[0]);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertEquals(1, PcapFile.write(trace("10.0.0.1", "10.0.0.2", pdu(0, true), broken), out));
        assertEquals(1, frames(out.toByteArray()).size());
    }

    @Test
    void overIpv6TheFramesAreIpv6() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PcapFile.write(trace("fd00::1", "fd00::2", pdu(0, true)), out);
        Frame frame = frames(out.toByteArray()).getFirst();
        assertEquals(IPV6_HEADERS_BYTES + 48, frame.bytes().length);
        assertEquals(
                "86dd" + "60000000" + "0044" + "0640" + "fd000000000000000000000000000001"
                        + "fd000000000000000000000000000002" + "c3500cbc",
                HexFormat.of().formatHex(frame.bytes(), 12, 14 + 40 + 4));
    }

    private RecordedPdu pdu(long atNanos, boolean received) {
        return new RecordedPdu(atNanos, received, false, headerBytes(), new byte[0]);
    }

    private byte[] headerBytes() {
        byte[] bytes = new byte[PduHeader.SIZE_BYTES];
        header.getBytes(0, bytes);
        return bytes;
    }

    private static byte[] write(RecordedPdu... pdus) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertEquals(pdus.length, PcapFile.write(trace("10.0.0.1", "10.0.0.2", pdus), out));
        return out.toByteArray();
    }

    private static ConnectionTrace trace(String peer, String local, RecordedPdu... pdus) throws IOException {
        return new ConnectionTrace(
                7,
                BEGAN,
                new InetSocketAddress(InetAddress.getByName(peer), 50_000),
                new InetSocketAddress(InetAddress.getByName(local), 13_260),
                null,
                null,
                pdus.length,
                List.of(pdus));
    }

    private static List<Frame> frames(byte[] file) {
        ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).position(24);
        List<Frame> frames = new ArrayList<>();
        while (in.hasRemaining()) {
            in.position(in.position() + 8);
            byte[] bytes = new byte[in.getInt()];
            int frameBytes = in.getInt();
            in.get(bytes);
            frames.add(new Frame(frameBytes, bytes));
        }
        return frames;
    }
}
