package dev.kume.protocol.trace;

import dev.kume.protocol.pdu.Bhs;
import dev.kume.protocol.pdu.PduHeader;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;

/**
 * Writes a trace as a capture file that Wireshark, tshark and tcpdump read as iSCSI. One thread.
 *
 * <p>Each PDU is a TCP segment of its own, and one that is longer than an IP packet is several. What was not recorded
 * is treated as a capture treats it: a frame is as long as it was and its bytes end early, as if a snapshot length had
 * cut them. Sequence numbers count from 1 and are consistent; digests are left out, as on a session without them; a
 * port other than 3260 on the target's side is written as 3260, because that is how readers know the protocol.
 */
public final class PcapFile {
    /** The port that readers of captures know as iSCSI. */
    public static final int ISCSI_PORT = 3260;

    /** Larger than any frame's recorded bytes. */
    private static final int SNAPSHOT_BYTES = 262_144;

    /** Times in nanoseconds. */
    private static final int MAGIC = 0xA1B23C4D;

    private static final int FILE_HEADER_BYTES = 24;
    private static final int FRAME_HEADER_BYTES = 16;
    private static final int LINK_ETHERNET = 1;
    private static final int ETHERNET_BYTES = 14;
    private static final int TCP_BYTES = 20;
    private static final int IPV4_BYTES = 20;
    private static final int IPV6_BYTES = 40;
    private static final short TYPE_IPV4 = 0x0800;
    private static final short TYPE_IPV6 = (short) 0x86DD;
    private static final int PROTOCOL_TCP = 6;
    private static final int DO_NOT_FRAGMENT = 0x4000;
    private static final int HOPS = 64;
    private static final short PUSH_AND_ACK = 0x5018;
    private static final short WINDOW = -1;

    /** TCP payload of one frame: a packet's length has 16 bits. */
    private static final int SEGMENT_BYTES_MAX = 65_000;

    private final OutputStream out;
    private final ConnectionTrace trace;
    private final boolean ipv6;
    private int initiatorSequence = 1;
    private int targetSequence = 1;

    private PcapFile(OutputStream out, ConnectionTrace trace) {
        this.out = out;
        this.trace = trace;
        this.ipv6 = address(trace.peer()).length != address(trace.local()).length || address(trace.peer()).length > 4;
    }

    /**
     * Writes a trace; the caller closes the stream.
     *
     * @return PDUs that are in the file: those whose bytes are not to be trusted are left out, for a reader could not
     *     tell where they end
     */
    public static int write(ConnectionTrace trace, OutputStream out) throws IOException {
        PcapFile file = new PcapFile(out, trace);
        file.begin();
        int written = 0;
        for (RecordedPdu pdu : trace.pdus()) {
            if (!pdu.broken()) {
                file.add(pdu);
                written++;
            }
        }
        return written;
    }

