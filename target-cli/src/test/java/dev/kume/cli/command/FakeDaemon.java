package dev.kume.cli.command;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/** A management socket that answers from a script, in real HTTP bytes, and remembers what it was asked. */
final class FakeDaemon implements AutoCloseable {
    private final ServerSocketChannel server;
    private final Map<String, Queue<byte[]>> script = new HashMap<>();
    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());

    FakeDaemon(Path socket) throws IOException {
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        Thread.ofVirtual().start(this::serve);
    }

    /** The next answer to a request such as {@code GET /v1/disks}; the last one stays for all that follow. */
    FakeDaemon answers(String request, int status, String json) {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        return answersBytes(
                request,
                "HTTP/1.1 " + status
                        + " Some Words\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: "
                        + body.length + "\r\nconnection: close\r\n\r\n" + json);
    }

    FakeDaemon answersBytes(String request, String bytes) {
        script.computeIfAbsent(request, unused -> new ArrayDeque<>()).add(bytes.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    /** Request lines and bodies, {@code POST /v1/disks {"name":...}}, in the order in which they came. */
    List<String> asked() {
        return List.copyOf(asked);
    }

    private void serve() {
        while (server.isOpen()) {
            try (SocketChannel channel = server.accept()) {
                answer(channel);
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                asked.add("broken: " + e.getMessage());
            }
        }
    }

    private void answer(SocketChannel channel) throws IOException {
        InputStream in = Channels.newInputStream(channel);
        String head = head(in);
        int length = head.lines()
                .filter(line -> line.startsWith("Content-Length: "))
                .mapToInt(line -> Integer.parseInt(line.substring(16)))
                .findFirst()
                .orElse(0);
        String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
        String request = head.substring(0, head.indexOf(" HTTP/1.1\r\n"));
        asked.add(body.isEmpty() ? request : request + " " + body);
        Queue<byte[]> answers = script.getOrDefault(request, new ArrayDeque<>());
        byte[] answer = answers.size() > 1 ? answers.poll() : answers.peek();
        OutputStream out = Channels.newOutputStream(channel);
        out.write(answer == null ? "HTTP/1.1 500 No Script\r\n\r\n".getBytes(StandardCharsets.UTF_8) : answer);
    }

    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int b = in.read();
            if (b < 0) {
                throw new IOException("the request ended early");
            }
            head.write(b);
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
