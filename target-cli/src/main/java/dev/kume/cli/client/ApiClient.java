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
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Asks a daemon, of this host or another; every way in which that fails is a {@link CliException}. One thread. */
public final class ApiClient {
    private final Route route;
    private final Clock clock;
    private final Duration timeout;
    private final JsonMapper json = ApiJson.lenient();

    private ApiClient(Route route, Clock clock, Duration timeout) {
        this.route = route;
        this.clock = clock;
        this.timeout = timeout;
    }

    /**
     * A client of the daemon of this host.
     *
     * @param timeout for one request and its answer
     */
    public ApiClient(Path socket, Clock clock, Duration timeout) {
        this(new LocalRoute(socket), clock, timeout);
    }

    /** A client of a daemon on the network. */
    public ApiClient(RemoteServer server, Clock clock, Duration timeout) {
        this(new RemoteRoute(server), clock, timeout);
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
        try (Connection connection = route.open(clock, timeout)) {
            StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: " + route.host()
                    + "\r\nConnection: close\r\nAccept: application/json\r\n");
            route.headers()
                    .forEach((name, value) ->
                            head.append(name).append(": ").append(value).append("\r\n"));
            head.append("Content-Type: application/json\r\nContent-Length: ")
                    .append(content.length)
                    .append("\r\n\r\n");
            byte[] start = head.toString().getBytes(StandardCharsets.US_ASCII);
            byte[] request = Arrays.copyOf(start, start.length + content.length);
            System.arraycopy(content, 0, request, start.length, content.length);
            connection.write(request);
            return new HttpAnswerReader(connection.input()).read();
        } catch (SocketTimeoutException e) {
            throw new CliException(
                    ExitCode.TIMED_OUT,
                    route.daemon() + " did not answer within " + timeout.toSeconds() + " seconds; its log may say why");
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private CliException failed(IOException e) {
        String message = e.getMessage() == null ? "" : e.getMessage();
        if (e instanceof HttpProtocolException) {
            return noDaemon(message);
        }
        if (message.startsWith("it closed")) {
            return new CliException(ExitCode.UNREACHABLE, route.daemon() + " went away: " + message.substring(3));
        }
        return route.unreachable(e);
    }

    private CliException noDaemon(String why) {
        return new CliException(ExitCode.UNREACHABLE, route.daemon().replaceFirst("the", "no Kume") + ": " + why);
    }

    private Answer answer(HttpAnswer http) {
        JsonNode tree;
        try {
            tree = json.readTree(http.body());
        } catch (IOException e) {
            throw noDaemon("it did not answer in JSON");
        }
        if (http.status() >= 200 && http.status() < 300) {
            return new Answer(json, tree);
        }
        throw ApiFailure.of(http.status(), tree, json);
    }
}
