package dev.kume.cli.client;

import dev.kume.core.Clock;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** TLS to a daemon on the network, with one deadline for everything. One thread. */
final class TlsSocket extends InputStream implements Connection {
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

    private final Clock clock;
    private final long deadlineNanos;
    private final SSLSocket socket;

    TlsSocket(RemoteServer server, Clock clock, Duration timeout) throws IOException {
        this.clock = clock;
        this.deadlineNanos = clock.nanoTime() + timeout.toNanos();
        Socket plain = new Socket();
        SSLSocket over = null;
        try {
            InetSocketAddress address = new InetSocketAddress(server.host(), server.port());
            plain.connect(address, millisLeft());
            plain.setTcpNoDelay(true);
            over = (SSLSocket) ServerTrust.context(server)
                    .getSocketFactory()
                    .createSocket(plain, server.host(), server.port(), true);
            SSLParameters parameters = over.getSSLParameters();
            parameters.setProtocols(PROTOCOLS);
            if (server.fingerprint() == null) {
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
            }
            over.setSSLParameters(parameters);
            over.setSoTimeout(millisLeft());
            over.startHandshake();
        } catch (IOException | RuntimeException e) {
            closeQuietly(over);
            plain.close();
            throw e;
        }
        this.socket = over;
    }

    private static void closeQuietly(@Nullable Socket socket) {
        try {
            if (socket != null) {
                socket.close();
            }
        } catch (IOException unimportant) {
            // The reason why it is closed is told, not this one.
        }
    }

    private int millisLeft() throws SocketTimeoutException {
        long millis = (deadlineNanos - clock.nanoTime()) / 1_000_000;
        if (millis <= 0) {
            throw new SocketTimeoutException();
        }
        return (int) Math.min(millis, Integer.MAX_VALUE);
    }

    @Override
    public void write(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    @Override
    public InputStream input() {
        return this;
    }

    @Override
    public int read() throws IOException {
        socket.setSoTimeout(millisLeft());
        return socket.getInputStream().read();
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        socket.setSoTimeout(millisLeft());
        return socket.getInputStream().read(target, offset, length);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
