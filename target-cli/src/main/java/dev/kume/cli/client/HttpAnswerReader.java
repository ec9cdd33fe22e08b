package dev.kume.cli.client;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Reads one HTTP/1.1 answer (RFC 9112): status line, headers, and a body by Content-Length, in chunks or to the end.
 */
final class HttpAnswerReader {
    private static final int LINE_BYTES_MAX = 8_192;
    private static final int HEADERS_MAX = 64;
    private static final int BODY_BYTES_MAX = 64 << 20;

    private final InputStream in;

    HttpAnswerReader(InputStream in) {
        this.in = in;
    }

    HttpAnswer read() throws IOException {
        int status = status(line());
        Map<String, String> headers = headers();
        String contentType = headers.getOrDefault("content-type", "");
        int semicolon = contentType.indexOf(';');
        String mediaType = semicolon < 0 ? contentType : contentType.substring(0, semicolon);
        return new HttpAnswer(status, mediaType.strip().toLowerCase(Locale.ROOT), body(status, headers));
    }

    private static int status(String line) throws IOException {
        if (!line.matches("HTTP/1\\.1 [1-5][0-9]{2}( .*)?")) {
            throw new HttpProtocolException("it answered with something that is not HTTP/1.1");
        }
        return Integer.parseInt(line.substring(9, 12));
    }

    private Map<String, String> headers() throws IOException {
        Map<String, String> headers = new HashMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            if (colon < 1 || headers.size() == HEADERS_MAX) {
                throw new HttpProtocolException("it answered with bad HTTP headers");
            }
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return headers;
    }

    private byte[] body(int status, Map<String, String> headers) throws IOException {
        if (status == 204 || status == 304) {
            return new byte[0];
        }
        if (headers.getOrDefault("transfer-encoding", "").equalsIgnoreCase("chunked")) {
            return chunks();
        }
        String length = headers.get("content-length");
        return length == null ? upTo(BODY_BYTES_MAX) : exactly(size(length, 10));
    }

    private byte[] chunks() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            String line = line();
            int semicolon = line.indexOf(';');
            int length = size(semicolon < 0 ? line : line.substring(0, semicolon), 16);
            if (length == 0) {
                headers();
                return body.toByteArray();
            }
            if (body.size() + length > BODY_BYTES_MAX) {
                throw tooLong();
            }
            body.write(exactly(length));
            if (!line().isEmpty()) {
                throw new HttpProtocolException("it answered with a broken chunk");
            }
        }
    }

    private static int size(String digits, int radix) throws IOException {
        try {
            int size = Integer.parseInt(digits.strip(), radix);
            if (size < 0 || size > BODY_BYTES_MAX) {
                throw tooLong();
            }
            return size;
        } catch (NumberFormatException e) {
            throw new HttpProtocolException("it answered with a bad length");
        }
    }

    private byte[] exactly(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("it closed the connection in the middle of an answer");
        }
        return bytes;
    }

    private byte[] upTo(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (in.read() >= 0) {
            throw tooLong();
        }
        return bytes;
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(80);
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("it closed the connection without a whole answer");
            }
            if (line.size() == LINE_BYTES_MAX) {
                throw new HttpProtocolException("it answered with an endless line");
            }
            line.write(b);
        }
        String text = line.toString(StandardCharsets.ISO_8859_1);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }

    private static IOException tooLong() {
        return new HttpProtocolException("it answered with more than " + BODY_BYTES_MAX + " bytes");
    }
}
