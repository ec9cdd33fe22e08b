package dev.kume.system;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** HTTP over the admin socket by hand: one request, one connection. */
final class ManagementApi {
    private static final ObjectMapper JSON = new ObjectMapper();

    private ManagementApi() {}

    static JsonNode get(Path socket, String path) throws IOException {
        return request(socket, "GET", path, "");
    }

    /** The answer's body; a status of 400 and above is an IOException with that body in it. */
    static JsonNode request(Path socket, String method, String path, String json) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        String head = """
                %s %s HTTP/1.1\r
                Host: kume\r
                Content-Type: application/json\r
                Content-Length: %d\r
                Connection: close\r
                \r
                """.formatted(method, path, body.length);
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            channel.write(ByteBuffer.wrap(head.getBytes(StandardCharsets.UTF_8)));
            channel.write(ByteBuffer.wrap(body));
            String answer = readAll(channel);
            int end = answer.indexOf("\r\n\r\n");
            if (end < 0) {
                throw new IOException("no HTTP answer: " + answer);
            }
            int status = Integer.parseInt(answer.split(" ", 3)[1]);
            String text = answer.substring(end + 4);
            if (status >= 400) {
                throw new IOException("%s %s: %d %s".formatted(method, path, status, text));
            }
            return text.isBlank() ? JSON.nullNode() : JSON.readTree(text);
        }
    }

    private static String readAll(SocketChannel channel) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
        while (channel.read(buffer) >= 0) {
            all.write(buffer.array(), 0, buffer.position());
            buffer.clear();
        }
        return all.toString(StandardCharsets.UTF_8);
    }
}
