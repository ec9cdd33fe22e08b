package dev.kume.protocol.login;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.core.Limits;
import dev.kume.core.Limits.Limit;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TextBufferTest {
    private static final Limits LIMITS = Limits.of(Map.of(Limit.TEXT_BYTES, 8_192L, Limit.TEXT_KEYS, 32L));

    @Test
    void pairsComeInTheirOrder() {
        assertEquals(
                List.of(new KeyValue("A", "1"), new KeyValue("B", ""), new KeyValue("C", "x=y,z")),
                parse("A=1\0B=\0C=x=y,z\0"));
    }

    @Test
    void noTextHasNoPairs() {
        assertEquals(List.of(), parse(""));
    }

    @Test
    void paddingCountedAsTextIsPassedOver() {
        assertEquals(List.of(new KeyValue("A", "1")), parse("A=1\0\0\0\0"));
    }

    @Test
    void bufferIsEmptyAfterItWasTaken() {
        TextBuffer buffer = new TextBuffer(LIMITS);
        append(buffer, "A=1\0".getBytes(StandardCharsets.UTF_8));
        buffer.take();
        assertTrue(buffer.isEmpty());
        assertEquals(List.of(), buffer.take());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "A=1|the last key=value pair does not end in a NUL",
                "abc0|a pair of 3 bytes has no '='",
                "=10|a key is not a label of 1 to 63 characters: \"\"",
                "A B=10|a key is not a label of 1 to 63 characters: \"A B\"",
                "A=a\t0|the value of A has control characters",
                "-A=10|a key is not a label of 1 to 63 characters: \"-A\""
            })
    void wrongTextSaysWhatIsWrong(String text, String message) {
        String given = text.endsWith("0") ? text.substring(0, text.length() - 1) + "\0" : text.replace("\\t", "\t");
        assertEquals(message, wrong(given.replace("\\t", "\t").getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void keysHaveAtMost63Characters() {
        String key = "K".repeat(63);
        assertEquals(List.of(new KeyValue(key, "1")), parse(key + "=1\0"));
        assertThrows(TextException.class, () -> parse("K" + key + "=1\0"));
    }

    @Test
    void valuesOfKnownKeysHaveAtMost255BytesForEachElement() {
        assertEquals(1, parse("InitiatorAlias=" + "a".repeat(255) + "\0").size());
        assertThrows(TextException.class, () -> parse("InitiatorAlias=" + "a".repeat(256) + "\0"));
        assertThrows(TextException.class, () -> parse("InitiatorAlias=" + "\u00fc".repeat(128) + "\0"));
        assertEquals(
                1,
                parse("HeaderDigest=" + "a".repeat(255) + "," + "b".repeat(255) + "\0")
                        .size());
    }

    @Test
    void bytesThatAreNotUtf8() {
        assertEquals("a key=value pair is not UTF-8", wrong(new byte[] {'A', '=', (byte) 0xC3, 0}));
    }

    @Test
    void keysAndBytesAreBounded() {
        assertEquals(32, parse("A=1\0".repeat(32)).size());
        assertEquals(
                "more than 32 keys in one exchange", wrong("A=1\0".repeat(33).getBytes(StandardCharsets.UTF_8)));
        assertEquals("more than 8192 bytes of text in one exchange", wrong(new byte[8_193]));
    }

    @Test
    void anyBytesAreParsedOrRefused() {
        Random random = new Random(20_261_123);
        byte[] alphabet = "AZaz09=\0,.-+@_#X \u00fc~\n".getBytes(StandardCharsets.UTF_8);
        int parsed = 0;
        for (int trial = 0; trial < 50_000; trial++) {
            byte[] bytes = new byte[random.nextInt(120)];
            random.nextBytes(bytes);
            if (random.nextInt(10) != 0) {
                for (int at = 0; at < bytes.length; at++) {
                    bytes[at] = alphabet[random.nextInt(alphabet.length)];
                }
            }
            TextBuffer buffer = new TextBuffer(LIMITS);
            try {
                int cut = bytes.length == 0 ? 0 : random.nextInt(bytes.length);
                ByteBuf text = Unpooled.wrappedBuffer(bytes);
                buffer.append(text, 0, cut);
                buffer.append(text, cut, bytes.length - cut);
                assertTrue(buffer.take().size() <= 32);
                parsed++;
            } catch (TextException e) {
                assertEquals(1, String.valueOf(e.getMessage()).lines().count(), e.getMessage());
            }
        }
        assertTrue(parsed > 100, "texts that were legal: " + parsed);
    }

    /** Legal-looking logins with one byte changed: the state machine never throws and always ends bounded. */
    @Test
    void anyLoginEndsInADecision() {
        Random random = new Random(7_143);
        byte[] legal =
                TestInitiator.text(TestInitiator.NAME, TestInitiator.TARGET, "AuthMethod=None", "InitiatorAlias=node1");
        for (int trial = 0; trial < 4_000; trial++) {
            TestInitiator initiator = new TestInitiator(LIMITS);
            byte[] text = legal.clone();
            for (int change = random.nextInt(4); change > 0; change--) {
                text[random.nextInt(text.length)] = (byte) random.nextInt(256);
            }
            int requests = 0;
            LoginResult result;
            do {
                result = initiator.send(random.nextInt(2), random.nextInt(5) - 1, random.nextBoolean(), text);
                requests++;
            } while (result instanceof LoginResult.Answer && requests < 200);
            assertTrue(requests < 200, "endless");
        }
    }

    private static List<KeyValue> parse(String text) {
        TextBuffer buffer = new TextBuffer(LIMITS);
        append(buffer, text.getBytes(StandardCharsets.UTF_8));
        return buffer.take();
    }

    private static String wrong(byte[] text) {
        TextBuffer buffer = new TextBuffer(LIMITS);
        return String.valueOf(assertThrows(TextException.class, () -> {
                    append(buffer, text);
                    buffer.take();
                })
                .getMessage());
    }

    private static void append(TextBuffer buffer, byte[] text) {
        buffer.append(Unpooled.wrappedBuffer(text), 0, text.length);
    }
}
