package dev.kume.cli.client;

import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import dev.kume.core.Clock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** To the daemon of this host, over its management socket. */
record LocalRoute(Path socket) implements Route {
    private static final int SOCKET_PATH_BYTES_MAX = 107;

    @Override
    public Connection open(Clock clock, Duration timeout) throws IOException {
        if (socket.toString().getBytes(StandardCharsets.UTF_8).length > SOCKET_PATH_BYTES_MAX) {
            throw new CliException(
                    ExitCode.USAGE,
                    "management socket " + socket + ": a socket's path may have " + SOCKET_PATH_BYTES_MAX + " bytes");
        }
        return new DeadlineSocket(socket, clock, timeout);
    }

    @Override
    public String host() {
        return "kume";
    }

    @Override
    public Map<String, String> headers() {
        return Map.of();
    }

    @Override
    public String daemon() {
        return "the daemon at " + socket;
    }

    @Override
    public CliException unreachable(IOException e) {
        String message = e.getMessage() == null ? "" : e.getMessage();
        if (message.contains("Permission denied") || message.contains("Operation not permitted")) {
            return new CliException(
                    ExitCode.NOT_AUTHORISED,
                    "you may not use the management socket " + socket + "; run this as the daemon's user");
        }
        String why = Files.exists(socket) ? "nobody answers on " + socket : "there is no socket " + socket;
        return new CliException(
                ExitCode.UNREACHABLE,
                "the daemon is not reachable: " + why
                        + ". Start it with \"kume serve\", or name its socket with --server or KUME_SERVER");
    }
}
