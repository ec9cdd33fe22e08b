package dev.kume.containers;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Asks whether a container engine is there, and whether it is sound. Testcontainers does not tell both troubles apart:
 * to it an engine that answers with nonsense is none, and nobody would miss the tests that leave themselves out then.
 */
final class EngineProbe {
    private static final int ANSWER_BYTES = 65_536;
    private static final int PLAIN_PORT = 2375;

    private final Map<String, String> environment;
    private final List<Path> usualSockets;
    private final Duration limit;

    EngineProbe(Map<String, String> environment, List<Path> usualSockets, Duration limit) {
        this.environment = environment;
        this.usualSockets = usualSockets;
        this.limit = limit;
    }

    /** With the places of this machine. */
    static EngineProbe ofMachine(Map<String, String> environment) {
        List<Path> sockets = new ArrayList<>();
        sockets.add(Path.of("/var/run/docker.sock"));
        String runtime = environment.getOrDefault("XDG_RUNTIME_DIR", "");
        if (!runtime.isEmpty()) {
            sockets.add(Path.of(runtime, "docker.sock"));
        }
        Path home = Path.of(System.getProperty("user.home"));
        sockets.add(home.resolve(".docker/run/docker.sock"));
        sockets.add(home.resolve(".docker/desktop/docker.sock"));
        return new EngineProbe(environment, sockets, Duration.ofSeconds(10));
    }

    /** The engine of {@code DOCKER_HOST}, or the first of the usual sockets at which somebody answers. */
    Engine look() {
        String host = environment.getOrDefault("DOCKER_HOST", "");
        if (!host.isEmpty()) {
            return at(host);
        }
        List<String> nobody = new ArrayList<>();
        for (Path socket : usualSockets) {
            Engine engine = at("unix://" + socket);
            if (!(engine instanceof Engine.None none)) {
                return engine;
            }
            nobody.add(none.reason());
        }
        return new Engine.None("DOCKER_HOST is not set; " + String.join("; ", nobody));
    }

    private Engine at(String host) {
        if (host.startsWith("unix://")) {
            Path path = Path.of(host.substring("unix://".length()));
            return Files.exists(path)
                    ? ask(host, UnixDomainSocketAddress.of(path))
                    : new Engine.None("there is no " + path);
        }
        if (host.startsWith("tcp://")
                && environment.getOrDefault("DOCKER_TLS_VERIFY", "").isEmpty()) {
            URI uri = URI.create(host);
            int port = uri.getPort() < 0 ? PLAIN_PORT : uri.getPort();
            return ask(host, new InetSocketAddress(uri.getHost(), port));
        }
        // Over TLS or ssh somebody has set up an engine on purpose: the first test shows whether it is sound.
        return new Engine.Works(host);
    }

    private Engine ask(String host, SocketAddress address) {
        try (SocketChannel channel = connect(address)) {
            return judge(host, exchange(channel));
        } catch (Unconnected e) {
            return new Engine.None("nobody answers at " + host + ": " + e.getMessage());
        } catch (IOException e) {
            return new Engine.Broken("what answers at " + host + " is no sound engine: " + e.getMessage());
        }
    }

    private static SocketChannel connect(SocketAddress address) throws IOException {
        SocketChannel channel = address instanceof UnixDomainSocketAddress
                ? SocketChannel.open(StandardProtocolFamily.UNIX)
                : SocketChannel.open();
        try {
            if (address instanceof InetSocketAddress network) {
                channel.socket().connect(network, 5_000);
            } else {
                channel.connect(address);
            }
            return channel;
        } catch (IOException e) {
            channel.close();
            throw new Unconnected(e);
        }
    }

    /** The whole answer to a ping; the peer is asked to hang up behind it. */
    private String exchange(SocketChannel channel) throws IOException {
        byte[] request =
                "GET /_ping HTTP/1.1\r\nHost: engine\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        ByteBuffer out = ByteBuffer.wrap(request);
        while (out.hasRemaining()) {
            channel.write(out);
        }
        channel.configureBlocking(false);
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        ByteBuffer in = ByteBuffer.allocate(4096);
        long end = System.nanoTime() + limit.toNanos();
        try (Selector selector = Selector.open()) {
            channel.register(selector, SelectionKey.OP_READ);
            while (answer.size() < ANSWER_BYTES) {
                long left = Duration.ofNanos(end - System.nanoTime()).toMillis();
                if (left <= 0 || selector.select(left) == 0) {
                    throw new IOException("it does not answer a ping within " + limit.toSeconds() + " s");
                }
                selector.selectedKeys().clear();
                if (channel.read(in.clear()) < 0) {
                    break;
                }
                answer.write(in.array(), 0, in.position());
            }
        }
        return answer.toString(StandardCharsets.ISO_8859_1);
    }

    private static Engine judge(String host, String answer) {
        String first = answer.lines().findFirst().orElse("");
        if (first.matches("HTTP/1\\.[01] 200 .*") && answer.strip().endsWith("OK")) {
            return new Engine.Works(host);
        }
        String said = answer.isEmpty() ? "it hangs up without an answer" : "it answers a ping with '" + first + "'";
        return new Engine.Broken("what answers at " + host + " is no sound engine: " + said);
    }

    /** Nobody took the connection. */
    private static final class Unconnected extends IOException {
        private static final long serialVersionUID = 1;

        Unconnected(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }
}
