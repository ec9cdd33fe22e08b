package dev.kume.protocol.isns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.kume.core.Clock;
import dev.kume.protocol.isns.IsnsServerState.Status;
import dev.kume.protocol.server.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The client on real sockets, at servers on loopback: good, slow, hostile and absent ones, several at once. */
final class IsnsRegistrationTest {
    private static final IsnsOptions OPTIONS = new IsnsOptions("store1", 600, 1, 100_000);
    private static final Clock CLOCK = new Clock() {
        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public Instant now() {
            return Instant.now();
        }
    };

    /** What a server does with a connection. */
    interface Behaviour {
        void serve(Socket socket) throws Exception;
    }

    /** A listening socket whose connections are served one after the other. */
    private static final class Server implements AutoCloseable {
        final IsnsTestDatabase database = new IsnsTestDatabase();
        final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final CountDownLatch over = new CountDownLatch(1);
        private final Thread thread;

        Server(Behaviour behaviour) throws IOException {
            thread = Thread.ofVirtual().start(() -> {
                while (!listening.isClosed()) {
                    try (Socket socket = listening.accept()) {
                        (behaviour == null ? (Behaviour) this::answer : behaviour).serve(socket);
                    } catch (Exception e) {
                        continue; // The client hung up, or the test is over.
                    }
                }
                over.countDown();
            });
        }

        InetSocketAddress address() {
            return (InetSocketAddress) listening.getLocalSocketAddress();
        }

        /** Answers as a server should, byte by byte on the way in and in halves on the way out. */
        private void answer(Socket socket) throws IOException, IsnsProtocolException {
            IsnsReader reader = new IsnsReader(1 << 20);
            byte[] buffer = new byte[1_000];
            for (int read = socket.getInputStream().read(buffer);
                    read > 0;
                    read = socket.getInputStream().read(buffer)) {
                ByteBuf in = Unpooled.wrappedBuffer(buffer, 0, read);
                for (IsnsMessage request = reader.next(in); request != null; request = reader.next(in)) {
                    send(socket.getOutputStream(), answerTo(request));
                }
            }
        }

        private synchronized IsnsMessage answerTo(IsnsMessage request) {
            return new IsnsMessage(
                    request.function() | 0x8000, IsnsHeader.SERVER, request.transactionId(), database.answer(request));
        }

        private static void send(OutputStream out, IsnsMessage answer) throws IOException {
            ByteBuf pdus = answer.pdus();
            byte[] bytes = new byte[pdus.readableBytes()];
            pdus.readBytes(bytes);
            out.write(bytes, 0, 5);
            out.flush();
            out.write(bytes, 5, bytes.length - 5);
        }

        synchronized Set<String> names() {
            return Set.copyOf(database.nodes.keySet());
        }

        @Override
        public void close() throws IOException, InterruptedException {
            listening.close();
            thread.interrupt();
            assertTrue(over.await(10, TimeUnit.SECONDS));
        }
    }

    private final List<Server> servers = new ArrayList<>();
    private final List<IsnsRegistration> registrations = new ArrayList<>();

    @AfterEach
    void end() throws Exception {
        registrations.forEach(IsnsRegistration::close);
        for (Server server : servers) {
            server.close();
        }
    }

    private Server server(Behaviour behaviour) throws IOException {
        Server server = new Server(behaviour);
        servers.add(server);
        return server;
    }

    private IsnsRegistration registration(Transport transport, InetSocketAddress... addresses) {
        IsnsRegistration registration = new IsnsRegistration(
                List.of(addresses), OPTIONS, transport, CLOCK, new SplittableRandom(3), () -> IsnsSamples.HOST);
        registrations.add(registration);
        return registration;
    }

