package dev.kume.protocol.trace;

import dev.kume.core.Clock;
import dev.kume.core.scsi.ScsiStatus;
import dev.kume.protocol.pdu.Bhs;
import dev.kume.protocol.pdu.Opcode;
import dev.kume.protocol.pdu.PduHeader;
import dev.kume.protocol.pdu.ScsiResponsePdu;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The last PDUs of one connection: headers, and with them the CDBs. Confined to the connection's loop.
 *
 * <p>Data segments are left out, so that neither a disk's contents nor what a login says can ever be in a trace. Two
 * things beside the basic header are kept, at most {@value RecordedPdu#EXTRA_BYTES_MAX} bytes: the additional headers
 * of a SCSI Command, which extend its CDB, and the sense data of a SCSI Response, which say why a command failed.
 *
 * <p>The ring begins small and grows with what is recorded: a discovery session or an idle one costs little. Once it
 * has its full size a PDU is copied and nothing is allocated.
 */
public final class FlightRecorder {
    private static final int FIRST_PDUS = 16;

    // A slot, in longs: Netty copies bytes out of a direct buffer through a new object each time, and longs without.
    private static final int AT_NANOS = 0;
    private static final int FLAGS = 1;
    private static final int HEADER = 2;
    private static final int HEADER_LONGS = PduHeader.SIZE_BYTES / Long.BYTES;
    private static final int EXTRA = HEADER + HEADER_LONGS;
    private static final int SLOT_LONGS = EXTRA + RecordedPdu.EXTRA_BYTES_MAX / Long.BYTES;

    // Flags; the number of extra bytes stands above them.
    private static final int RECEIVED = 1;
    private static final int BROKEN = 2;
    private static final int EXTRA_SHIFT = 8;

    private final Clock clock;
    private final long beganNanos;
    private final int pdusMax;
    private final Bhs bhs = new Bhs();
    private final ScsiResponsePdu response = new ScsiResponsePdu();
    private long[] slots = {};
    private int capacity;
    private int next;
    private long seen;
    private int digestBytes;

    /** @param pdusMax how many PDUs are kept; 0 records nothing */
    public FlightRecorder(Clock clock, int pdusMax) {
        this.clock = clock;
        this.beganNanos = clock.nanoTime();
        this.pdusMax = pdusMax;
    }

    /** From the next PDU on, a header digest of so many bytes stands between the target's headers and their data. */
    public void headerDigest(int bytes) {
        digestBytes = bytes;
    }

    /** A header has come in whose digest, where there is one, was right; its additional headers lie behind it. */
    public void received(ByteBuf buffer, int offsetBytes) {
        if (pdusMax == 0) {
            return;
        }
        int slot = take(buffer, offsetBytes, RECEIVED);
        Bhs header = bhs.wrap(buffer, offsetBytes);
        if (header.totalAhsLength() > 0 && header.opcode() == Opcode.SCSI_COMMAND) {
            keepExtra(slot, buffer, offsetBytes + PduHeader.SIZE_BYTES, header.totalAhsBytes());
        }
    }

    /** Bytes have come in where a header should be, and the stream cannot be trusted from here on. */
    public void receivedBroken(ByteBuf buffer, int offsetBytes) {
        if (pdusMax > 0) {
            take(buffer, offsetBytes, RECEIVED | BROKEN);
        }
    }

    /** A PDU is on its way out, whole. */
    public void sent(ByteBuf buffer, int offsetBytes) {
        if (pdusMax == 0) {
            return;
        }
        int slot = take(buffer, offsetBytes, 0);
        if (bhs.wrap(buffer, offsetBytes).opcode() == Opcode.SCSI_RESPONSE
                && response.wrap(bhs).status() == ScsiStatus.CHECK_CONDITION) {
            int dataAt = offsetBytes + PduHeader.SIZE_BYTES + digestBytes;
            keepExtra(slot, buffer, dataAt, response.dataSegmentLength());
        }
    }

    private int take(ByteBuf buffer, int offsetBytes, int flags) {
        if (next == capacity) {
            turn();
        }
        int slot = next * SLOT_LONGS;
        slots[slot + AT_NANOS] = clock.nanoTime() - beganNanos;
        slots[slot + FLAGS] = flags;
        for (int i = 0; i < HEADER_LONGS; i++) {
            slots[slot + HEADER + i] = buffer.getLong(offsetBytes + i * Long.BYTES);
        }
        next++;
        seen++;
        return slot;
    }

    /** The ring is full up to its end: it grows, or it is gone through again. */
    private void turn() {
        if (capacity == pdusMax) {
            next = 0;
        } else {
            capacity = Math.min(pdusMax, Math.max(FIRST_PDUS, 2 * capacity));
            slots = Arrays.copyOf(slots, capacity * SLOT_LONGS);
        }
    }

    private void keepExtra(int slot, ByteBuf buffer, int offsetBytes, int bytes) {
        int kept = Math.min(bytes, RecordedPdu.EXTRA_BYTES_MAX);
        Arrays.fill(slots, slot + EXTRA, slot + SLOT_LONGS, 0);
        for (int i = 0; i < kept; i++) {
            long value = buffer.getUnsignedByte(offsetBytes + i);
            slots[slot + EXTRA + i / Long.BYTES] |= value << (Long.SIZE - Byte.SIZE - i % Long.BYTES * Byte.SIZE);
        }
        slots[slot + FLAGS] |= (long) kept << EXTRA_SHIFT;
    }

    /** PDUs that the connection has seen; those beyond the ring's size are forgotten. */
    public long seen() {
        return seen;
    }

    /** PDUs that there is memory for at the moment. */
    int capacityPdus() {
        return capacity;
    }

    /** What is recorded at the moment, oldest first. */
    public List<RecordedPdu> pdus() {
        int kept = (int) Math.min(seen, capacity);
        int oldest = kept < capacity || capacity == 0 ? 0 : next % capacity;
        List<RecordedPdu> pdus = new ArrayList<>(kept);
        for (int i = 0; i < kept; i++) {
            pdus.add(pdu((oldest + i) % capacity * SLOT_LONGS));
        }
        return pdus;
    }

    private RecordedPdu pdu(int slot) {
        long flags = slots[slot + FLAGS];
        ByteBuffer bytes = ByteBuffer.allocate((SLOT_LONGS - HEADER) * Long.BYTES);
        bytes.asLongBuffer().put(slots, slot + HEADER, SLOT_LONGS - HEADER);
        byte[] header = Arrays.copyOf(bytes.array(), PduHeader.SIZE_BYTES);
        int end = PduHeader.SIZE_BYTES + (int) (flags >> EXTRA_SHIFT);
        byte[] extra = Arrays.copyOfRange(bytes.array(), PduHeader.SIZE_BYTES, end);
        return new RecordedPdu(slots[slot + AT_NANOS], (flags & RECEIVED) != 0, (flags & BROKEN) != 0, header, extra);
    }
}
