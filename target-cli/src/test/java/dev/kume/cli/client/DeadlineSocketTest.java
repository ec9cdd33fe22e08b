package dev.kume.cli.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import dev.kume.core.Clock;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DeadlineSocketTest {
    @TempDir
    private Path directory;

    @Test
    void aSilentDaemonIsATimeOut() throws IOException {
        Path socket = directory.resolve("s");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            ApiClient api = new ApiClient(socket, new MachineClock(), Duration.ofMillis(1_100));
            CliException e = assertThrows(CliException.class, () -> api.get("/v1/status"));
            assertEquals(ExitCode.TIMED_OUT, e.exitCode());
            assertTrue(String.valueOf(e.getMessage()).contains("did not answer within 1 seconds"), e.getMessage());
        }
    }

    private static final class MachineClock implements Clock {
        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public Instant now() {
            return Instant.now();
        }
    }
}
