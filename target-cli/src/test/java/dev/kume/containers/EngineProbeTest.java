package dev.kume.containers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.containers.ContainerSwitch.Decision;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The probe at real sockets: nobody, somebody who is no engine, and somebody who speaks like one. */
final class EngineProbeTest {
    private static final String PONG =
            "HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nConnection: close\r\nContent-Length: 2\r\n\r\nOK";

    @TempDir
    Path directory;

    private EngineProbe probe() {
        return new EngineProbe(Map.of(), List.of(socket()), Duration.ofMillis(300));
    }

    private Path socket() {
        return directory.resolve("s");
    }

    private ServerSocketChannel listen() throws IOException {
        return ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket()));
    }

    /** What the probe makes of a peer that reads a request, says this and hangs up. */
    private Engine lookAt(String answer) throws Exception {
        try (ServerSocketChannel server = listen()) {
            Thread peer = Thread.ofVirtual().start(() -> {
                try (SocketChannel channel = server.accept()) {
                    channel.read(ByteBuffer.allocate(1024));
                    channel.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.ISO_8859_1)));
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            Engine engine = probe().look();
            peer.join();
            return engine;
        }
    }

    @Test
    void noSocketIsNoEngine() {
        Engine.None none = assertInstanceOf(Engine.None.class, probe().look());
        assertEquals("DOCKER_HOST is not set; there is no " + socket(), none.reason());
    }

    @Test
    void aSocketThatNobodyListensAtIsNoEngine() throws Exception {
        listen().close();
        Engine.None none = assertInstanceOf(Engine.None.class, probe().look());
        assertTrue(none.reason().contains("nobody answers at unix://" + socket()), none::reason);
    }

    @Test
    void aPortThatIsClosedIsNoEngine() throws Exception {
        int port;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = closed.getLocalPort();
        }
        Map<String, String> environment = Map.of("DOCKER_HOST", "tcp://127.0.0.1:" + port);
        assertInstanceOf(Engine.None.class, new EngineProbe(environment, List.of(), Duration.ofMillis(300)).look());
    }

    @Test
    void garbageIsABrokenEngine() throws Exception {
        Engine.Broken broken = assertInstanceOf(Engine.Broken.class, lookAt("SSH-2.0-nonsense\r\n"));
        assertTrue(broken.reason().endsWith("it answers a ping with 'SSH-2.0-nonsense'"), broken::reason);
    }

    @Test
    void anErrorIsABrokenEngine() throws Exception {
        Engine.Broken broken = assertInstanceOf(
                Engine.Broken.class, lookAt("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n"));
        assertTrue(broken.reason().endsWith("'HTTP/1.1 500 Internal Server Error'"), broken::reason);
    }

    @Test
    void onlyAWholePingIsAnEngine() throws Exception {
        assertInstanceOf(Engine.Broken.class, lookAt(PONG.substring(0, PONG.length() - 2)));
    }

    @Test
    void whoHangsUpIsABrokenEngine() throws Exception {
        Engine.Broken broken = assertInstanceOf(Engine.Broken.class, lookAt(""));
        assertTrue(broken.reason().contains("hangs up"), broken::reason);
    }

    @Test
    void whoIsSilentIsABrokenEngine() throws Exception {
        ServerSocketChannel server = listen();
        try (server) {
            Engine.Broken broken = assertInstanceOf(Engine.Broken.class, probe().look());
            assertTrue(broken.reason().contains("does not answer a ping"), broken::reason);
        }
    }

    @Test
    void aPongIsAnEngine() throws Exception {
        assertEquals(new Engine.Works("unix://" + socket()), lookAt(PONG));
    }

    @Test
    void whoAnswersIsTakenBeforeWhoDoesNot() throws Exception {
        try (ServerSocketChannel server = listen()) {
            Path absent = directory.resolve("absent");
            EngineProbe probe = new EngineProbe(Map.of(), List.of(absent, socket()), Duration.ofMillis(300));
            assertInstanceOf(Engine.Broken.class, probe.look());
        }
    }

    @Test
    void autoSkipsOnlyWhereNobodyAnswers() throws Exception {
        Decision.Skip skip =
                assertInstanceOf(Decision.Skip.class, ContainerSwitch.of("auto").decide(probe()));
        assertTrue(skip.reason().startsWith("no container engine: "), skip::reason);
        try (ServerSocketChannel server = listen()) {
            assertInstanceOf(Decision.Fail.class, ContainerSwitch.of("auto").decide(probe()));
        }
    }

    @Test
    void requireNeverSkips() throws Exception {
        assertInstanceOf(Decision.Fail.class, ContainerSwitch.of("require").decide(probe()));
        try (ServerSocketChannel server = listen()) {
            assertInstanceOf(Decision.Fail.class, ContainerSwitch.of("require").decide(probe()));
        }
    }

    @Test
    void offAsksNobody() throws Exception {
        try (ServerSocketChannel server = listen()) {
            assertInstanceOf(Decision.Skip.class, ContainerSwitch.of("off").decide(probe()));
        }
        assertThrows(IllegalArgumentException.class, () -> ContainerSwitch.of("on"));
    }
}
