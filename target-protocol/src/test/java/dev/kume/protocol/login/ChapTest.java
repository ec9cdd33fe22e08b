package dev.kume.protocol.login;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 1994 section 4.1 against values that openssl has computed, and the encodings of RFC 7143 section 6.1. */
final class ChapTest {
    private static final ChapCredential CREDENTIAL = new ChapCredential("node", "in-secret-0123".getBytes(US_ASCII));

    @ParameterizedTest
    @CsvSource({
        "MD5, 000102030405060708090a0b0c0d0e0f, 6dd60b99285ed02ee565c417ffaf4f3d",
        "SHA_256, 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f,"
                + "d1a33da68cc7c3d51ff0c801d334ccf77c3de8102e2d746cf531a4afdba449d3",
        "SHA3_256, 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f,"
                + "cca0c498f704671a55c00aa30b8f817737ec7f06a7d74c2f7e77b22bed33978a"
    })
    void responseIsTheDigestOverIdentifierSecretAndChallenge(
            ChapAlgorithm algorithm, String challenge, String response) {
        byte[] computed = Chap.response(algorithm, 7, CREDENTIAL, HexFormat.of().parseHex(challenge));
        assertEquals(response, HexFormat.of().formatHex(computed));
        assertEquals(algorithm.responseBytes(), computed.length);
    }

    @ParameterizedTest
    @CsvSource({
        "0x00ff10, 00ff10",
        "0X00FF10, 00ff10",
        "0xAbCd, abcd",
        "0bAP8Q, 00ff10",
        "0BAP8Q, 00ff10",
        "0bAP8=, 00ff",
        "0bAA==, 00"
    })
    void hexadecimalAndBase64InBothCases(String text, String bytes) {
        assertArrayEquals(HexFormat.of().parseHex(bytes), Chap.decode(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0",
                "0x",
                "0b",
                "0x0",
                "0x0g",
                "0x 0",
                "0x+1",
                "00ff",
                "x00ff",
                "0c00ff",
                "0bAP8",
                "0bAP8==",
                "0bAP9=",
                "0bAP8-",
                "0bAP 8",
                "0bAP8Q\n",
                "0b=",
                "5",
                "0x٠٠"
            })
    void whatIsNoBinaryValue(String text) {
        assertNull(Chap.decode(text));
    }

    @Test
    void longestValueIsOf1024Bytes() {
        byte[] longest = new byte[1_024];
        assertArrayEquals(longest, Chap.decode("0x" + "00".repeat(1_024)));
        assertArrayEquals(
                longest, Chap.decode("0b" + java.util.Base64.getEncoder().encodeToString(longest)));
        assertNull(Chap.decode("0x" + "00".repeat(1_025)));
        String base64 = "0b" + java.util.Base64.getEncoder().encodeToString(new byte[1_025]);
        assertNull(Chap.decode(base64));
    }

    @Test
    void encodedValueKeepsItsZeros() {
        assertEquals("0x0000a5", Chap.encode(new byte[] {0, 0, (byte) 0xA5}));
        assertNotNull(Chap.decode(Chap.encode(new byte[1])));
    }

    @Test
    void credentialNeverShowsItsSecret() {
        assertEquals("node", CREDENTIAL.toString());
        String shown = new Authentication.Chap(java.util.List.of(CREDENTIAL), CREDENTIAL).toString();
        assertFalse(shown.contains("secret"), shown);
    }
}
