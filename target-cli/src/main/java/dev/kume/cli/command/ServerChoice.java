package dev.kume.cli.command;

import dev.kume.cli.access.KeyPin;
import dev.kume.cli.access.TokenText;
import dev.kume.cli.client.ApiClient;
import dev.kume.cli.client.RemoteServer;
import dev.kume.cli.service.HostPlaces;
import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which daemon a command line means, and what it shows to it: options first, then variables, then the usual places. */
final class ServerChoice {
    private static final String SERVER = "KUME_SERVER";
    private static final String TOKEN_FILE = "KUME_TOKEN_FILE";
    private static final String CA = "KUME_CA";
    private static final String FINGERPRINT = "KUME_FINGERPRINT";
    private static final String SOCKET_DEFAULT =
            HostPlaces.OF_THIS_HOST.socket().toString();

    private final Environment environment;
    private final GlobalOptions options;

    ServerChoice(Environment environment, GlobalOptions options) {
        this.environment = environment;
        this.options = options;
    }

    /** Whether it is one on the network. */
    boolean isRemote() {
        return RemoteServer.isUrl(server());
    }

    ApiClient client(Duration timeout) {
        String server = server();
        if (RemoteServer.isUrl(server)) {
            return new ApiClient(remote(server), environment.clock(), timeout);
        }
        if (options.tokenFile != null || options.ca != null || options.fingerprint != null) {
            throw new CliException(
                    ExitCode.USAGE,
                    "--token-file, --ca and --fingerprint go together with --server https://HOST:PORT, and the server"
                            + " meant is the socket " + server);
        }
        return new ApiClient(path(server, SERVER), environment.clock(), timeout);
    }

    private String server() {
        String given = given(options.server, SERVER);
        return given == null ? SOCKET_DEFAULT : given;
    }

    private RemoteServer remote(String url) {
        String ca = given(options.ca == null ? null : options.ca.toString(), CA);
        String fingerprint = given(options.fingerprint, FINGERPRINT);
        if (fingerprint != null && !KeyPin.isPin(fingerprint)) {
            throw new CliException(
                    ExitCode.USAGE,
                    "'" + fingerprint + "' is no fingerprint; it begins with sha256// and has 44 characters more, as"
                            + " 'kume service status' on the server shows it");
        }
        try {
            return RemoteServer.of(url, token(url), ca == null ? null : path(ca, CA), fingerprint);
        } catch (IllegalArgumentException e) {
            throw new CliException(ExitCode.USAGE, String.valueOf(e.getMessage()));
        }
    }

    /** Never an argument: what runs where with which arguments is no secret on a host. */
    private String token(String url) {
        String named = given(options.tokenFile == null ? null : options.tokenFile.toString(), TOKEN_FILE);
        Path usual = usualTokenFile();
        Path file = named == null ? usual : path(named, TOKEN_FILE);
        if (file == null || (named == null && !Files.exists(file))) {
            throw new CliException(
                    ExitCode.NOT_AUTHORISED,
                    "there is no token for " + url + "; put one that 'kume token create' made there into "
                            + (usual == null ? "a file" : usual + " (mode 0600)")
                            + ", or name a file with --token-file or " + TOKEN_FILE);
        }
        String token = SecretSource.text(file, "token file").strip();
        if (!TokenText.isToken(token)) {
            throw new CliException(
                    ExitCode.USAGE,
                    "the token file " + file + " holds no token; it is one line that begins with kume_");
        }
        return token;
    }

    private @Nullable Path usualTokenFile() {
        Map<String, String> variables = environment.variables();
        String settings = variables.getOrDefault("XDG_CONFIG_HOME", variables.getOrDefault("APPDATA", ""));
        if (!settings.isEmpty()) {
            return path(settings, "XDG_CONFIG_HOME").resolve("kume").resolve("token");
        }
        String home = variables.getOrDefault("HOME", variables.getOrDefault("USERPROFILE", ""));
        return home.isEmpty()
                ? null
                : path(home, "HOME").resolve(".config").resolve("kume").resolve("token");
    }

    private @Nullable String given(@Nullable String option, String variable) {
        String value = option == null ? environment.variables().getOrDefault(variable, "") : option;
        return value.isEmpty() ? null : value;
    }

    private Path path(String text, String variable) {
        try {
            return environment.workingDirectory().resolve(text).normalize();
        } catch (InvalidPathException e) {
            throw new CliException(ExitCode.USAGE, variable + "='" + text + "' is not a path");
        }
    }
}
