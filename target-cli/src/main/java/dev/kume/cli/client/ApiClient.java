package dev.kume.cli.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kume.cli.api.ApiJson;
import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import dev.kume.core.Clock;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Asks the daemon over its management socket; every way in which that fails is a {@link CliException}. One thread. */
public final class ApiClient {
    private static final int SOCKET_PATH_BYTES_MAX = 107;

    private final Path socket;
    private final Clock clock;
    private final Duration timeout;
    private final JsonMapper json = ApiJson.lenient();

    /** @param timeout for one request and its answer */
    public ApiClient(Path socket, Clock clock, Duration timeout) {
        this.socket = socket;
        this.clock = clock;
        this.timeout = timeout;
    }

    public Answer get(String path) {
        return call("GET", path, null);
    }

    public Answer post(String path, @Nullable Object body) {
        return call("POST", path, body);
    }

    public Answer patch(String path, Object body) {
        return call("PATCH", path, body);
    }

    public Answer put(String path, @Nullable Object body) {
        return call("PUT", path, body);
    }

    public Answer delete(String path) {
        return call("DELETE", path, null);
    }

    private Answer call(String method, String path, @Nullable Object body) {
        try {
            byte[] content = body == null ? new byte[0] : json.writeValueAsBytes(body);
            return answer(exchange(method, path, content));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private HttpAnswer exchange(String method, String path, byte[] content) {
        if (socket.toString().getBytes(StandardCharsets.UTF_8).length > SOCKET_PATH_BYTES_MAX) {
            throw new CliException(
                    ExitCode.USAGE,
                    "management socket " + socket + ": a socket's path may have " + SOCKET_PATH_BYTES_MAX + " bytes");
        }
        try (DeadlineSocket connection = new DeadlineSocket(socket, clock, timeout)) {
            String head = method + " " + path + " HTTP/1.1\r\nHost: kume\r\nConnection: close\r\n"
                    + "Accept: application/json\r\nContent-Type: application/json\r\nContent-Length: " + content.length
                    + "\r\n\r\n";
            ByteBuffer request = ByteBuffer.allocate(head.length() + content.length);
            request.put(head.getBytes(StandardCharsets.US_ASCII)).put(content).flip();
            connection.write(request);
            return new HttpAnswerReader(connection).read();
        } catch (SocketTimeoutException e) {
            throw new CliException(
                    ExitCode.TIMED_OUT,
                    "the daemon at " + socket + " did not answer within " + timeout.toSeconds()
                            + " seconds; its log may say why");
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    private CliException unreachable(IOException e) {
        String message = e.getMessage() == null ? "" : e.getMessage();
        if (message.contains("Permission denied") || message.contains("Operation not permitted")) {
            return new CliException(
                    ExitCode.NOT_AUTHORISED,
                    "you may not use the management socket " + socket + "; run this as the daemon's user");
        }
        if (e instanceof HttpProtocolException) {
            return new CliException(ExitCode.UNREACHABLE, "no Kume daemon at " + socket + ": " + message);
        }
        if (message.startsWith("it closed")) {
            return new CliException(
                    ExitCode.UNREACHABLE, "the daemon at " + socket + " went away: " + message.substring(3));
        }
        String why = Files.exists(socket) ? "nobody answers on " + socket : "there is no socket " + socket;
        return new CliException(
                ExitCode.UNREACHABLE,
                "the daemon is not reachable: " + why
                        + ". Start it with \"kume serve\", or name its socket with --server or KUME_SERVER");
    }

    private Answer answer(HttpAnswer http) {
        JsonNode tree;
        try {
            tree = json.readTree(http.body());
        } catch (IOException e) {
            throw new CliException(ExitCode.UNREACHABLE, "no Kume daemon at " + socket + ": it did not answer in JSON");
        }
        if (http.status() >= 200 && http.status() < 300) {
            return new Answer(json, tree);
        }
        throw ApiFailure.of(http.status(), tree, json);
    }
}
