package dev.kume.cli.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HttpAnswerReaderTest {
    @Test
    void aBodyByContentLengthEndsThere() throws IOException {
        HttpAnswer answer = read("HTTP/1.1 201 Created\r\nContent-Type: Application/JSON;charset=utf-8\r\n"
                + "content-length:  2 \r\n\r\n{}trailing");
        assertEquals(201, answer.status());
        assertEquals("application/json", answer.contentType());
        assertEquals("{}", text(answer));
    }

    @Test
    void chunksAreJoined() throws IOException {
        HttpAnswer answer = read("HTTP/1.1 200 \r\ntransfer-encoding: Chunked\r\n\r\n"
                + "3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n");
        assertEquals("abc0123456789", text(answer));
    }

    @Test
    void aBodyWithoutALengthGoesToTheEnd() throws IOException {
        assertEquals("[1]", text(read("HTTP/1.1 200 OK\r\n\r\n[1]")));
    }

    @Test
    void noContentHasNoBody() throws IOException {
        assertEquals("", text(read("HTTP/1.1 204 No Content\r\n\r\n")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.0 200 OK\r\n\r\n",
                "HTTP/1.1 999 Odd\r\n\r\n",
                "HTTP/1.1 200OK\r\n\r\n",
                "SSH-2.0-OpenSSH\r\n",
                "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
                "HTTP/1.1 200 OK\r\n: no name\r\n\r\n",
                "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
                "HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n",
                "HTTP/1.1 200 OK\r\ncontent-length: 100000000\r\n\r\n",
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n"
            })
    void whatIsNotHttpIsRefused(String bytes) {
        assertThrows(HttpProtocolException.class, () -> read(bytes));
    }

    @Test
    void anEndlessLineIsRefused() {
        assertThrows(HttpProtocolException.class, () -> read("HTTP/1.1 200 OK\r\nx: " + "y".repeat(10_000)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "HTTP/1.1 200 OK",
                "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n",
                "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nabcd",
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nabcd\r\n"
            })
    void whatEndsEarlyIsNotAnAnswer(String bytes) {
        assertThrows(EOFException.class, () -> read(bytes));
    }

    private static HttpAnswer read(String bytes) throws IOException {
        return new HttpAnswerReader(new ByteArrayInputStream(bytes.getBytes(StandardCharsets.ISO_8859_1))).read();
    }

    private static String text(HttpAnswer answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }
}
