package dev.kume.protocol.pdu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import org.junit.jupiter.api.Test;

/** Headers and digests are on the path of every command: they allocate nothing. */
final class PduAllocationTest {
    private static final int ROUNDS = 20_000;

    /** Without leak detection, which takes a stack trace for each access where it is paranoid. */
    private final ByteBuf buffer = new UnpooledByteBufAllocator(true, true).directBuffer(4_096);

    private final Bhs bhs = new Bhs();
    private final ScsiCommandPdu command = new ScsiCommandPdu();
    private final DataInPdu dataIn = new DataInPdu();
    private final R2tPdu r2t = new R2tPdu();
    private final AdditionalHeaders additional = new AdditionalHeaders();
    private final Digests digests = new Digests();
    private final byte[] cdb = new byte[16];

    @Test
    void readingAndWritingHeadersAllocatesNothing() throws ReflectiveOperationException {
        buffer.writeZero(4_096);
        long checksum = round(ROUNDS);
        long before = allocatedBytesOfThisThread();
        checksum += round(ROUNDS);
        long allocatedBytes = allocatedBytesOfThisThread() - before;
        buffer.release();
        assertEquals(2L * ROUNDS, checksum);
        assertTrue(allocatedBytes < ROUNDS, allocatedBytes + " bytes in " + ROUNDS + " rounds");
    }

    /** One command and its answers; counts the rounds whose digests match. */
    private long round(int rounds) {
        long matches = 0;
        for (int round = 0; round < rounds; round++) {
            command.wrap(buffer, 0).begin().finalBit(true).readBit(true).expectedDataTransferLength(4_096);
            command.lun(Lun.raw(round & 255))
                    .initiatorTaskTag(round)
                    .cmdSn(round)
                    .cdb(cdb);
            bhs.wrap(buffer, 0);
            assert Opcode.SCSI_COMMAND == bhs.opcode() && Lun.number(bhs.lun()) == (round & 255);
            command.wrap(bhs).copyCdb(cdb);
            additional.wrap(buffer, PduHeader.SIZE_BYTES, command.totalAhsBytes());
            dataIn.wrap(buffer, 512)
                    .begin()
                    .finalBit(true)
                    .statusBit(true)
                    .dataSegmentLength(512)
                    .dataSn(round);
            r2t.wrap(buffer, 1_024).begin().r2tSn(round).desiredDataTransferLength(65_536);
            Digests.write(buffer, 560, digests.of(buffer, 512, PduHeader.SIZE_BYTES));
            matches += digests.matches(buffer, 512, PduHeader.SIZE_BYTES) ? 1 : 0;
        }
        return matches;
    }

    /** By reflection, because the module does not read jdk.management. */
    private static long allocatedBytesOfThisThread() throws ReflectiveOperationException {
        Object threads = Class.forName("java.lang.management.ManagementFactory")
                .getMethod("getThreadMXBean")
                .invoke(null);
        return (long) Class.forName("com.sun.management.ThreadMXBean")
                .getMethod("getCurrentThreadAllocatedBytes")
                .invoke(threads);
    }
}