    private static IsnsServerState await(IsnsRegistration registration, int index, Predicate<IsnsServerState> wanted) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (System.nanoTime() < end) {
            IsnsServerState state = registration.states().get(index);
            if (wanted.test(state)) {
                return state;
            }
            Thread.onSpinWait();
        }
        return fail("still " + registration.states().get(index));
    }

    private static IsnsServerState registered(IsnsRegistration registration, int index, int targets) {
        return await(registration, index, state -> state.status() == Status.REGISTERED && state.targets() == targets);
    }

    private void failsWith(Behaviour behaviour, String why) throws IOException {
        IsnsRegistration registration =
                registration(Transport.AUTO, server(behaviour).address());
        registration.publish(IsnsSamples.targets("one"));
        IsnsServerState state = await(registration, 0, now -> now.status() == Status.FAILED);
        assertTrue(state.detail().startsWith(why), state.detail());
    }

    @ParameterizedTest
    @ValueSource(strings = {"AUTO", "NIO"})
    void itRegistersChangesAndDeregisters(String transport) throws Exception {
        Server server = server(null);
        IsnsRegistration registration = registration(Transport.valueOf(transport), server.address());
        registration.publish(IsnsSamples.targets("one"));
        assertEquals(600, registered(registration, 0, 1).periodSeconds());
        registration.publish(IsnsSamples.targets("one", "two"));
        registered(registration, 0, 2);
        assertEquals(Set.of("iqn.one", "iqn.two"), server.names());
        registration.stop().get(10, TimeUnit.SECONDS);
        assertEquals(Set.of(), server.names());
        assertEquals(Status.STOPPED, registration.states().getFirst().status());
        registration.stop().get(10, TimeUnit.SECONDS);
        registration.publish(IsnsSamples.targets("one"));
        assertEquals(Set.of(), server.names());
    }

    @Test
    void aRestartedServerIsRegisteredWithAgainAndAnAbsentOneHoldsNobodyUp() throws Exception {
        Server first = server(null);
        InetSocketAddress address = first.address();
        InetSocketAddress nobody;
        try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = (InetSocketAddress) gone.getLocalSocketAddress();
        }
        IsnsRegistration registration = registration(Transport.AUTO, nobody, address);
        registration.publish(IsnsSamples.targets("one"));
        registered(registration, 1, 1);
        IsnsServerState absent = await(registration, 0, state -> state.status() == Status.FAILED);
        assertTrue(absent.detail().startsWith("it cannot be connected: "), absent.detail());
        synchronized (first) {
            first.database.clear(); // What a server without a disk knows after a restart.
        }
        registration.publish(IsnsSamples.targets("two"));
        registered(registration, 1, 1);
        await(registration, 1, state -> first.names().equals(Set.of("iqn.two")));
    }

    @Test
    void aSilentServerIsGivenUpInTime() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        failsWith(socket -> never.await(), "no answer to DevAttrReg within 1 seconds");
    }

    @Test
    void aServerThatDripsItsAnswerIsGivenUpInTime() throws Exception {
        // A PDU that announces 4 bytes more than ever come.
        failsWith(
                socket -> {
                    socket.getInputStream().read();
                    ByteBuffer half = ByteBuffer.allocate(16);
                    half.putShort((short) 1)
                            .putShort((short) 0x8001)
                            .putShort((short) 8)
                            .putShort((short) 0x4C00);
                    half.putShort((short) 1);
                    socket.getOutputStream().write(half.array());
                    while (socket.getInputStream().read() >= 0) {
                        Thread.onSpinWait();
                    }
                },
                "no answer to DevAttrReg within 1 seconds");
    }

    @Test
    void garbageAndEndlessAnswersEndTheConnection() throws Exception {
        failsWith(
                socket -> socket.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes("US-ASCII")),
                "the server ");
        failsWith(
                socket -> {
                    int at = 0;
                    while (true) {
                        ByteBuffer pdu = ByteBuffer.allocate(12 + 40_000);
                        pdu.putShort((short) 1).putShort((short) 0x8001).putShort((short) 40_000);
                        pdu.putShort((short) (at == 0 ? 0x4400 : 0x4000))
                                .putShort((short) 1)
                                .putShort((short) at++);
                        socket.getOutputStream().write(pdu.array());
                    }
                },
                "the server sent a message of more than 100000 bytes");
    }

    @Test
    void aServerThatHangsUpIsTriedAgain() throws Exception {
        CountDownLatch connections = new CountDownLatch(2);
        IsnsRegistration registration = registration(
                Transport.AUTO,
                server(socket -> {
                            connections.countDown();
                            socket.close();
                        })
                        .address());
        registration.publish(IsnsSamples.targets("one"));
        assertTrue(connections.await(10, TimeUnit.SECONDS));
        await(registration, 0, state -> state.status() == Status.FAILED);
    }
}
