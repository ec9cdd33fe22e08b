package dev.kume.core.nexus;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** iSCSI TransportIDs byte by byte, SPC-4 7.6.4.6. */
final class TransportIdTest {
    private static final ITNexus NEXUS = new ITNexus("iqn.1991-05.com.microsoft:n1", 0x4000_0137_0001L, "iqn.t", 1);

    @Test
    void nexusIsItsInitiatorPortPaddedToFour() {
        byte[] id = TransportId.of(NEXUS);
        byte[] text = "iqn.1991-05.com.microsoft:n1,i,0x400001370001".getBytes(StandardCharsets.US_ASCII);
        byte[] expected = new byte[4 + 48];
        expected[0] = 0x45;
        expected[3] = 48;
        System.arraycopy(text, 0, expected, 4, text.length);
        assertArrayEquals(expected, id);
    }

    @Test
    void textThatFillsItsWordsGetsANulAll() {
        ITNexus nexus = new ITNexus("iqn.1991-05.com.microsoft:n1234567", 1, "iqn.t", 1);
        byte[] id = TransportId.of(nexus);
        assertEquals(0, id.length % 4);
        assertEquals(0, id[id.length - 1]);
        assertEquals(id.length - 4, id[3]);
    }

    @Test
    void shortestNameHasTwentyBytes() {
        byte[] id = TransportId.of(new ITNexus("a", 1, "iqn.t", 1));
        assertEquals(24, id.length);
        assertEquals(20, id[3]);
    }

    @Test
    void portIsReadBackAndNormalised() {
        TransportId.Decoded decoded = TransportId.decode(ByteBuffer.wrap(TransportId.of(NEXUS)));
        assertEquals(new TransportId(NEXUS.initiatorName(), NEXUS.isid()), decoded.id());
        assertEquals(52, decoded.bytes());
        assertEquals(
                new TransportId("iqn.2026-11.x:a", 0xABL),
                decode(0x45, "IQN.2026-11.x:A,I,0XAB", 24).id());
    }

    @Test
    void deviceIsReadByItsName() {
        assertEquals(
                new TransportId("iqn.2026-11.x:a", null),
                decode(0x05, "iqn.2026-11.X:a", 20).id());
    }

    @Test
    void wrongFieldsAreNamed() {
        assertWrong(0, 3, HexFormat.of().parseHex("40" + "00".repeat(23)), "Fibre Channel");
        assertWrong(0, 7, bytes(0x85, "iqn.x:a", 20), "format 10b");
        assertWrong(2, -1, bytes(0x05, "iqn.x:a", 16), "less than 20 bytes");
        assertWrong(2, -1, bytes(0x05, "iqn.x:a", 21), "no multiple of 4");
        assertWrong(2, -1, Arrays.copyOf(bytes(0x05, "iqn.x:a", 24), 24), "beyond the list");
        assertWrong(4, -1, bytes(0x05, "iqn.x:aaaaaaaaaaaaaa", 20), "no NUL");
        assertWrong(4, -1, bytes(0x05, "", 20), "no name");
        assertWrong(4, -1, bytes(0x45, "iqn.2026-11.x:a", 20), "no port");
        assertWrong(4, -1, bytes(0x45, "iqn.2026-11.x:a,i,0x", 24), "no ISID");
        assertWrong(4, -1, bytes(0x45, "iqn.2026-11.x:a,i,0xg", 24), "no hex digit");
        assertWrong(4, -1, bytes(0x45, "iqn.2026-11.x:a,i,0x1234567890123", 40), "too many digits");
        assertWrong(4, -1, bytes(0x45, ",i,0x1", 20), "no name before the port");
        assertWrong(4, -1, bytes(0x05, "iqn.2026-11.x:a,i,0x1", 24), "a port in format 00b");
        assertWrong(4, -1, bytes(0x05, "i".repeat(224), 228), "a name of 224 bytes");
        assertWrong(0, -1, new byte[] {5, 0, 0}, "no header");
    }

    private static void assertWrong(int at, int bit, byte[] id, String what) {
        TransportId.Decoded decoded = TransportId.decode(ByteBuffer.wrap(id));
        assertNull(decoded.id(), what);
        assertEquals(at, decoded.at(), what);
        assertEquals(bit, decoded.bit(), what);
    }

    private static TransportId.Decoded decode(int first, String text, int additional) {
        return TransportId.decode(ByteBuffer.wrap(bytes(first, text, additional)));
    }

    private static byte[] bytes(int first, String text, int additional) {
        byte[] id = new byte[4 + additional];
        id[0] = (byte) first;
        id[3] = (byte) additional;
        byte[] name = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(name, 0, id, 4, Math.min(name.length, additional));
        return id;
    }
}