    private void begin() throws IOException {
        ByteBuffer header = ByteBuffer.allocate(FILE_HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        header.putInt(MAGIC).putShort((short) 2).putShort((short) 4).putInt(0).putInt(0);
        header.putInt(SNAPSHOT_BYTES).putInt(LINK_ETHERNET);
        out.write(header.array());
    }

    private void add(RecordedPdu pdu) throws IOException {
        ByteBuffer recorded = recorded(pdu);
        long left = pdu.bhs().pduBytes();
        while (left > 0) {
            int segmentBytes = (int) Math.min(left, SEGMENT_BYTES_MAX);
            frame(pdu, recorded, segmentBytes);
            left -= segmentBytes;
            recorded.position(recorded.limit());
        }
    }

    /** The bytes that are known, up to the first gap. */
    private static ByteBuffer recorded(RecordedPdu pdu) {
        Bhs bhs = pdu.bhs();
        int behind = bhs.totalAhsBytes() > 0 ? bhs.totalAhsBytes() : bhs.dataSegmentLength();
        int extra = Math.min(pdu.extra().length, behind);
        ByteBuffer bytes = ByteBuffer.allocate(PduHeader.SIZE_BYTES + extra);
        return bytes.put(pdu.header()).put(pdu.extra(), 0, extra).flip();
    }

    private void frame(RecordedPdu pdu, ByteBuffer payload, int segmentBytes) throws IOException {
        int headers = ETHERNET_BYTES + (ipv6 ? IPV6_BYTES : IPV4_BYTES) + TCP_BYTES;
        Instant time = trace.began().plusNanos(pdu.atNanos());
        ByteBuffer frame = ByteBuffer.allocate(FRAME_HEADER_BYTES + headers + payload.remaining());
        frame.order(ByteOrder.LITTLE_ENDIAN)
                .putInt((int) time.getEpochSecond())
                .putInt(time.getNano())
                .putInt(headers + payload.remaining())
                .putInt(headers + segmentBytes);
        frame.order(ByteOrder.BIG_ENDIAN);
        ethernet(frame, pdu.received());
        if (ipv6) {
            ipv6(frame, pdu.received(), TCP_BYTES + segmentBytes);
        } else {
            ipv4(frame, pdu.received(), IPV4_BYTES + TCP_BYTES + segmentBytes);
        }
        tcp(frame, pdu.received(), segmentBytes);
        frame.put(payload.duplicate());
        out.write(frame.array());
    }

    /** Locally administered addresses that end in 1 for the initiator and in 2 for the target. */
    private static void ethernet(ByteBuffer frame, boolean received) {
        long initiator = 0x02_00_00_00_00_01L;
        long target = 0x02_00_00_00_00_02L;
        putMac(frame, received ? target : initiator);
        putMac(frame, received ? initiator : target);
    }

    private static void putMac(ByteBuffer frame, long mac) {
        frame.putShort((short) (mac >>> 32)).putInt((int) mac);
    }

    private void ipv4(ByteBuffer frame, boolean received, int totalBytes) {
        frame.putShort(TYPE_IPV4);
        int at = frame.position();
        frame.putShort((short) 0x4500).putShort((short) totalBytes).putShort((short) 0);
        frame.putShort((short) DO_NOT_FRAGMENT)
                .put((byte) HOPS)
                .put((byte) PROTOCOL_TCP)
                .putShort((short) 0);
        frame.put(address(received ? trace.peer() : trace.local()));
        frame.put(address(received ? trace.local() : trace.peer()));
        frame.putShort(at + 10, checksum(frame, at));
    }

    /** RFC 1071 over the 20 bytes of an IPv4 header. */
    private static short checksum(ByteBuffer frame, int at) {
        int sum = 0;
        for (int i = 0; i < IPV4_BYTES; i += 2) {
            sum += frame.getShort(at + i) & 0xFFFF;
        }
        sum = (sum & 0xFFFF) + (sum >>> 16);
        sum = (sum & 0xFFFF) + (sum >>> 16);
        return (short) ~sum;
    }

    private void ipv6(ByteBuffer frame, boolean received, int payloadBytes) {
        frame.putShort(TYPE_IPV6);
        frame.putInt(0x6000_0000)
                .putShort((short) payloadBytes)
                .put((byte) PROTOCOL_TCP)
                .put((byte) HOPS);
        frame.put(sixteenBytes(received ? trace.peer() : trace.local()));
        frame.put(sixteenBytes(received ? trace.local() : trace.peer()));
    }

    private static byte[] address(InetSocketAddress address) {
        InetAddress ip = address.getAddress();
        return ip == null ? new byte[4] : ip.getAddress();
    }

    /** An IPv4 address beside an IPv6 one is written as ::ffff:a.b.c.d. */
    private static byte[] sixteenBytes(InetSocketAddress address) {
        byte[] bytes = address(address);
        if (bytes.length == 16) {
            return bytes;
        }
        return ByteBuffer.allocate(16).putLong(0).putInt(0xFFFF).put(bytes).array();
    }

    private void tcp(ByteBuffer frame, boolean received, int payloadBytes) {
        short initiatorPort = (short) trace.peer().getPort();
        frame.putShort(received ? initiatorPort : (short) ISCSI_PORT);
        frame.putShort(received ? (short) ISCSI_PORT : initiatorPort);
        frame.putInt(received ? initiatorSequence : targetSequence);
        frame.putInt(received ? targetSequence : initiatorSequence);
        // Without its data a segment has no checksum: zero, which readers do not check unless told to.
        frame.putShort(PUSH_AND_ACK).putShort(WINDOW).putInt(0);
        if (received) {
            initiatorSequence += payloadBytes;
        } else {
            targetSequence += payloadBytes;
        }
    }
}
