package dev.kume.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.system.wire.RawInitiator;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The daemon under somebody who listens as systemd does: a datagram socket in NOTIFY_SOCKET. */
final class SystemdClientIT {
    /** Prints each datagram as one line, after one that says that it listens. */
    private static final String LISTENER = """
            import socket, sys
            name = sys.argv[1]
            s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            s.bind('\\0' + name[1:] if name[0] == '@' else name)
            print('listening', flush=True)
            while True:
                print(s.recv(65536).decode().rstrip('\\n').replace('\\n', '|'), flush=True)
            """;

    @TempDir
    Path directory;

    private record Listener(Process process, BufferedReader lines) implements AutoCloseable {
        static Listener at(String socket) throws IOException {
            Process process = new ProcessBuilder("python3", "-c", LISTENER, socket)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            Listener listener = new Listener(process, process.inputReader());
            assertEquals("listening", listener.lines.readLine());
            return listener;
        }

        /** The next datagram that begins so; those before it are passed over. */
        String next(String beginning) throws IOException {
            String line = lines.readLine();
            while (line != null && !line.startsWith(beginning)) {
                line = lines.readLine();
            }
            assertTrue(line != null, beginning);
            return line;
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    private RunningDaemon daemon(String socket, String watchdogMicros) throws IOException, InterruptedException {
        return RunningDaemon.start(
                directory, "", List.of("env", "NOTIFY_SOCKET=" + socket, "WATCHDOG_USEC=" + watchdogMicros));
    }

    @ParameterizedTest
    @ValueSource(strings = {"path", "abstract"})
    void itHearsOfReadinessReloadAndDrain(String kind) throws Exception {
        String socket = kind.equals("path") ? directory.resolve("n").toString() : "@kume" + directory;
        try (Listener systemd = Listener.at(socket);
                RunningDaemon daemon = daemon(socket, "900000")) {
            String ready = systemd.next("READY=1");
            assertTrue(ready.startsWith("READY=1|STATUS=Ready on 127.0.0.1:" + daemon.port()), ready);
            String iqn = daemon.provide("csv1", "16MB", "vhd");
            try (RawInitiator node = daemon.login(RunningDaemon.NODE1, iqn)) {
                systemd.next("WATCHDOG=1|STATUS=Serving 1 sessions and 1 disks; 0 disks offline");
                daemon.admin("service", "reload");
                String reloading = systemd.next("RELOADING=1");
                long micros = Long.parseLong(reloading.replaceAll(".*MONOTONIC_USEC=([0-9]+).*", "$1"));
                long now = System.nanoTime() / 1000;
                assertTrue(micros > 0 && micros < now, reloading + " at " + now);
                assertEquals("READY=1|STATUS=Serving; kume.yaml was read again", systemd.next("READY=1"));
                daemon.admin("service", "drain", "--timeout", "1s");
                String draining = systemd.next("STOPPING=1");
                assertTrue(draining.matches(".*Draining.*\\|EXTEND_TIMEOUT_USEC=[0-9]+"), draining);
                assertTrue(systemd.next("STOPPING=1").contains("STATUS=Stopping"));
            }
            assertEquals(0, daemon.exit(), daemon::log);
        }
    }

    @Test
    void aStartTellsItsStepsAndWhatIsOffline() throws Exception {
        String socket = directory.resolve("n").toString();
        try (Listener systemd = Listener.at(socket);
                RunningDaemon daemon = daemon(socket, "300000")) {
            systemd.next("READY=1");
            daemon.provideDisk("csv1", "16MB", "vhd");
            daemon.provideDisk("csv2", "16MB", "vhd");
            Path gone = daemon.file("csv2");
            assertEquals(0, daemon.signal("TERM", Duration.ofSeconds(10)), daemon::log);
            assertTrue(systemd.next("STOPPING=1").contains("EXTEND_TIMEOUT_USEC="));
            Files.delete(gone);
            daemon.restart();
            assertTrue(systemd.next("STATUS=Starting: opening disk 1 of 2").contains("EXTEND_TIMEOUT_USEC="));
            assertTrue(systemd.next("STATUS=Starting: opening disk 2 of 2").contains("EXTEND_TIMEOUT_USEC="));
            systemd.next("READY=1");
            systemd.next("WATCHDOG=1|STATUS=Serving 0 sessions and 2 disks; 1 disks offline");
        }
    }

    @Test
    void aSocketWhereNobodyListensCostsOneLine() throws Exception {
        try (RunningDaemon daemon = daemon(directory.resolve("nobody").toString(), "300000")) {
            String iqn = daemon.provide("csv1", "16MB", "vhd");
            daemon.login(RunningDaemon.NODE1, iqn).close();
            daemon.stop();
            assertEquals(1, daemon.log().split("systemd cannot be told", -1).length - 1, daemon::log);
        }
    }
}
