package dev.kume.protocol.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kume.protocol.server.RawInitiator.Answer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** D_SENSE of the control mode page rules the sense data of every session, and REQUEST SENSE follows its own bit. */
final class SenseFormatTest {
    /** INVALID FIELD IN CDB that points at byte 2, behind the length of the sense data. */
    private static final String FIXED = "0012" + "700005000000000a" + "00000000" + "2400" + "00" + "c00002";

    private static final String DESCRIPTOR = "0010" + "7205240000000008" + "02060000" + "c0000200";
    private static final String CONTROL = "00000000" + "0a0a%s100000" + "0000" + "ffff" + "0000";

    private static void descriptorSense(RawInitiator initiator, boolean on) {
        byte[] list = HexFormat.of().parseHex(CONTROL.formatted(on ? "06" : "02"));
        byte[] cdb = new byte[16];
        cdb[0] = 0x15;
        cdb[1] = 0x10;
        cdb[4] = (byte) list.length;
        assertEquals(
                0,
                initiator
                        .run(initiator.command(0, 0xA1, list.length, cdb), list)
                        .status());
    }

    /** The data segment of the answer to INQUIRY of a page that does not exist. */
    private static String refusal(RawInitiator initiator) {
        byte[] cdb = new byte[16];
        cdb[0] = 0x12;
        cdb[2] = 0x20;
        Answer answer = initiator.run(initiator.command(0, 0xC1, 255, cdb));
        assertEquals(2, answer.status());
        return HexFormat.of().formatHex(answer.last().data());
    }

    private static String requestSense(RawInitiator initiator, int descriptorBit) {
        byte[] cdb = new byte[16];
        cdb[0] = 0x03;
        cdb[1] = (byte) descriptorBit;
        cdb[4] = (byte) 0xFC;
        Answer answer = initiator.run(initiator.command(0, 0xC1, 252, cdb));
        assertEquals(0, answer.status());
        return HexFormat.of().formatHex(answer.data());
    }

    @Test
    void everySessionOfEveryTargetSeesTheFormatThatOneOfThemHasSelected() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator first = rig.session();
            RawInitiator other = rig.otherSession();
            assertEquals(FIXED, refusal(first));
            assertEquals(FIXED, refusal(other));
            descriptorSense(first, true);
            assertEquals("7206", attention(other).substring(4, 8), "the news of the change come in the new format");
            assertEquals(DESCRIPTOR, refusal(first));
            assertEquals(DESCRIPTOR, refusal(other));
            descriptorSense(other, false);
            assertEquals("7000062a01", shortened(attention(first)));
            assertEquals(FIXED, refusal(first));
            assertEquals(FIXED, refusal(other));
        }
    }

    @Test
    void requestSenseHasTheFormatThatItAsksFor() throws Exception {
        try (Rig rig = Rig.standard()) {
            RawInitiator initiator = rig.session();
            for (boolean on : new boolean[] {true, false}) {
                descriptorSense(initiator, on);
                assertEquals("7000000000", requestSense(initiator, 0).substring(0, 10));
                assertEquals("7200000000000000", requestSense(initiator, 1));
            }
        }
    }

    private static String attention(RawInitiator initiator) {
        Answer answer = initiator.run(initiator.testUnitReady());
        assertEquals(2, answer.status());
        return HexFormat.of().formatHex(answer.last().data());
    }

    /** Response code, sense key, ASC and ASCQ of fixed-format sense data behind its length. */
    private static String shortened(String segment) {
        return segment.substring(4, 10) + segment.substring(28, 32);
    }
}
