package dev.kume.cli.client;

import dev.kume.cli.terminal.CliException;
import dev.kume.cli.terminal.ExitCode;
import dev.kume.core.Clock;
import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.file.NoSuchFileException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** To a daemon on another host, over TLS and with a token. */
record RemoteRoute(RemoteServer server) implements Route {
    @Override
    public Connection open(Clock clock, Duration timeout) throws IOException {
        return new TlsSocket(server, clock, timeout);
    }

    @Override
    public String host() {
        return server.address();
    }

    @Override
    public Map<String, String> headers() {
        return Map.of("Authorization", "Bearer " + server.token());
    }

    @Override
    public String daemon() {
        return "the daemon at " + server.address();
    }

    @Override
    public CliException unreachable(IOException e) {
        return switch (e) {
            case UnknownHostException unknown ->
                new CliException(ExitCode.UNREACHABLE, "there is no host " + server.host() + "; see --server");
            case ServerTrust.UnusableAuthorityException unusable ->
                new CliException(ExitCode.USAGE, unusable.getMessage() + "; see --ca");
            case NoSuchFileException missing ->
                new CliException(ExitCode.NOT_FOUND, "there is no file " + missing.getFile() + "; see --ca");
            case SSLException failure -> untrusted(failure);
            default ->
                new CliException(
                        ExitCode.UNREACHABLE,
                        daemon() + " is not reachable: " + reason(e)
                                + ". Does 'admin.remote' of its kume.yaml say so, and does a firewall let you in?");
        };
    }

    private CliException untrusted(SSLException failure) {
        ServerTrust.OtherKeyException other = find(failure, ServerTrust.OtherKeyException.class);
        if (other != null) {
            return new CliException(
                    ExitCode.NOT_AUTHORISED,
                    server.address() + " is not the server that you pinned: its fingerprint is " + other.found()
                            + "; compare it with 'kume service status' on the server, and trust it only if they are the"
                            + " same");
        }
        CertificateException refused = find(failure, CertificateException.class);
        if (refused != null || String.valueOf(failure.getMessage()).contains("PKIX")) {
            String why = refused == null ? failure.getMessage() : refused.getMessage();
            return new CliException(
                    ExitCode.NOT_AUTHORISED,
                    "the certificate of " + server.address() + " is not trusted (" + why
                            + "); give --fingerprint as 'kume service status' on the server shows it, or --ca FILE");
        }
        return new CliException(
                ExitCode.UNREACHABLE, "no Kume daemon at " + server.address() + ": TLS failed: " + reason(failure));
    }

    private static <T extends Throwable> @Nullable T find(Throwable failure, Class<T> type) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return type.cast(cause);
            }
        }
        return null;
    }

    private static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
