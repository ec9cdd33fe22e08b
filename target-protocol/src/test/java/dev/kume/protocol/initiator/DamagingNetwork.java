package dev.kume.protocol.initiator;

import dev.kume.protocol.pdu.Bhs;
import dev.kume.protocol.pdu.Digests;
import dev.kume.protocol.pdu.Opcode;
import dev.kume.protocol.pdu.PduHeader;
import io.netty.buffer.ByteBuf;
import java.util.Random;

/**
 * A network that flips a bit now and then, where a digest covers it, and waits after each one until somebody has
 * noticed: so each one can be counted. Confined to the loop of its session.
 */
final class DamagingNetwork implements WireFilter, SessionListener {
    private final Random random;
    private final boolean headers;
    private final boolean data;
    private final int oneIn;
    private boolean armed;
    int damagedHeaders;
    int damagedAdditionalHeaders;
    int damagedData;
    int damagedCommands;
    int damagedAnswers;

    /** @param oneIn of so many PDUs one is damaged, as long as nobody waits for the effect of another */
    DamagingNetwork(Random random, boolean headers, boolean data, int oneIn) {
        this.random = random;
        this.headers = headers;
        this.data = data;
        this.oneIn = oneIn;
    }

    @Override
    public void onLoggedIn(InitiatorSession session) {
        armed = true;
    }

    @Override
    public void onLost(InitiatorSession session, InitiatorException why) {
        armed = false;
    }

    @Override
    public void onReject(InitiatorSession session, int reason) {
        armed = true;
    }

    int damaged() {
        return damagedHeaders + damagedCommands + damagedData + damagedAnswers;
    }

    @Override
    public void outgoing(ByteBuf pdu) {
        Bhs bhs = new Bhs().wrap(pdu, 0);
        boolean rare = headers && bhs.totalAhsBytes() > 0 && damagedAdditionalHeaders == 0;
        if (!armed || !isDue(rare)) {
            return;
        }
        int headerBytes = PduHeader.SIZE_BYTES + bhs.totalAhsBytes() + (headers ? Digests.SIZE_BYTES : 0);
        boolean hasData = bhs.opcode() == Opcode.SCSI_COMMAND || bhs.opcode() == Opcode.DATA_OUT;
        if (data && hasData && bhs.dataSegmentLength() > 0 && (!headers || random.nextInt(3) > 0)) {
            // Data, padding and digest.
            flip(pdu, headerBytes, pdu.writerIndex());
            if (bhs.opcode() == Opcode.SCSI_COMMAND) {
                damagedCommands++;
            } else {
                damagedData++;
            }
            armed = false;
        } else if (headers) {
            if (bhs.totalAhsBytes() > 0) {
                damagedAdditionalHeaders++;
                flip(pdu, PduHeader.SIZE_BYTES, headerBytes);
            } else {
                flip(pdu, 0, headerBytes);
            }
            damagedHeaders++;
            armed = false;
        }
    }

    @Override
    public void incoming(ByteBuf bytes) {
        // Only where both digests cover everything is it sure to be noticed, wherever the bytes are cut.
        if (armed && headers && data && isDue(damagedAnswers == 0 && random.nextInt(4) == 0)) {
            flip(bytes, bytes.readerIndex(), bytes.writerIndex());
            damagedAnswers++;
            armed = false;
        }
    }

    /** How connections are cut is chance; what is rare is damaged the first time, so that no run goes without it. */
    private boolean isDue(boolean rare) {
        return oneIn < Integer.MAX_VALUE && (rare || random.nextInt(oneIn) == 0);
    }

    private void flip(ByteBuf buffer, int from, int end) {
        int at = from + random.nextInt(end - from);
        buffer.setByte(at, buffer.getByte(at) ^ 1 << random.nextInt(8));
    }
}
