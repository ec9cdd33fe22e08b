package dev.kume.cli.daemon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kume.cli.alarm.AlarmLog;
import dev.kume.cli.alarm.Alarms;
import dev.kume.cli.api.ApiJson;
import dev.kume.cli.api.ApiPaths;
import dev.kume.cli.api.OperationView;
import dev.kume.core.Clock;
import dev.kume.core.Limits;
import dev.kume.core.disk.DiskFormats;
import dev.kume.core.disk.raw.RawFormat;
import dev.kume.core.disk.vhd.VhdFormat;
import dev.kume.core.disk.vhdx.VhdxFormat;
import dev.kume.core.io.DiskThreads;
import dev.kume.core.store.LocalFiles;
import dev.kume.core.store.StoreProvider;
import dev.kume.protocol.login.LoginSecurity;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** A daemon's management side over a real socket, with a fake server behind it. */
final class RunningManagement implements AutoCloseable {
    static final Instant NOW = Instant.parse("2026-11-23T08:00:00Z");

    /** A status and a body. */
    record Reply(int status, JsonNode body) {
        String error() {
            return body.path("error").path("message").asText() + "; "
                    + body.path("error").path("remedy").asText();
        }

        /** What is wrong, without the remedy. */
        String message() {
            return body.path("error").path("message").asText();
        }

        int exitCode() {
            return body.path("error").path("exitCode").asInt();
        }
    }

    final FakeExports exports = new FakeExports();

    final Alarms alarms = new Alarms(new StoppedClock(), new AlarmLog());

    final Settings settings;
    private final StateDirectory state;
    private final DiskShelf shelf;
    private final Management management;
    private final JsonMapper json = ApiJson.lenient();
    private @Nullable CompletableFuture<Void> stopped;

    private RunningManagement(Path folder, StoreProvider stores, DurableFiles files) throws DaemonException {
        Path file = folder.resolve("kume.yaml");
        settings = new Settings(
                Files.exists(file) ? file : null,
                folder.resolve("state"),
                folder.resolve("disks"),
                "iqn.2026-11.dev.kume",
                null,
                List.of(),
                LoginSecurity.DEFAULT.algorithms(),
                folder.resolve("run/admin.sock"),
                Limits.DEFAULTS);
        Clock clock = new StoppedClock();
        HostSystem system = new HostSystem(
                "store1",
                "0.1.0",
                4711,
                clock,
                new SplittableRandom(folder.hashCode()),
                stores,
                new DiskFormats(
                        List.of(new VhdFormat(clock), new VhdxFormat(new SplittableRandom(4711)), new RawFormat())),
                files,
                RunningManagement::lookUp);
        state = StateDirectory.lock(settings.stateDirectory(), LocalFiles.ofThisHost(), system.pid());
        shelf = new DiskShelf(
                system.stores(),
                system.formats(),
                new SlotShelf(
                        settings.stateDirectory(),
                        LocalFiles.ofThisHost(),
                        Executors.newSingleThreadExecutor(),
                        "boot 1",
                        clock));
        try {
            management = Management.load(
                    settings,
                    system,
                    exports,
                    shelf,
                    new SecretShelf(settings.stateDirectory(), files),
                    alarms,
                    () -> DiskThreads.Use.NONE);
            management.listen();
        } catch (DaemonException e) {
            shelf.close();
            closeState();
            throw e;
        }
    }

    /** DNS that knows one host. */
    private static InetAddress[] lookUp(String name) throws UnknownHostException {
        if (!name.equals("hv-node1.example.com")) {
            throw new UnknownHostException(name);
        }
        return new InetAddress[] {InetAddress.ofLiteral("10.0.0.9")};
    }

    static RunningManagement in(Path folder) throws DaemonException {
        return with(folder, LocalFiles.ofThisHost(), DurableFiles.OF_THIS_HOST);
    }

    static RunningManagement with(Path folder, StoreProvider stores, DurableFiles files) throws DaemonException {
        return new RunningManagement(folder, stores, files);
    }

    /** How a supervisor finds it. */
    String pulse(Duration within) throws Exception {
        return management.pulse(within);
    }

    Reply get(String path) throws IOException {
        return call("GET", path, null);
    }

    Reply delete(String path) throws IOException {
        return call("DELETE", path, null);
    }

    Reply put(String path) throws IOException {
        return call("PUT", path, null);
    }

    Reply post(String path, String body) throws IOException {
        return call("POST", path, body);
    }

    Reply patch(String path, String body) throws IOException {
        return call("PATCH", path, body);
    }

    /** Creates a disk and waits for the end of it. */
    OperationView create(String body) throws IOException {
        Reply started = post(ApiPaths.DISKS, body);
        if (started.status() != 202) {
            throw new AssertionError(started.toString());
        }
        return ended(started.body().path("id").asLong());
    }

    OperationView ended(long id) throws IOException {
        OperationView operation = operation(ApiPaths.operation(id));
        while (!operation.ended()) {
            operation = operation(ApiPaths.operationChange(id, operation.revision(), 5));
        }
        return operation;
    }

    private OperationView operation(String path) throws IOException {
        return json.treeToValue(get(path).body(), OperationView.class);
    }

    Reply call(String method, String path, @Nullable String body) throws IOException {
        byte[] content = (body == null ? "" : body).getBytes(StandardCharsets.UTF_8);
        String head = "%s %s HTTP/1.1\r\nHost: kume\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
                .formatted(method, path, content.length);
        String answer = raw(head + new String(content, StandardCharsets.UTF_8));
        int split = answer.indexOf("\r\n\r\n");
        int status = Integer.parseInt(answer.substring(9, 12));
        return new Reply(status, json.readTree(answer.substring(split + 4)));
    }

    /** Sends bytes, reads until the daemon closes. */
    String raw(String request) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(settings.adminSocket()))) {
            ByteBuffer out = ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8));
            try {
                while (out.hasRemaining()) {
                    channel.write(out);
                }
            } catch (IOException e) {
                // The daemon answered and closed before it had read everything; its answer is what counts.
                assert out.hasRemaining();
            }
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            ByteBuffer in = ByteBuffer.allocate(65_536);
            while (channel.read(in) >= 0) {
                answer.write(in.array(), 0, in.position());
                in.clear();
            }
            return answer.toString(StandardCharsets.UTF_8);
        }
    }

    /** What the daemon does every few seconds, and at its end. */
    void rememberKeys() {
        management.rememberKeys();
    }

    /** True when a drain is over and the process would end. */
    boolean drained() {
        return management.drained().isDone();
    }

    /** Stops as the daemon does, the moment a drain is over; {@link #close} waits for it. */
    void stopWhenDrained() {
        stopped = management.drained().thenRunAsync(management::stop);
    }

    @Override
    public void close() {
        if (stopped == null) {
            management.stop();
        } else {
            stopped.join();
        }
        shelf.close();
        closeState();
    }

    private void closeState() {
        try {
            state.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static final class StoppedClock implements Clock {
        @Override
        public long nanoTime() {
            return 0;
        }

        @Override
        public Instant now() {
            return NOW;
        }
    }
}
